package pact_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/goldenpath/platform/internal/pact"
)

// TestPactsThatAreNotTried has what comes from consumers and must not reach the
// native code, or the provider.
func TestPactsThatAreNotTried(t *testing.T) {
	t.Parallel()
	const names = `"consumer": {"name": "orders"}, "provider": {"name": "inventory"}`
	get := func(path string) string {
		return `{"description": "one", "request": {"method": "GET", "path": "` + path + `"}, "response": {"status": 200}}`
	}
	tests := []struct {
		name, content, problem string
		interactions           int
	}{
		{"no JSON", `pact: yes`, "JSON", 0},
		{"no object", `[]`, "JSON object", 0},
		{"without interactions", `{` + names + `}`, "a pact has interactions or messages", 0},
		{"with an empty list of interactions", `{` + names + `, "interactions": []}`, "no interactions", 0},
		{
			"about a message", `{` + names + `, "messages": [{"description": "an order was placed", "contents": {"id": 1}}]}`,
			`"an order was placed" is about a message, and nobody said where the provider produces messages.`, 1,
		},
		{
			"that needs a plugin", `{` + names + `, "interactions": [` + get("/") + `], "metadata": {"pactSpecification": {"version": "4.0"}, "plugins": [{"name": "protobuf", "version": "0.3"}]}}`,
			"The pact needs the Pact plugin protobuf", 1,
		},
		{"that leads to another host", `{` + names + `, "interactions": [` + get("@evil.example/") + `]}`, "a path begins with a slash", 1},
		{"that leads to an address", `{` + names + `, "interactions": [` + get("http://evil.example/") + `]}`, "a path begins with a slash", 1},
		{
			"without an expected status", `{` + names + `, "interactions": [{"description": "one", "request": {"method": "GET", "path": "/"}}]}`,
			`"one" does not say which status it expects.`, 1,
		},
	}
	var asked atomic.Int32
	address := serve(t, func(http.ResponseWriter, *http.Request) { asked.Add(1) })
	t.Cleanup(func() {
		if asked.Load() > 0 {
			t.Error("a provider was asked")
		}
	})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			v := quiet(script(t, `echo '{"protocol":2,"refused":"it was started"}' >&3`))
			p := pact.Pact{SHA: "1", Consumer: "orders", Content: []byte(tt.content)}
			wantUnknown(t, verified(t, v, request(address, p))[0], tt.interactions, tt.problem)
		})
	}
}

// TestEachInteractionIsRefusedForItsOwnReason has a pact of which nothing can be
// verified.
func TestEachInteractionIsRefusedForItsOwnReason(t *testing.T) {
	t.Parallel()
	address := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("a provider was asked") })
	v := quiet(script(t, `echo '{"protocol":2,"refused":"it was started"}' >&3`))
	p := pact.Pact{SHA: "1", Consumer: "orders", Content: []byte(`{"consumer": {"name": "orders"}, "provider": {"name": "inventory"},
		"messages": [{"description": "a sale", "contents": {"id": 1}}, {"description": "a return", "contents": {"id": 1}}]}`)}
	result := verified(t, v, request(address, p))[0]
	for i, want := range []string{`"a sale" is about a message`, `"a return" is about a message`} {
		if got := result.Interactions[i].Mismatches; len(got) != 1 || !strings.HasPrefix(got[0], want) {
			t.Errorf("interaction %d: %q, want %s", i, got, want)
		}
	}
}
