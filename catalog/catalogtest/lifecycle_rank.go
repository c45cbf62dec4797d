package catalogtest

import (
	"testing"
	"testing/fstest"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/fault"
)

const otherCatalog = "https://backstage.acme.example/api/catalog"

func team(name, title string) string {
	return "apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: " + name + ", title: " + title + "}\nspec: {type: team, children: []}\n"
}

// start puts in what the platform says of itself, as a server does when it starts.
func (s *shop) start(t *testing.T, documents string) {
	t.Helper()
	entities, err := catalog.Parse("self.yaml", []byte(documents))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.PutSelf(t.Context(), entities); err != nil {
		t.Fatal(err)
	}
}

// testSelfGivesWay has a company that calls a group as the platform calls its own.
func testSelfGivesWay(t *testing.T, s *shop) {
	t.Helper()
	ours := team("platform", "Ours") + "---\n" + team("more", "Ours")
	s.start(t, ours)
	uid := s.uid(t, "group:platform")
	company := fstest.MapFS{"catalog-info.yaml": file(team("platform", "Theirs"))}
	s.reader["/srv/company"] = company
	r := s.register(t, "/srv/company")
	if len(r.Problems) > 0 {
		t.Errorf("problems: %v", r.Problems)
	}
	theirs := func(when string) {
		t.Helper()
		e := s.get(t, "group:platform")
		if e.Metadata.Title != "Theirs" || e.UID != uid || e.AboutPlatform() {
			t.Errorf("%s: %s from %s", when, e.Metadata.Title, e.Source.Target)
		}
	}
	theirs("registered")
	s.start(t, ours)
	theirs("after the next start")
	s.start(t, team("more", "Ours"))
	theirs("when the platform has no such group")
	if locations, err := s.Locations(t.Context()); err != nil || len(locations) != 2 || len(locations[0].Errors)+len(locations[1].Errors) > 0 {
		t.Errorf("locations: %+v, %v", locations, err)
	}

	// What the company gives up is an orphan of its own, and ours when that is over.
	company["catalog-info.yaml"] = file(service("other", "checkout"))
	s.refresh(t, r.Location.ID)
	s.start(t, ours)
	theirs("given up")
	if e := s.get(t, "group:platform"); e.OrphanedAt.IsZero() {
		t.Error("what the company gave up is no orphan")
	}
	if err := s.DeleteEntity(t.Context(), uid); err != nil {
		t.Fatal(err)
	}
	s.start(t, ours)
	if e := s.get(t, "group:platform"); e.Metadata.Title != "Ours" || !e.AboutPlatform() {
		t.Errorf("after it is gone: %s from %s", e.Metadata.Title, e.Source.Target)
	}
	if e := s.get(t, "group:more"); !e.AboutPlatform() {
		t.Errorf("the other one is from %s", e.Source.Target)
	}
	s.start(t, team("more", "Ours"))
	want(t, "when the platform says it no longer", names(t, s.Catalog, catalog.Query{Kinds: []string{"group"}, Text: "Ours"}), []string{"group:default/more"})
}

// copied sends what another catalog has.
func (s *shop) copied(t *testing.T, from string, entities map[string]string) catalog.Registration {
	t.Helper()
	p := catalog.PushRequest{Target: from, Copies: true, Files: map[string][]byte{}}
	for name, document := range entities {
		p.Files[name], p.Entries = []byte(document), append(p.Entries, name)
	}
	r, err := s.Push(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func testCopiesGiveWay(t *testing.T, s *shop) {
	t.Helper()
	s.start(t, team("ours", "Ours"))
	made := catalog.Entity{Kind: catalog.KindGroup, Metadata: catalog.Metadata{Name: "made"}, Spec: map[string]any{"type": "team", "children": []string{}}}
	if _, err := s.Put(t.Context(), catalog.OriginMade(), []catalog.Entity{made}); err != nil {
		t.Fatal(err)
	}
	r := s.copied(t, otherCatalog, map[string]string{
		"a.yaml": service("copied", "checkout"), "b.yaml": team("ours", "Theirs"), "c.yaml": team("made", "Theirs"), "d.yaml": service("kept", "checkout"),
	})
	if len(r.Problems) > 0 || r.Location.Type != catalog.LocationCopy || !r.Location.RefreshAt.IsZero() {
		t.Errorf("copied: %+v", r)
	}
	for _, name := range []string{"group:ours", "group:made"} {
		if e := s.get(t, name); e.Metadata.Title != "Theirs" {
			t.Errorf("%s is not the copy", name)
		}
	}
	uid := s.uid(t, "component:copied")
	s.reader["/srv/real"] = fstest.MapFS{"catalog-info.yaml": file(service("copied", "warehouse"))}
	real := s.register(t, "/srv/real")
	if len(real.Problems) > 0 {
		t.Errorf("problems: %v", real.Problems)
	}
	stays := func(when string) {
		t.Helper()
		e := s.get(t, "component:copied")
		if e.UID != uid || e.SpecString("owner") != "warehouse" || e.Source.Type != catalog.LocationFile || !e.OrphanedAt.IsZero() || len(e.Status.Items) > 0 {
			t.Errorf("%s: %s from %s, %+v", when, e.UID, e.Source.Target, e.Status)
		}
	}
	stays("registered")
	want(t, "history", s.story(t, "component:copied"), []string{"added copied", "moved copied"})
	again := s.copied(t, otherCatalog, map[string]string{"a.yaml": service("copied", "checkout"), "d.yaml": service("kept", "fleet")})
	stays("copied again")
	s.refresh(t, r.Location.ID)
	stays("copies are read again")
	if len(again.Problems) > 0 || s.get(t, "component:kept").SpecString("owner") != "fleet" {
		t.Errorf("copied again: %+v", again)
	}
	if e := s.get(t, "component:copied"); e.Source.LocationID != real.Location.ID {
		t.Error("it is not the file's")
	}

	// A second catalog does not take what the first one gave, and hears of it.
	second := s.copied(t, "https://other.acme.example/api/catalog", map[string]string{"d.yaml": service("kept", "thieves"), "e.yaml": service("new", "thieves")})
	if len(second.Problems) != 1 || second.Problems[0].Ref != "component:default/kept" || s.get(t, "component:kept").SpecString("owner") != "fleet" {
		t.Errorf("a second catalog: %+v", second.Problems)
	}

	// Pipelines outrank copies as well, and the platform itself outranks nothing.
	if r := s.send(t, "main", commitNumber(1), service("kept", "pipeline")); len(r.Problems) > 0 {
		t.Errorf("pushed: %v", r.Problems)
	}
	s.start(t, team("ours", "Ours"))
	if e := s.get(t, "group:ours"); e.Metadata.Title != "Theirs" {
		t.Error("the platform took its name back")
	}
	if _, err := s.Register(t.Context(), catalog.Location{Type: catalog.LocationCopy, Target: otherCatalog}); !fault.Is(err, fault.Invalid) {
		t.Errorf("copies are registered: %v", err)
	}
}
