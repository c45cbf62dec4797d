package backstage_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/portal/backstage"
)

// anyDisk lets everybody have the server read its own files.
func anyDisk() backstage.Options {
	return backstage.Options{MayReadDisk: func(context.Context) bool { return true }}
}

type location struct{ ID, Type, Target, EntityRef string }

type newLocation struct {
	Location location
	Entities []entity
	Exists   *bool
}

func TestLocations(t *testing.T) {
	t.Parallel()
	c := shop(t)
	base := serve(t, c, anyDisk())
	list := func() []string {
		var targets []string
		for _, item := range decode[[]struct{ Data location }](t, ask(t, base, "GET /locations")) {
			targets = append(targets, item.Data.Type+":"+item.Data.Target)
		}
		return targets
	}
	const body = ` {"type":"file","target":"/other"}`
	tried := ask(t, base, "POST /locations?dryRun=true"+body)
	if got := decode[newLocation](t, tried); tried.status != http.StatusCreated || got.Exists == nil || *got.Exists ||
		names(got.Entities) != "user/grace" || got.Location.ID != "file:/other" {
		t.Errorf("dry run: %d %s", tried.status, tried.body)
	}
	if got := list(); !slices.Equal(got, []string{"file:/shop"}) {
		t.Errorf("a dry run stored something: %s", got)
	}
	made := ask(t, base, "POST /locations"+body)
	l := decode[newLocation](t, made).Location
	if made.status != http.StatusCreated || l.ID == "" || l.Type != "file" || l.Target != "/other" ||
		l.EntityRef != "location:default/generated-8cb0dd4a20493bfa17f74e204026df017ca6277e" || !strings.Contains(made.body, `"entities":[]`) || strings.Contains(made.body, "exists") {
		t.Errorf("made: %d %s", made.status, made.body)
	}
	again := decode[newLocation](t, ask(t, base, "POST /locations?dryRun=yes"+body))
	if again.Exists == nil || !*again.Exists || again.Location.ID != l.ID {
		t.Errorf("dry run of what is there: %+v", again)
	}
	if a := ask(t, base, "POST /locations"+body); a.status != http.StatusConflict || !strings.Contains(a.body, `"name":"ConflictError","message":"Location file:/other already exists"`) {
		t.Errorf("made again: %d %s", a.status, a.body)
	}
	if a := ask(t, base, `POST /locations {"type":"file","target":"/other/"}`); a.status != http.StatusConflict {
		t.Errorf("made again in other words: %d %s", a.status, a.body)
	}
	if a := ask(t, base, "POST /locations?onConflict=refresh"+body); a.status != http.StatusCreated || decode[newLocation](t, a).Location != l {
		t.Errorf("made again, to refresh: %d %s", a.status, a.body)
	}
	for _, path := range []string{"/locations/" + l.ID, "/locations/by-entity/user/default/grace"} {
		if got := decode[location](t, ask(t, base, "GET "+path)); got != l {
			t.Errorf("%s: %+v", path, got)
		}
	}
	if a := ask(t, base, "DELETE /locations/"+l.ID); a.status != http.StatusNoContent || a.body != "" {
		t.Errorf("deleted: %d %s", a.status, a.body)
	}
	if got := list(); !slices.Equal(got, []string{"file:/shop"}) {
		t.Errorf("left: %s", got)
	}
}

func TestLocationsThatAreRefused(t *testing.T) {
	t.Parallel()
	base, strict := serve(t, shop(t), anyDisk()), serve(t, shop(t), backstage.Options{})
	for _, tt := range []struct {
		base, line string
		status     int
		want       string
	}{
		{base, `POST /locations {"target":"https://example.com"}`, 400, "type is missing"},
		{base, `POST /locations {"type":"url"}`, 400, "target is missing"},
		{base, `POST /locations {"type":"url","target":"nowhere"}`, 400, "not a URL"},
		{base, `POST /locations {"type":"url","target":"file:///shop"}`, 400, "not a URL"},
		{base, `POST /locations {"type":"platform","target":"self"}`, 400, "must be of type 'url'"},
		{base, `POST /locations {"type":"file","target":"/shop","presence":"maybe"}`, 400, "presence must be"},
		{base, `POST /locations?onConflict=panic {"type":"file","target":"/shop"}`, 400, "onConflict, must be"},
		{base, `POST /locations {"type":"file","target":"/empty"}`, 400, "holds no catalog entity"},
		{base, `POST /locations?dryRun=1 {"type":"file","target":"/wrong"}`, 400, `InputError: catalog-info.yaml:3: \"metadata.name\" is not valid`},
		{base, `POST /locations {"type":"file","target":"/nowhere"}`, 404, "NotFoundError"},
		{strict, `POST /locations {"type":"file","target":"/other"}`, 403, "NotAllowedError"},
		{strict, `POST /locations {"type":"git","target":"/other"}`, 403, "NotAllowedError"},
		{strict, `PUT /locations/x {"type":"file","target":"/other"}`, 403, "NotAllowedError"},
		{strict, `POST /analyze-location {"location":{"type":"file","target":"/other"}}`, 403, "NotAllowedError"},
		{base, `PUT /locations/nothing {"type":"file","target":"/other"}`, 404, "Found no location with ID nothing"},
		{base, `POST /locations/by-query {"limit":0}`, 400, "Limit must be a positive integer >= 1"},
		{base, `POST /locations/by-query {"cursor":""}`, 400, "Cursor cannot be empty"},
		{base, `POST /locations/by-query {"cursor":"x"}`, 400, "Malformed cursor"},
		{base, `POST /locations/by-query {"query":"x"}`, 400, "Query must be an object"},
		{base, `POST /refresh {"entityRef":"orders"}`, 400, "missing or empty kind"},
		{base, `POST /refresh {"entityRef":"component:nothing"}`, 404, "NotFoundError"},
	} {
		t.Run(tt.line, func(t *testing.T) {
			t.Parallel()
			if a := ask(t, tt.base, tt.line); a.status != tt.status || !strings.Contains(a.body, tt.want) {
				t.Errorf("%d %s, want %d %s", a.status, a.body, tt.status, tt.want)
			}
		})
	}
}

