package broker_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestTextForThoseWhoPreferIt has the answers that are text or JSON, and clients
// that take one, the other or both.
func TestTextForThoseWhoPreferIt(t *testing.T) {
	t.Parallel()
	const (
		matrix  = "/matrix?q[][pacticipant]=web&q[][pacticipant]=api"
		text    = "text/plain"
		asJSON  = "application/hal+json"
		verdict = "\nDeployable: nil\nReason: The verification"
	)
	c := world(t)
	sha := func(number string) string {
		href := pactLink(t, c, number, "pb:pact-version")
		return href[strings.LastIndex(href, "/")+1:]
	}
	diff := "/pacts/provider/api/consumer/web/pact-version/" + sha("3") + "/diff/pact-version/" + sha("1")
	mustCreate(t, c.send(t, "PUT", "/pacticipants/web/versions/3/tags/dev", ""))
	tests := []struct {
		name, path, accept, kind, in string
		status                       int
	}{
		{"text", matrix, "text/plain", text, verdict, 200},
		{"text rather than JSON", matrix, "text/plain, application/json;q=0.5", text, verdict, 200},
		{"text by its group", matrix, "text/*;q=0.9, application/json;q=0.5", text, verdict, 200},
		{"text, else anything", matrix, "text/plain, */*", text, verdict, 200},
		{"JSON rather than text", matrix, "text/plain;q=0.5, application/json", asJSON, `"matrix":[`, 200},
		{"both alike", matrix, "text/plain, application/json", asJSON, `"matrix":[`, 200},
		{"anything but JSON in another form", matrix, "application/json;q=0, text/plain;q=0.1", text, verdict, 200},
		{"anything", matrix, "*/*", asJSON, `"matrix":[`, 200},
		{"neither", matrix, "text/plain;q=0, text/html", "", "", 406},
		{"anything but all there is", matrix, "*/*, text/plain;q=0, application/*;q=0.0", "", "", 406},
		{"what changed between contents", diff, "text/plain", text, `/v3`, 200},
		{"a question", "/can-i-deploy?pacticipant=web&version=3&environment=production", "text/plain", text, "\nReason: There is no verified pact between version 3 of web", 200},
		{"a question about a tag", "/pacticipants/web/latest-version/dev/can-i-deploy/to/dev", "text/plain", text, "CONSUMER | C_VERSION", 200},
		{"a question about a branch", "/pacticipants/web/branches/main/latest-version/can-i-deploy/to-environment/production", "text/plain", text, "CONSUMER | C_VERSION", 200},
		{"a question that is wrong", "/can-i-deploy?pacticipant=web", "text/plain", "application/hal+json", `"version":["is missing"]`, 400},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := c.send(t, http.MethodGet, tt.path, "", "Accept", tt.accept)
			if kind := a.header.Get("Content-Type"); a.status != tt.status || !strings.HasPrefix(kind, tt.kind) || !strings.Contains(a.body, tt.in) {
				t.Errorf("%s: status %d, %s: %s", tt.path, a.status, kind, a.body)
			}
		})
	}
}

// TestServiceCalledLabel has the addresses of a service that are like that of a
// list.
func TestServiceCalledLabel(t *testing.T) {
	t.Parallel()
	c := world(t)
	status := func(method, path, body string, want int, in string) {
		t.Helper()
		if a := c.send(t, method, path, body); a.status != want || !strings.Contains(a.body, in) {
			t.Errorf("%s %s: status %d, want %d with %q: %s", method, path, a.status, want, in, a.body)
		}
	}
	status("PUT", "/pacticipants/web/labels/versions", "", 201, "")
	status("GET", "/pacticipants/label/versions", "", 200, `"name":"web"`)
	status("PUT", "/pacticipants/label/branches/main/versions/1", "{}", 201, "")
	status("PUT", "/pacticipants/label/versions/1/tags/dev", "", 201, "")
	status("PUT", "/pacticipants/label/labels/other", "", 201, "")
	status("GET", "/pacticipants/label/versions", "", 200, `"number":"1"`)
	status("GET", "/pacticipants/label/versions/1", "", 200, `"number":"1"`)
	status("GET", "/pacticipants/label/branches", "", 200, `"name":"main"`)
	status("GET", "/pacticipants/label/latest-version", "", 200, `"number":"1"`)
	status("GET", "/pacticipants/label/other", "", 200, `"name":"label"`)
}
