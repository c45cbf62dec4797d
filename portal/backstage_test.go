package portal

import (
	"encoding/json"
	"net/http"
	"testing"
)

// TestWhoMayUseBackstagesAPI asks with each kind of token, and with none.
func TestWhoMayUseBackstagesAPI(t *testing.T) {
	t.Parallel()
	s := newSite(t, exposed)
	secrets := map[string]string{"": "", "wrong": "nonsense"}
	for _, scope := range []string{ScopeRead, ScopeWrite, ScopeAdmin} {
		_, secrets[scope] = s.token(t, scope)
	}
	const location = `{"type":"url","target":"https://example.com/catalog-info.yaml"}`
	type want struct{ nobody, read, write, admin int }
	reading, changing := want{401, 200, 200, 200}, func(status int) want { return want{401, 403, status, status} }
	for _, tt := range []struct {
		line string
		want want
	}{
		{"GET /api/catalog/entities", reading},
		{"GET /api/catalog/entities/by-query", reading},
		{"GET /api/catalog/entity-facets?facet=kind", reading},
		{"GET /api/catalog/locations", reading},
		{"POST /api/catalog/entities/by-query {}", reading},
		{`POST /api/catalog/entities/by-refs {"entityRefs":[]}`, reading},
		{`POST /api/catalog/entity-facets {"facets":["kind"]}`, reading},
		{"POST /api/catalog/locations/by-query {}", reading},
		{`POST /api/catalog/validate-entity {"entity":{},"location":"x"}`, want{401, 400, 400, 400}},
		{"DELETE /api/catalog/entities/by-uid/x", changing(204)},
		{`POST /api/catalog/refresh {"entityRef":"component:x"}`, changing(404)},
		{"DELETE /api/catalog/locations/x", changing(404)},
		{"PUT /api/catalog/locations/x " + location, changing(404)},
		{"POST /api/catalog/locations {}", changing(400)},
		{"POST /api/catalog/locations?dryRun=true {}", changing(400)},
		{"POST /api/catalog/analyze-location {}", changing(400)},
		{`POST /api/catalog/locations {"type":"file","target":"/etc"}`, want{401, 403, 403, 404}},
		{`POST /api/catalog/locations {"type":"git","target":"/srv/x.git"}`, want{401, 403, 403, 404}},
		{"GET /api/catalog/nothing", want{401, 404, 404, 404}},
		{"PATCH /api/catalog/entities {}", want{401, 403, 405, 405}},
	} {
		t.Run(tt.line, func(t *testing.T) {
			t.Parallel()
			for scope, status := range map[string]int{
				"": tt.want.nobody, "wrong": tt.want.nobody, ScopeRead: tt.want.read, ScopeWrite: tt.want.write, ScopeAdmin: tt.want.admin,
			} {
				var headers []string
				if scope != "" {
					headers = []string{"Authorization: Bearer " + secrets[scope]}
				}
				answer := s.ask(t, tt.line, headers...)
				if answer.Code != status {
					t.Errorf("%q: %d, want %d: %s", scope, answer.Code, status, answer.Body)
				}
				if answer.Code < http.StatusBadRequest || answer.Code == http.StatusBadRequest && tt.want.read == http.StatusBadRequest {
					continue
				}
				var body struct {
					Error    struct{ Name, Message string }
					Response struct{ StatusCode int }
				}
				if err := json.Unmarshal(answer.Body.Bytes(), &body); err != nil || body.Error.Name == "" || body.Error.Message == "" || body.Response.StatusCode != status {
					t.Errorf("%q: not in Backstage's form: %s", scope, answer.Body)
				}
			}
		})
	}
}