func TestLocationThatPointsElsewhere(t *testing.T) {
	t.Parallel()
	c := shop(t)
	base := serve(t, c, anyDisk())
	l := decode[newLocation](t, ask(t, base, `POST /locations {"type":"file","target":"/other"}`)).Location
	if a := ask(t, base, "PUT /locations/"+l.ID+` {"type":"file","target":"/shop"}`); a.status != http.StatusConflict {
		t.Errorf("where another one points: %d %s", a.status, a.body)
	}
	if a := ask(t, base, "PUT /locations/"+l.ID+` {"type":"file","target":"/third"}`); a.status != http.StatusOK || decode[location](t, a).ID != l.ID || decode[location](t, a).Target != "/third" {
		t.Errorf("elsewhere: %d %s", a.status, a.body)
	}
	if a := ask(t, base, "GET /entities/by-name/user/default/lin"); a.status != http.StatusOK {
		t.Errorf("what is there now: %d %s", a.status, a.body)
	}
}

func TestLocationsByQuery(t *testing.T) {
	t.Parallel()
	base := serve(t, shop(t), anyDisk())
	for _, target := range []string{"/other", "/third"} {
		ask(t, base, `POST /locations {"type":"file","target":"`+target+`"}`)
	}
	type page struct {
		Items      []location
		TotalItems int
		PageInfo   struct{ NextCursor string }
	}
	var seen []string
	for line := `POST /locations/by-query {"limit":2,"query":{"type":"FILE"}}`; line != ""; {
		p := decode[page](t, ask(t, base, line))
		for _, l := range p.Items {
			seen = append(seen, l.Target)
		}
		if line = ""; p.PageInfo.NextCursor != "" {
			line = `POST /locations/by-query {"cursor":"` + p.PageInfo.NextCursor + `"}`
		}
		if p.TotalItems != 3 {
			t.Errorf("%d in all", p.TotalItems)
		}
	}
	if slices.Sort(seen); !slices.Equal(seen, []string{"/other", "/shop", "/third"}) {
		t.Errorf("pages: %s", seen)
	}
	for query, want := range map[string]int{
		`{"target":{"$hasPrefix":"/o"}}`: 1, `{"$not":{"target":"/shop"}}`: 2, `{"id":{"$exists":true}}`: 3, `{"color":{"$exists":true}}`: 0,
		`{"$any":[{"target":"/shop"},{"target":{"$in":["/third"]}}]}`: 2, `{"type":"file","target":"/shop"}`: 1, `{}`: 3,
	} {
		if p := decode[page](t, ask(t, base, `POST /locations/by-query {"query":`+query+`}`)); p.TotalItems != want {
			t.Errorf("%s: %d, want %d", query, p.TotalItems, want)
		}
	}
}

func TestChangesOfOneEntity(t *testing.T) {
	t.Parallel()
	c := shop(t)
	base := serve(t, c, anyDisk())
	uid := uidOf(t, c, "component:default/website")
	for range 2 { // one that is gone is deleted
		if a := ask(t, base, "DELETE /entities/by-uid/"+uid); a.status != http.StatusNoContent {
			t.Errorf("deleted: %d %s", a.status, a.body)
		}
	}
	if _, found, err := c.Find(t.Context(), catalog.NewRef("component", "", "website")); err != nil || found {
		t.Errorf("it is still there, %v", err)
	}
	if a := ask(t, base, `POST /refresh {"entityRef":"component:default/orders","authorizationToken":"x"}`); a.status != http.StatusOK || a.body != "" {
		t.Errorf("refreshed: %d %s", a.status, a.body)
	}
	if a := ask(t, base, "GET /entities/by-name/component/default/website"); a.status != http.StatusOK {
		t.Errorf("what its file still defines did not come back: %d %s", a.status, a.body)
	}
}

