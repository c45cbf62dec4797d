package portal

import (
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/catalog"
)

var (
	markup  = regexp.MustCompile(`<[^>]*>`)
	shortly = regexp.MustCompile(`\d+ (s|min) ago`)
)

// wordsOf is what a page says, with single spaces. How long a busy machine took
// for it counts as nothing.
func wordsOf(body string) string {
	words := strings.Join(strings.Fields(html.UnescapeString(markup.ReplaceAllString(body, " "))), " ")
	return shortly.ReplaceAllString(words, "just now")
}

func TestWhatIsKnownOfAnEntity(t *testing.T) {
	t.Parallel()
	w := newWorld(t, fullWorld)
	for _, tt := range []struct {
		name, page string
		status     int
		says       []string
		silent     []string
	}{
		{"a broken file says where", "/catalog/component/default/label-printer", 200, []string{
			"1 thing is wrong with this entity", "printer/catalog-info.yaml:9",
			"Owner has members Nobody in the catalog is a member of group:default/warehouse.",
			"Unknown Repository reachable Nobody has looked for", "Source: nobody looked",
			"Documents The label printer Page of its docs", "index.md",
		}, []string{"No file defines"}},
		{"the winner of a conflict knows of the other file", "/catalog/component/default/orders", 200, []string{
			"orders/catalog-info.yaml:1 in file:/srv/depot component:default/orders of file:/srv/depot is already defined by file:/srv/acme",
			"Rename one of them, or remove the other location.",
			"Fails References resolve Not in the catalog: component:default/ghost (spec.dependsOn).",
			"catalog-info.yaml:48 Depends on: component:default/ghost is not in the catalog.",
			"Passes Owner exists It belongs to group:default/checkout.", "Source: catalog-info.yaml:",
		}, []string{"No file defines"}},
		{"an orphan says since when and until when", "/catalog/component/default/lift", 200, []string{
			"No file defines this entity any more , since just now . It was last in lift/catalog-info.yaml:1 of /srv/depot",
			"It is deleted on ", "platform catalog delete component:default/lift",
		}, nil},
		{"a new name goes on with the history of the old one", "/catalog/component/default/belt/history", 200, []string{
			"Renamed from component:default/old-belt to component:default/belt ada", "Added ada",
		}, nil},
		{"a group lists what is open", "/catalog/group/default/warehouse", 200, []string{
			"Open checks of what it owns", "component:default/inventory Owner has members",
		}, nil},
		{"an entity that never was visible says why", "/catalog/component/default/forklift", 404, []string{
			"component:default/forklift is written down, but its file is wrong", forkliftFile + ":4",
		}, nil},
		{"what is gone says who deleted it", "/catalog/component/default/crane", 404, []string{
			"crane is gone", "ada deleted it , just now", "component:default/crane is not in the catalog any more: ada deleted it at 2",
			"What happened to it", "Deleted ada", "Orphaned ada", "Added ada",
		}, []string{"belt"}},
		{"what is gone says so on every tab", "/catalog/component/default/crane/source", 404, []string{"ada deleted it"}, nil},
		{"a name that nobody wrote down has no problems", "/catalog/component/default/forklifts", 404, nil, []string{"is written down"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			answer := w.get(t, tt.page)
			checkPage(t, w, answer, tt.status)
			body := wordsOf(answer.Body.String())
			for _, want := range tt.says {
				if !strings.Contains(body, want) {
					t.Errorf("the page does not say %q:\n%s", want, body)
				}
			}
			for _, bad := range tt.silent {
				if strings.Contains(body, bad) {
					t.Errorf("the page says %q", bad)
				}
			}
		})
	}
	if http.StatusOK != w.get(t, "/catalog/component/default/orders/history").Code {
		t.Error("no history")
	}
}

func TestTheAPISaysWhyAnEntityNeverWasVisible(t *testing.T) {
	t.Parallel()
	w := newWorld(t, fullWorld)
	for path, want := range map[string]string{"forklift": forkliftFile + ":4", "forklifts": "is not in the catalog."} {
		answer := w.get(t, "/api/v1/entities/component/default/"+path)
		if body := answer.Body.String(); answer.Code != http.StatusNotFound || !strings.Contains(body, want) ||
			strings.Contains(body, "is written down") != (path == "forklift") {
			t.Errorf("%s: %d %s, want %s", path, answer.Code, body, want)
		}
	}
}

func TestAnOldNameLeadsToTheNewOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t, fullWorld)
	for from, to := range map[string]string{
		"/catalog/component/default/old-belt":                   "/catalog/component/default/belt",
		"/catalog/Component/default/OLD-belt/history":           "/catalog/component/default/belt/history",
		"/catalog/component/default/old-belt/dependencies?d=2":  "/catalog/component/default/belt/dependencies?d=2",
		"/catalog/component/default/old-belt/source?x=//evil.x": "/catalog/component/default/belt/source?x=//evil.x",
	} {
		answer := w.get(t, from)
		if got := answer.Header().Get("Location"); answer.Code != http.StatusMovedPermanently || got != to || answer.Header().Get("Cache-Control") != "no-cache" {
			t.Errorf("%s leads with %d to %s (%s), want %s", from, answer.Code, got, answer.Header().Get("Cache-Control"), to)
		}
		if next := w.get(t, to); next.Code != http.StatusOK {
			t.Errorf("%s answers %d", to, next.Code)
		}
	}
}

func TestChangesInWords(t *testing.T) {
	t.Parallel()
	orders, sales := catalog.NewRef("component", "", "orders"), catalog.NewRef("component", "", "sales")
	rows := changeRows([]catalog.Change{
		{Ref: orders, Event: catalog.Event{What: catalog.Deleted}},
		{Ref: orders, Event: catalog.Event{What: catalog.Moved, From: "sales/catalog-info.yaml"}},
		{Ref: orders, Event: catalog.Event{What: catalog.Renamed, PreviousRef: sales}},
		{Ref: sales, Event: catalog.Event{What: catalog.Edited}},
		{Ref: sales, Event: catalog.Event{What: catalog.Added}},
	})
	var got []string
	for _, r := range rows {
		got = append(got, strings.TrimSpace(r.Title+" "+r.From+" "+r.To))
	}
	want := []string{"Deleted", "Moved sales/catalog-info.yaml", "Renamed component:default/sales component:default/orders", "Changed", "Added"}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestUnknownIsNeverGreen(t *testing.T) {
	t.Parallel()
	for state, want := range map[catalog.State]badge{
		catalog.StatePass: {"yes", "yes", "Passes"}, catalog.StateFail: {"no", "no", "Fails"},
		catalog.StateStale: {"wait", "clock", "Too old"}, catalog.StateUnknown: {"unknown", "unknown", "Unknown"},
		"something new": {"unknown", "unknown", "Unknown"},
	} {
		if got := stateBadge(state); got != want {
			t.Errorf("%s is shown as %v, want %v", state, got, want)
		}
	}
}
