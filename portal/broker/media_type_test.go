package broker_test

import (
	"strings"
	"testing"
)

// TestBodiesAreJSON sends bodies under other names, and with bytes that are no text:
// nothing is stored of them.
func TestBodiesAreJSON(t *testing.T) {
	t.Parallel()
	const (
		pact    = "/pacts/provider/api/consumer/web/version/"
		success = `{"success":true,"providerApplicationVersion":"a7"}`
	)
	c := world(t)
	results := pactLink(t, c, "3", "pb:publish-verification-results")
	as := func(kind string) []string { return []string{"Content-Type", kind} }
	play(t, c, []step{
		{method: "POST", path: results, body: success, header: as("text/plain"), status: 415, in: []string{`{"error":"The content type must be application/json."}`}},
		{method: "POST", path: results, body: success, header: as("application/x-www-form-urlencoded"), status: 415},
		{method: "POST", path: results, body: success, header: as("text/json+json"), status: 415},
		{method: "POST", path: results, body: success, header: as(""), status: 415},
		{method: "GET", path: "/pacticipants/api/versions/a7", status: 404},
		{method: "POST", path: results, body: success, header: as("application/json; charset=utf-8"), status: 201},

		{method: "PUT", path: pact + "9", body: `{"interactions":[]}`, header: as("text/plain"), status: 415},
		{method: "PATCH", path: pact + "9", body: `{"interactions":[]}`, header: as("text/plain"), status: 415},
		{method: "POST", path: "/contracts/publish", body: `{}`, header: as("text/plain"), status: 415},
		{method: "POST", path: "/environments", body: `{"name":"new","production":true}`, header: as("multipart/form-data; boundary=x"), status: 415},
		{method: "GET", path: pact + "9", status: 404},
		{method: "PUT", path: "/pacticipants/web/versions/3/tags/prod", status: 201}, // has no body, so names none

		{method: "POST", path: results, body: strings.Replace(success, "a7", "a\xff8", 1), status: 400, in: []string{`{"error":"The body holds bytes that are not UTF-8."}`}},
		{method: "POST", path: "/pacticipants", body: "{\"name\":\"sh\xc3p\"}", status: 400, in: []string{"not UTF-8"}},
		{method: "POST", path: "/pacticipants", body: `{"name":"schön"}`, status: 201},
	})
	if a := c.send(t, "GET", "/pacticipants/api/versions", ""); strings.Contains(a.body, "\uFFFD") {
		t.Errorf("a version is called by a name nobody gave: %s", a.body)
	}
}