func TestValidateEntity(t *testing.T) {
	t.Parallel()
	base := serve(t, shop(t), backstage.Options{})
	for _, tt := range []struct {
		name, body string
		status     int
		want       string
	}{
		{"right", `{"location":"url:https://example.com/x","entity":{"apiVersion":"backstage.io/v1alpha1","kind":"User","metadata":{"name":"a"},"spec":{"memberOf":[]}}}`, 200, ""},
		{
			"wrong", `{"location":"url:https://example.com/x","entity":{"apiVersion":"backstage.io/v1alpha1","kind":"User","metadata":{"name":"a b"},"spec":{"memberOf":[]}}}`, 400,
			`{"errors":[{"name":"InputError","message":"\"metadata.name\" is not valid; expected a string`,
		},
		{"no object", `{"location":"url:https://example.com/x","entity":"x"}`, 400, `{"errors":[{"name":"TypeError"`},
		{"no location", `{"entity":{}}`, 400, `only 'url:<target>' is supported`},
		{"no JSON", `{`, 400, `{"errors":[{"name":"InputError","message":"Malformed request`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if a := ask(t, base, "POST /validate-entity "+tt.body); a.status != tt.status || !strings.HasPrefix(a.body, tt.want) && !strings.Contains(a.body, tt.want) || tt.want == "" && a.body != "" {
				t.Errorf("%d %s", a.status, a.body)
			}
		})
	}
}

func TestAnalyzeLocation(t *testing.T) {
	t.Parallel()
	base := serve(t, shop(t), anyDisk())
	type analysis struct {
		ExistingEntityFiles []struct {
			Location     location
			IsRegistered bool
			Entity       entity
		}
		GenerateEntities []struct {
			Entity entity
			Fields []any
		}
	}
	got := decode[analysis](t, ask(t, base, `POST /analyze-location {"location":{"type":"file","target":"/shop"}}`))
	if len(got.ExistingEntityFiles) != 6 || !got.ExistingEntityFiles[0].IsRegistered || len(got.GenerateEntities) != 0 {
		t.Errorf("what is registered: %+v", got)
	}
	got = decode[analysis](t, ask(t, base, `POST /analyze-location {"location":{"type":"file","target":"/other"}}`))
	if len(got.ExistingEntityFiles) != 1 || got.ExistingEntityFiles[0].IsRegistered || got.ExistingEntityFiles[0].Entity.Metadata.Name != "grace" ||
		got.ExistingEntityFiles[0].Location.Type != "file" || !strings.HasSuffix(got.ExistingEntityFiles[0].Location.Target, "catalog-info.yaml") {
		t.Errorf("what is there: %+v", got)
	}
	a := ask(t, base, `POST /analyze-location {"location":{"type":"file","target":"/empty"}}`)
	if got = decode[analysis](t, a); len(got.ExistingEntityFiles) != 0 || len(got.GenerateEntities) != 1 || got.GenerateEntities[0].Entity.Metadata.Name != "empty" || got.GenerateEntities[0].Fields == nil {
		t.Errorf("what could be written: %s", a.body)
	}
	got = decode[analysis](t, ask(t, base, `POST /analyze-location {"location":{"type":"file","target":"/copy"}}`))
	if len(got.ExistingEntityFiles) == 0 || !got.ExistingEntityFiles[0].IsRegistered || len(got.GenerateEntities) != 0 {
		t.Errorf("what another location defines: %+v", got)
	}
	if a := ask(t, base, `POST /analyze-location {"location":{"type":"file","target":"/wrong"}}`); a.status != http.StatusBadRequest {
		t.Errorf("what cannot be read: %d %s", a.status, a.body)
	}
}

// TestWhatThePlatformPutThereIsNotRegistered keeps clients from taking it away.
func TestWhatThePlatformPutThereIsNotRegistered(t *testing.T) {
	t.Parallel()
	c := shop(t)
	base := serve(t, c, anyDisk())
	made := catalog.Entity{
		APIVersion: catalog.CoreVersion, Kind: catalog.KindGroup, Metadata: catalog.Metadata{Name: "made"},
		Spec: map[string]any{"type": "team", "children": []any{}},
	}
	if _, err := c.Put(t.Context(), catalog.OriginMade(), []catalog.Entity{made}); err != nil {
		t.Fatal(err)
	}
	e, found, err := c.Find(t.Context(), catalog.NewRef("group", "", "made"))
	if err != nil || !found {
		t.Fatal(found, err)
	}
	if a := ask(t, base, "GET /locations"); strings.Contains(a.body, "platform") {
		t.Errorf("listed: %s", a.body)
	}
	if a := ask(t, base, "POST /locations/by-query {}"); strings.Contains(a.body, "platform") {
		t.Errorf("found: %s", a.body)
	}
	for _, line := range []string{
		"GET /locations/" + e.Source.LocationID, "DELETE /locations/" + e.Source.LocationID, "GET /locations/by-entity/group/default/made",
		"PUT /locations/" + e.Source.LocationID + ` {"type":"file","target":"/other"}`,
	} {
		if a := ask(t, base, line); a.status != http.StatusNotFound {
			t.Errorf("%s: %d %s", line, a.status, a.body)
		}
	}
	if a := ask(t, base, "GET /entities/by-name/group/default/made"); a.status != http.StatusOK {
		t.Errorf("the entity: %d %s", a.status, a.body)
	}
}
