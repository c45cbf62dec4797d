package portal

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/goldenpath/platform/catalog"
)

func TestWhatTheCatalogReads(t *testing.T) {
	t.Parallel()
	w := newWorld(t, fullWorld)
	locations, err := w.options.Catalog.Locations(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	depot := ""
	for _, l := range locations {
		if l.Target == "/srv/depot" {
			depot = l.ID
		}
	}
	for _, tt := range []struct {
		name, query  string
		says, silent []string
	}{
		{"all of it", "", []string{
			"2 locations", "/srv/depot file read just now , next in", "Has problems just now in", "/srv/acme",
			"printer/catalog-info.yaml:9 in file:/srv/depot This is not valid YAML",
			"Entity: its name could not be read · Owner: unknown",
			forkliftFile + ":4 in file:/srv/depot", "Entity: component:default/forklift (not in the catalog)",
			"orders/catalog-info.yaml:1 in file:/srv/depot", "is already defined by file:/srv/acme", "Owner: group:default/warehouse",
		}, []string{"Only of"}},
		{"what concerns an owner", "?owner=checkout", []string{"component:default/orders of file:/srv/depot is already defined", "platform catalog errors --owner checkout"}, []string{forkliftFile}},
		{"one location", "?location=" + depot, []string{"Only of file:/srv/depot", forkliftFile}, nil},
		{"a location that is not there", "?location=none", []string{"Only of none", "0 problems", "No problem here"}, nil},
		{"an owner who has none", "?owner=payments", []string{"No problem here", "Show all"}, []string{forkliftFile}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			answer := w.get(t, "/admin/catalog"+tt.query)
			checkPage(t, w, answer, http.StatusOK)
			body := wordsOf(answer.Body.String())
			for _, want := range tt.says {
				if !strings.Contains(body, want) {
					t.Errorf("the page does not say %q:\n%s", want, body)
				}
			}
			for _, bad := range tt.silent {
				if strings.Contains(body, bad) {
					t.Errorf("the page says %q:\n%s", bad, body)
				}
			}
		})
	}
	checkPage(t, w, w.get(t, "/admin/catalog?owner=:"), http.StatusBadRequest)
}

func TestALocationThatCannotBeRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t, fullWorld)
	locations, err := w.options.Catalog.Locations(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	delete(w.sources, "/srv/acme")
	for _, l := range locations {
		if l.Target != "/srv/acme" {
			continue
		}
		for range 2 {
			if _, err := w.options.Catalog.Refresh(t.Context(), l.ID); err == nil {
				t.Fatal("what is gone was read")
			}
		}
	}
	for page, says := range map[string]string{
		"/admin/catalog":                      "Cannot be read just now worked just now in ",
		"/catalog/component/default/payments": "1 thing is wrong with this entity",
	} {
		answer := w.get(t, page)
		checkPage(t, w, answer, http.StatusOK)
		body := wordsOf(answer.Body.String())
		if !strings.Contains(body, says) {
			t.Errorf("%s does not say %q:\n%s", page, says, body)
		}
		if page == "/admin/catalog" && !strings.Contains(body, "2 failures in a row") {
			t.Errorf("the page does not count failures:\n%s", body)
		}
	}
}

func TestStateOfALocation(t *testing.T) {
	t.Parallel()
	wrong := []catalog.Problem{{Message: "is wrong"}}
	for _, tt := range []struct {
		name     string
		location catalog.Location
		want     string
	}{
		{"read", catalog.Location{LastRefreshed: time.Now()}, "Read"},
		{"never read", catalog.Location{}, "Never read"},
		{"read with problems", catalog.Location{LastRefreshed: time.Now(), Errors: wrong}, "Has problems"},
		{"failing", catalog.Location{LastRefreshed: time.Now(), Failures: 2, Errors: wrong}, "Cannot be read"},
		{"the platform's own", catalog.Location{Type: catalog.LocationPlatform}, "Kept by the platform"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := newReadingRow(tt.location).Badge.Word; got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
