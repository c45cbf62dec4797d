package broker_test

import "testing"

// TestMethods has methods that an address does not have, and those that nobody knows.
// Clients tell the two apart by the status, and HEAD from GET by nothing but the body.
func TestMethods(t *testing.T) {
	t.Parallel()
	c := world(t)
	const hal = "application/hal+json;charset=utf-8"
	for _, tt := range []struct {
		method, path, accept string
		status               int
		allow, kind          string
	}{
		{method: "POST", path: "/pacts/latest", status: 405, allow: "GET, OPTIONS"},
		{method: "TRACE", path: "/pacts/latest", status: 405, allow: "GET, OPTIONS"},
		{method: "FOO", path: "/pacts/latest", status: 501, kind: hal},
		{method: "FOO", path: "", status: 501, kind: hal},
		{method: "PROPFIND", path: "/pacticipants/web", status: 501, kind: hal},
		{method: "FOO", path: "/pacticipants/web", accept: "application/problem+json", status: 501, kind: "application/problem+json;charset=utf-8"},
		{method: "GET", path: "/pacticipants/nobody", status: 404, kind: hal},
		{method: "HEAD", path: "/pacticipants/nobody", status: 404, kind: hal},
		{method: "HEAD", path: "/matrix", status: 400, kind: hal},
		{method: "HEAD", path: "/pacticipants/nobody", accept: "application/problem+json", status: 404, kind: "application/problem+json;charset=utf-8"},
		{method: "HEAD", path: "/pacticipants/web", status: 200, kind: hal},
	} {
		header := []string{}
		if tt.accept != "" {
			header = append(header, "Accept", tt.accept)
		}
		a := c.send(t, tt.method, tt.path, "", header...)
		if a.status != tt.status || a.header.Get("Allow") != tt.allow || a.header.Get("Content-Type") != tt.kind {
			t.Errorf("%s %s: %d, Allow %q, Content-Type %q; want %d, %q, %q: %s", tt.method, tt.path,
				a.status, a.header.Get("Allow"), a.header.Get("Content-Type"), tt.status, tt.allow, tt.kind, a.body)
		}
	}
}
