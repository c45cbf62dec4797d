package portal

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/net/html"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/contracts"
)

// noLinks are addresses that somebody may publish and no page may lead to.
var noLinks = []string{
	"javascript:alert(document.cookie)", "JavaScript:alert(1)//http://ci.test", "data:text/html,<script>alert(1)</script>", "vbscript:x", "file:///etc/passwd",
	"mailto:ada@example.com", "//ci.test/1", "/logout", "ci.test/1", "https:/ci.test", "https://", "http://ci test/", "see the CI",
}

// linksIn returns where the links of a page lead.
func linksIn(t *testing.T, answer *httptest.ResponseRecorder) []string {
	t.Helper()
	doc, err := html.Parse(bytes.NewReader(answer.Body.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	var links []string
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && n.Data == "a" {
			links = append(links, attribute(n, "href"))
		}
	}
	return links
}

// putBuild says to the broker where a version was built, and returns what it keeps.
func putBuild(t *testing.T, w *world, version, address string) string {
	t.Helper()
	body, err := json.Marshal(map[string]string{"buildUrl": address})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPut, "/broker/pacticipants/orders/versions/"+version, bytes.NewReader(body))
	r.Host = "127.0.0.1:8080"
	r.Header.Set("Content-Type", "application/json")
	answer := httptest.NewRecorder()
	w.ServeHTTP(answer, r)
	var kept struct{ BuildURL string }
	if err := json.Unmarshal(answer.Body.Bytes(), &kept); err != nil {
		t.Fatalf("%d %s: %v", answer.Code, answer.Body, err)
	}
	return kept.BuildURL
}

// TestOnlyAnAddressOfTheWebIsLinked publishes every address that clients may send
// as the page of a build. A broker keeps them all; a page leads to few.
func TestOnlyAnAddressOfTheWebIsLinked(t *testing.T) {
	t.Parallel()
	for _, tt := range append([]string{"https://ci.test/good?build=1#log", "HTTP://ci.test/good", "https://ada:hush@ci.test/good"}, noLinks...) {
		t.Run(tt, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, fullWorld)
			version := worldVersion("f")
			_, err := w.contracts.Publish(t.Context(), contracts.Publication{
				Consumer: "orders", Version: version, Branch: "main",
				Contracts: []contracts.Contract{{Content: pactOf("orders", "inventory", "/items/7")}},
			})
			if err != nil {
				t.Fatal(err)
			}
			if kept := putBuild(t, w, version, tt); kept != tt {
				t.Errorf("the broker keeps %q", kept)
			}
			pair, err := w.contracts.Pair(t.Context(), "orders", "inventory")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.contracts.RecordVerification(t.Context(), contracts.Verification{
				Consumer: "orders", Provider: "inventory", PactSHA: pair.SHA, ProviderVersion: worldVersion("d"), Success: true, BuildURL: tt,
			}); err != nil {
				t.Fatal(err)
			}
			answer := w.get(t, w.address(t, "/contracts/orders/inventory?verification=LATEST"))
			checkPage(t, w, answer, http.StatusOK)
			var built []string
			for _, link := range linksIn(t, answer) {
				if link == tt || strings.Contains(link, "ci.test") || strings.Contains(link, "logout") {
					built = append(built, link)
				}
			}
			if good := strings.Contains(tt, "ci.test/good"); good && len(built) != 2 || !good && len(built) > 0 {
				t.Errorf("it leads to %q", built)
			}
			if strings.Contains(answer.Body.String(), "hush") {
				t.Error("the page shows a password")
			}
			if !strings.Contains(answer.Body.String(), version[:7]) {
				t.Error("the page does not show the version")
			}
		})
	}
}

// TestALinkOfTheCatalogLeadsToTheWeb has the same addresses in a catalog file, where
// any scheme makes a link.
func TestALinkOfTheCatalogLeadsToTheWeb(t *testing.T) {
	t.Parallel()
	w := newWorld(t, fullWorld)
	w.sources["/srv/links"] = fstest.MapFS{"catalog-info.yaml": {Data: []byte(`apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: linked
  links:
    - {url: "javascript:alert(1)", title: Runs a script}
    - {url: "data:text/html,x"}
    - {url: "https://wiki.test/linked", title: Wiki}
    - {url: "mailto:team@example.com", title: Write}
spec: {type: service, lifecycle: production, owner: checkout}
`)}}
	if _, err := w.options.Catalog.Register(t.Context(), catalog.Location{Type: catalog.LocationFile, Target: "/srv/links"}); err != nil {
		t.Fatal(err)
	}
	answer := w.get(t, "/catalog/component/default/linked")
	checkPage(t, w, answer, http.StatusOK)
	links := strings.Join(linksIn(t, answer), "\n")
	for _, want := range []string{"https://wiki.test/linked", "mailto:team@example.com"} {
		if !strings.Contains(links, want) {
			t.Errorf("it does not lead to %s", want)
		}
	}
	words := wordsOf(answer.Body.String())
	for _, bad := range []string{"javascript:alert(1)", "data:text/html,x"} {
		if strings.Contains(links, bad) || !strings.Contains(words, bad) {
			t.Errorf("it leads to %s, or does not say it", bad)
		}
	}
}
