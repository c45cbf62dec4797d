//go:build proof

package live_test

import (
	"encoding/json"
	"maps"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const observability = "deploy/observability"

// panel is one query of a dashboard.
type panel struct {
	where, expr string // the dashboard's file and the panel's title; with its variables set to "All"
}

// What has data only after something went wrong, and what that is. Until then
// it must have none.
var afterFaults = map[string]string{
	"inventory dashboard.json, Errors":                       "a request that was shed",
	"orders dashboard.json, Errors":                          "the inventory or the database was away",
	"orders dashboard.json, Failed":                          "the inventory was away",
	"orders dashboard-postgres.json, Operations that failed": "the database was away",
}

// callsOnly is in the queries about calls: who calls nobody has no data for them.
const callsOnly = "http_client_"

var labelValues = regexp.MustCompile(`^label_values\((.+), (\w+)\)$`)

// panels returns every query of a service's dashboards.
func (w *world) panels(t *testing.T, p project) (all []panel) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(p.dir, observability, "dashboard*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s has no dashboards: %v", p.name, err)
	}
	for _, file := range files {
		var dashboard struct {
			Panels []struct {
				Title   string
				Targets []struct{ Expr string }
			}
			Templating struct {
				List []struct {
					Name, Type, AllValue string
					Query                json.RawMessage
				}
			}
		}
		text := read(t, file)
		if err := json.Unmarshal([]byte(text), &dashboard); err != nil {
			t.Fatal(err)
		}
		set := []string{"$__rate_interval", "15s"}
		for _, variable := range dashboard.Templating.List {
			if variable.Type != "query" {
				continue
			}
			var asked struct{ Query string }
			if err := json.Unmarshal(variable.Query, &asked); err != nil {
				t.Fatal(err)
			}
			parts := labelValues.FindStringSubmatch(asked.Query)
			if parts == nil || len(w.prometheus.labelValues(t, parts[1], parts[2])) == 0 {
				t.Errorf("%s: there is nothing to set %s to, %s", file, variable.Name, asked.Query)
			}
			set = append(set, "$"+variable.Name, variable.AllValue)
		}
		before := len(all)
		for _, each := range dashboard.Panels {
			for _, target := range each.Targets {
				all = append(all, panel{p.name + " " + filepath.Base(file) + ", " + each.Title, strings.NewReplacer(set...).Replace(target.Expr)})
			}
		}
		if found := strings.Count(text, `"expr":`); found != len(all)-before || found == 0 {
			t.Fatalf("%s has %d queries, of which this test sees %d", file, found, len(all)-before)
		}
	}
	return all
}

// show waits until each query has data that may have some, and fails when one
// has that may not. It returns how many have.
func (w *world) show(t *testing.T, afterFault bool) (shown int) {
	t.Helper()
	known := maps.Clone(afterFaults)
	for _, p := range []project{w.inventory, w.orders} {
		for _, each := range w.panels(t, p) {
			fault, needsFault := afterFaults[each.where]
			delete(known, each.where)
			if p.name == w.inventory.name && strings.Contains(each.expr, callsOnly) || needsFault && !afterFault {
				if n := w.prometheus.points(t, each.expr); n > 0 {
					t.Errorf("%s has %d values although nothing happened that it is about (%s)\n%s", each.where, n, fault, each.expr)
				}
				continue
			}
			shown++
			until(t, "for data of "+each.where+"\n"+each.expr, func() bool { return w.prometheus.points(t, each.expr) > 0 })
		}
	}
	if len(known) > 0 {
		t.Errorf("no dashboard has %v", known)
	}
	return shown
}
