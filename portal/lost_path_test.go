package portal

import (
	"net/http"
	"testing"
)

// TestTheBrokerIsFoundWithoutItsPath asks as `pact broker get-pacts` and
// `provider-states list` do, given the address https://platform/broker.
func TestTheBrokerIsFoundWithoutItsPath(t *testing.T) {
	t.Parallel()
	s := newSite(t, exposed)
	_, secret := s.token(t, ScopeRead)
	for _, tt := range []struct{ name, line, where string }{
		{"pacts of a branch", "GET /pacts/provider/api/branch/main", "/broker/pacts/provider/api/branch/main"},
		{"names with slashes", "GET /pacts/provider/a%2Fb/branch/feat%2Fx/latest", "/broker/pacts/provider/a%2Fb/branch/feat%2Fx/latest"},
		{"a question", "GET /pacts/provider/api/provider-states?pageSize=1&x=%26", "/broker/pacts/provider/api/provider-states?pageSize=1&x=%26"},
		{"another host in the path", "GET /pacts/provider//evil.example/x", "/broker/pacts/provider//evil.example/x"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := s.ask(t, tt.line, "Authorization: Bearer "+secret)
			if got.Code != http.StatusTemporaryRedirect || got.Header().Get("Location") != tt.where {
				t.Errorf("%d to %q, want %q", got.Code, got.Header().Get("Location"), tt.where)
			}
			if got := s.ask(t, tt.line); got.Code == http.StatusTemporaryRedirect {
				t.Error("shown to who is not known")
			}
		})
	}
	if got := s.ask(t, "PUT /pacts/provider/api/consumer/web/version/1 {}", "Authorization: Bearer "+secret); got.Code == http.StatusTemporaryRedirect {
		t.Error("a pact was sent on that was published to another address")
	}
}
