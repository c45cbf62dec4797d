package portal

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/goldenpath/platform/catalog"
)

func TestHowOftenALocationIsReadIsSetOnItsPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, fullWorld)
	id := ""
	locations, err := w.options.Catalog.Locations(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range locations {
		if l.Target == "/srv/acme" {
			id = l.ID
		}
	}
	for _, tt := range []struct {
		every, words, input string
	}{
		{"default", "every 2m", `value="default"`},
		{"90m", "every 1h30m, set here", `value="1h30m"`},
		{"never", "never by itself paused, set here", `value="never"`},
	} {
		answer := w.send(t, http.MethodPost, "/admin/locations/"+id+"/schedule", url.Values{"every": {tt.every}})
		if answer.Code != http.StatusSeeOther || answer.Header().Get("Location") != "/admin/locations?notice=scheduled" {
			t.Fatalf("%s leads to %d %s", tt.every, answer.Code, answer.Header().Get("Location"))
		}
		shown := w.get(t, "/admin/locations")
		checkPage(t, w, shown, http.StatusOK)
		if words := wordsOf(shown.Body.String()); !strings.Contains(words, tt.words) || !strings.Contains(shown.Body.String(), tt.input) {
			t.Errorf("%s: the page does not say %q with %s:\n%s", tt.every, tt.words, tt.input, words)
		}
		health := w.get(t, "/admin/catalog")
		checkPage(t, w, health, http.StatusOK)
		if words := wordsOf(health.Body.String()); !strings.Contains(words, tt.words) {
			t.Errorf("%s: the page of what is read does not say %q:\n%s", tt.every, tt.words, words)
		}
	}
	refused := w.send(t, http.MethodPost, "/admin/locations/"+id+"/schedule", url.Values{"every": {"10s"}})
	checkPage(t, w, refused, http.StatusBadRequest)
	for _, want := range []string{`name="every" value="10s"`, "Every 10s is too often to read a location.", "Choose a minute or more", `role="alert"`} {
		if !strings.Contains(refused.Body.String(), want) {
			t.Errorf("the page does not have %s", want)
		}
	}
	checkPage(t, w, w.send(t, http.MethodPost, "/admin/locations/none/schedule", url.Values{"every": {"1h"}}), http.StatusNotFound)
}

func TestWhoWantsALocationReadSo(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		location catalog.Location
		want     locationSchedule
	}{
		{"its organisation", catalog.Location{Type: catalog.LocationGit, InheritedEvery: catalog.Never}, locationSchedule{"paused", "as its organisation", "default"}},
		{"nobody reads it", catalog.Location{Type: catalog.LocationPush}, locationSchedule{}},
	} {
		if got := newLocationSchedule(tt.location); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}
