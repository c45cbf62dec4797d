package broker_test

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/contracts/contractstest"
	"github.com/goldenpath/platform/portal/broker"
)

const extended = "application/vnd.pactbrokerextended.v1+json"

// TestExtendedPact asks for a pact beside what the broker says of it, so that no key of
// the one is mistaken for one of the other.
func TestExtendedPact(t *testing.T) {
	t.Parallel()
	c := world(t)
	for _, tag := range []string{"/1/tags/prod", "/2/tags/prod"} { // the newest with prod is 2
		mustCreate(t, c.send(t, "PUT", "/pacticipants/web/versions"+tag, ""))
	}
	const pair = "/pacts/provider/api/consumer/web"
	for _, path := range []string{
		pair + "/version/1", pair + "/latest/dev", "/pact/provider/api/consumer/web/version/1",
		strings.TrimPrefix(pactLink(t, c, "1", "pb:pact-version"), c.base),
	} {
		a := c.send(t, "GET", path, "", "Accept", extended+", application/json;q=0.5")
		var got struct {
			Contract     map[string]json.RawMessage `json:"contract"`
			CreatedAt    string                     `json:"createdAt"`
			Interactions json.RawMessage            `json:"interactions"`
			Consumer     json.RawMessage            `json:"consumer"`
			Links        map[string]json.RawMessage `json:"_links"`
			Embedded     struct {
				Tags []struct {
					Name   string                       `json:"name"`
					Latest bool                         `json:"latest"`
					Links  map[string]map[string]string `json:"_links"`
				} `json:"tags"`
			} `json:"_embedded"`
		}
		if err := json.Unmarshal([]byte(a.body), &got); a.status != 200 || err != nil || a.header.Get("Content-Type") != extended+";charset=utf-8" {
			t.Fatalf("%s: %d %s %v: %s", path, a.status, a.header.Get("Content-Type"), err, a.body)
		}
		if got.Interactions != nil || got.Consumer != nil || !strings.Contains(string(got.Contract["interactions"]), "asks 1") || got.CreatedAt == "" || got.Links["pb:consumer"] == nil {
			t.Errorf("%s: %s", path, a.body)
		}
		if tags := got.Embedded.Tags; len(tags) != 1 || tags[0].Name != "dev" || !tags[0].Latest ||
			tags[0].Links["self"]["href"] != c.base+"/pacticipants/web/versions/1/tags/dev" || tags[0].Links["pb:latest-pact"]["href"] != c.base+pair+"/latest/dev" {
			t.Errorf("%s: the tags of which it is the newest pact are %+v", path, tags)
		}
	}
	play(t, c, []step{
		{method: "GET", path: pair + "/version/1", header: []string{"Accept", extended + ";q=0.5, application/hal+json"}, status: 200, in: []string{`"interactions":[`}, notIn: []string{`"contract"`}},
		{method: "GET", path: pair + "/version/1", header: []string{"Accept", "*/*"}, status: 200, in: []string{`"interactions":[`}, notIn: []string{`"contract"`}},
		{method: "GET", path: pair + "/version/1", header: []string{"Accept", "text/html"}, status: 406},
		{method: "GET", path: "/pacticipants/web", header: []string{"Accept", extended}, status: 406},
	})
}

// TestPactForPeople leads a browser from the newest pact to the page about it, where
// there are pages.
func TestPactForPeople(t *testing.T) {
	t.Parallel()
	store := contractstest.NewStore()
	domain := contracts.New(store, store, nil)
	e := echo.New()
	page := func(consumer, provider string) string { return "/contracts/" + consumer + "/" + provider }
	broker.New(domain, broker.Options{PairPage: page}).Register(e.Group("/broker"))
	server := httptest.NewServer(e)
	t.Cleanup(server.Close)
	c := client{server.URL + "/broker"}
	mustCreate(t, c.send(t, "PUT", "/pacts/provider/api/consumer/web/version/1", `{"interactions":[]}`))
	const browser = "text/html,application/xhtml+xml,*/*;q=0.8"
	for _, tt := range []struct {
		path, accept, location string
		status                 int
	}{
		{"/pacts/provider/api/consumer/web/latest", browser, server.URL + "/contracts/web/api", 303},
		{"/pact/provider/api/consumer/web/latest", "text/html", server.URL + "/contracts/web/api", 303},
		{"/pacts/provider/api/consumer/web/latest", "application/hal+json, text/html;q=0.5", "", 200},
		{"/pacts/provider/api/consumer/web/latest", "*/*", "", 200},
		{"/pacts/provider/api/consumer/other/latest", browser, "", 404},
		{"/pacts/provider/api/consumer/web/version/1", browser, "", 200}, // the page is about the newest
		{"/pacts/provider/api/consumer/web/version/1", "text/html", "", 406},
	} {
		if a := c.send(t, "GET", tt.path, "", "Accept", tt.accept); a.status != tt.status || a.header.Get("Location") != tt.location {
			t.Errorf("%s as %s: %d %q, want %d %q: %s", tt.path, tt.accept, a.status, a.header.Get("Location"), tt.status, tt.location, a.body)
		}
	}
	behind := c.send(t, "GET", "/pacts/provider/api/consumer/web/latest", "", "Accept", browser, "X-Forwarded-Host", "a.example.com", "X-Forwarded-Prefix", "/shop")
	if at := behind.header.Get("Location"); at != "http://a.example.com/shop/contracts/web/api" {
		t.Errorf("behind a proxy it leads to %q", at)
	}
}
