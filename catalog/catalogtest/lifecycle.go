package catalogtest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/fault"
)

// TestLifecycle runs what becomes of entities whose files change under them.
func TestLifecycle(t *testing.T, on On) {
	t.Helper()
	for _, tt := range []struct {
		name string
		run  func(t *testing.T, s *shop)
	}{
		{"what no file defines is an orphan with a date", testOrphan},
		{"a broken file holds up only what it may define", testBrokenHoldsUp},
		{"orphans are deleted when their time is over", testSweep},
		{"without orphans what is gone is deleted", testNoOrphans},
		{"another file adopts an orphan", testAdopt},
		{"whoever gives an entity up hands it to the other one", testHandOver},
		{"whoever renames an entity hands its name to the other one", testRenameHandsOver},
		{"what was pushed takes over, too", testPushTakesOver},
		{"the same under another name is the same entity", testRename},
		{"an old name tells the new one, or who deleted it", testFormer},
		{"what stands in its place is the same entity", testRenameInPlace},
		{"what has little in common with what stood there is another entity", testReplaced},
		{"where several could be meant nothing is guessed", testRenameUnclear},
		{"moving to another file changes nothing", testMoveFile},
		{"the history tells who changed what, in which fields", testWhoChangedWhat},
		{"problems reach those who can mend them", testProblemsReachOwners},
		{"pipelines send their files", testPush},
		{"a repository that is sent is one location by every address", testOneRepository},
		{"a repository that is read is one location by every address", testOneReading},
		{"a repository that has two locations already says which to remove", testTwoLocations},
		{"only a commit of a repository can be sent", testNoRepository},
		{"what a push no longer needs is not kept", testPushedFilesGo},
		{"what a pushed file no longer names is gone", testPushedTargetsGo},
		{"a repository that is read takes over what was sent of it", testReadAfterPush},
		{"a branch that is not read keeps to itself", testOtherBranch},
		{"what no commit has yet gives way to what one has", testDraft},
		{"a file that was sent before it was merged stays until it is", testDraftAhead},
		{"an organisation does not read what somebody registered", testHandThenOrganization},
		{"what somebody registers is handed over by the organisation", testOrganizationThenHand},
		{"another branch or path than an organisation reads is in nobody's way", testOtherPlaceThanFound},
		{"an organisation takes over what was sent", testPushThenOrganization},
		{"a repository that both read goes to who registered it", testFoundAndRegistered},
		{"what the platform says of itself gives way to whoever writes it down", testSelfGivesWay},
		{"copies from another catalog give way to what they are copies of", testCopiesGiveWay},
		{"who owns what is checked, with what shows it", testHealth},
		{"reading a repository is a look at it", testReadingIsLooking},
		{"what was sent from a repository shows that it is there", testSendingIsSeeing},
		{"repositories are looked for several at a time, few on one host", testLooksAreBounded},
		{"a repository that is named is looked for soon", testLooksSoon},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			on(t, func(t *testing.T, b Backend) {
				t.Helper()
				tt.run(t, newShop(t, b))
			})
		})
	}
}

func (s *shop) get(t *testing.T, name string) catalog.Entity {
	t.Helper()
	e, err := s.Get(t.Context(), ref(name))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// story tells an entity's history, oldest first.
func (s *shop) story(t *testing.T, name string) []string {
	t.Helper()
	changes, err := s.History(t.Context(), ref(name), 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, change := range slices.Backward(changes) {
		line := fmt.Sprintf("%s %s", change.What, change.Ref.Name)
		if change.PreviousRef != (catalog.Ref{}) {
			line += " was " + change.PreviousRef.Name
		}
		out = append(out, line)
	}
	return out
}

func testOrphan(t *testing.T, s *shop) {
	t.Helper()
	id := s.register(t, shopFolder).Location.ID
	before := s.get(t, "component:orders")
	if !before.OrphanedAt.IsZero() || before.Metadata.Annotations[catalog.AnnotationOrphan] != "" {
		t.Errorf("orphaned at %s", before.OrphanedAt)
	}
	whole := s.files["orders/catalog-info.yaml"]
	delete(s.files, "orders/catalog-info.yaml")
	from := time.Now()
	r := s.refresh(t, id)
	want(t, "orphaned", text(r.Orphaned), []string{"api:default/orders", "component:default/orders"})
	want(t, "removed", text(r.Removed), nil)
	orphan := s.get(t, "component:orders")
	if age := orphan.OrphanedAt.Sub(from); age < -time.Second || age > time.Minute || orphan.UID != before.UID {
		t.Errorf("orphaned at %s, %s after its file went", orphan.OrphanedAt, age)
	}
	if orphan.Metadata.Annotations[catalog.AnnotationOrphan] != "true" || orphan.Source.Target != shopFolder {
		t.Errorf("annotations: %v, from %s", orphan.Metadata.Annotations, orphan.Source.Target)
	}
	page, err := s.Search(t.Context(), catalog.Search{Where: catalog.Has{Key: "metadata.annotations.backstage.io/orphan", Values: []string{"true"}}})
	if err != nil || page.Total != 2 {
		t.Errorf("%d orphans are found, %v", page.Total, err)
	}
	if again := s.refresh(t, id); len(again.Orphaned) > 0 || !s.get(t, "component:orders").OrphanedAt.Equal(orphan.OrphanedAt) {
		t.Errorf("orphaned again: %v", again.Orphaned)
	}
	s.files["orders/catalog-info.yaml"] = whole
	r = s.refresh(t, id)
	want(t, "changed", text(r.Changed), []string{"api:default/orders", "component:default/orders"})
	back := s.get(t, "component:orders")
	if !back.OrphanedAt.IsZero() || back.UID != before.UID || back.Etag != before.Etag {
		t.Errorf("back again: orphaned at %s", back.OrphanedAt)
	}
	want(t, "history", s.story(t, "component:orders"), []string{"added orders", "orphaned orders", "restored orders"})
}

func testSweep(t *testing.T, s *shop) {
	t.Helper()
	id := s.register(t, shopFolder).Location.ID
	delete(s.files, "orders/catalog-info.yaml")
	s.refresh(t, id)
	for _, stays := range []catalog.OrphanPolicy{{Keep: true}, {After: time.Hour}} {
		if removed, err := s.WithOrphans(stays).SweepOrphans(t.Context()); err != nil || len(removed) > 0 {
			t.Errorf("%+v removes %v, %v", stays, removed, err)
		}
	}
	time.Sleep(2 * time.Millisecond)
	removed, err := s.WithOrphans(catalog.OrphanPolicy{After: time.Microsecond}).SweepOrphans(t.Context())
	if err != nil || len(removed) != 2 {
		t.Errorf("removed %v, %v", removed, err)
	}
	if ok, err := s.Exists(t.Context(), ref("component:orders")); ok || err != nil {
		t.Errorf("it is there: %t, %v", ok, err)
	}
}

func testNoOrphans(t *testing.T, s *shop) {
	t.Helper()
	s.Catalog = s.WithOrphans(catalog.OrphanPolicy{})
	id := s.register(t, shopFolder).Location.ID
	delete(s.files, "orders/catalog-info.yaml")
	r := s.refresh(t, id)
	want(t, "removed", text(r.Removed), []string{"api:default/orders", "component:default/orders"})
	want(t, "orphaned", text(r.Orphaned), nil)
	want(t, "history", s.story(t, "component:orders"), []string{"added orders", "deleted orders"})
}

func testAdopt(t *testing.T, s *shop) {
	t.Helper()
	id := s.register(t, shopFolder).Location.ID
	uid := s.uid(t, "component:orders")
	delete(s.files, "orders/catalog-info.yaml")
	s.refresh(t, id)
	s.reader["/srv/other"] = fstest.MapFS{"catalog-info.yaml": file(service("orders", "warehouse"))}
	r := s.register(t, "/srv/other")
	want(t, "changed", text(r.Changed), []string{"component:default/orders"})
	e := s.get(t, "component:orders")
	if e.UID != uid || e.Source.Target != "/srv/other" || !e.OrphanedAt.IsZero() {
		t.Errorf("%s from %s, orphaned at %s", e.UID, e.Source.Target, e.OrphanedAt)
	}
	s.refresh(t, id) // who gave it up does not touch it any more
	if e := s.get(t, "component:orders"); !e.OrphanedAt.IsZero() || e.SpecString("owner") != "warehouse" {
		t.Errorf("orphaned at %s, owned by %s", e.OrphanedAt, e.SpecString("owner"))
	}
	want(t, "history", s.story(t, "component:orders"), []string{"added orders", "orphaned orders", "moved orders"})
}

func testHandOver(t *testing.T, s *shop) {
	t.Helper()
	id := s.register(t, shopFolder).Location.ID
	uid := s.uid(t, "component:orders")
	s.reader["/srv/other"] = fstest.MapFS{"catalog-info.yaml": file(service("orders", "warehouse"), service("more", "warehouse"))}
	other := s.register(t, "/srv/other")
	if len(other.Problems) != 1 {
		t.Fatalf("problems: %v", other.Problems)
	}
	for range 2 { // however often either is read, who had it first has it
		s.refresh(t, other.Location.ID)
		s.refresh(t, id)
		if e := s.get(t, "component:orders"); e.Source.Target != shopFolder {
			t.Fatalf("it is from %s", e.Source.Target)
		}
	}
	delete(s.files, "orders/catalog-info.yaml")
	s.refresh(t, id)
	l, _, err := s.LocationByID(t.Context(), other.Location.ID)
	if err != nil || l.RefreshAt.IsZero() || l.RefreshAt.After(time.Now().Add(time.Second)) {
		t.Errorf("the other one is due at %s, %v", l.RefreshAt, err)
	}
	r := s.refresh(t, other.Location.ID)
	e := s.get(t, "component:orders")
	if e.UID != uid || e.Source.Target != "/srv/other" || len(r.Problems) > 0 || len(e.Status.Items) > 0 {
		t.Errorf("%s from %s, problems: %v, status: %v", e.UID, e.Source.Target, r.Problems, e.Status)
	}
}

func testRename(t *testing.T, s *shop) {
	t.Helper()
	id := s.register(t, shopFolder).Location.ID
	uid := s.uid(t, "component:orders")
	// In another file, with another title, beside another new one.
	s.files["orders/catalog-info.yaml"] = file(api("orders", "checkout"))
	s.files["sales/catalog-info.yaml"] = file(
		service("sales", "checkout", "consumesApis: [inventory]", "providesApis: [orders]"), service("fresh", "warehouse"))
	r := s.refresh(t, id)
	if r.Renamed[ref("component:orders")] != ref("component:sales") || len(r.Orphaned) > 0 || len(r.Renamed) != 1 {
		t.Fatalf("renamed %v, orphaned %v, added %v", r.Renamed, r.Orphaned, r.Added)
	}
	want(t, "added", text(r.Added), []string{"component:default/fresh"})
	if got := s.uid(t, "component:sales"); got != uid {
		t.Errorf("the uid changed from %s to %s", uid, got)
	}
	if _, err := s.Get(t.Context(), ref("component:orders")); !fault.Is(err, fault.NotFound) {
		t.Errorf("the old name: %v", err)
	}
	want(t, "history", s.story(t, "component:sales"), []string{"added orders", "renamed sales was orders"})
	want(t, "history of the old name", s.story(t, "component:orders"), []string{"added orders", "renamed sales was orders"})
	want(t, "consumers", names(t, s.Catalog, catalog.Query{Text: "sales"}), []string{"component:default/sales"})
}

func testRenameInPlace(t *testing.T, s *shop) {
	t.Helper()
	id := s.register(t, shopFolder).Location.ID
	uid := s.uid(t, "component:orders")
	s.files["orders/catalog-info.yaml"] = file(service("sales", "warehouse"), api("orders", "checkout"))
	r := s.refresh(t, id)
	if r.Renamed[ref("component:orders")] != ref("component:sales") || s.uid(t, "component:sales") != uid {
		t.Errorf("renamed %v, added %v", r.Renamed, r.Added)
	}
}

func testRenameUnclear(t *testing.T, s *shop) {
	t.Helper()
	id := s.register(t, shopFolder).Location.ID
	same := []string{"consumesApis: [inventory]", "providesApis: [orders]"}
	s.files["orders/catalog-info.yaml"] = file(
		service("sales", "checkout", same...), service("returns", "checkout", same...), api("orders", "checkout"))
	r := s.refresh(t, id)
	want(t, "orphaned", text(r.Orphaned), []string{"component:default/orders"})
	want(t, "added", text(r.Added), []string{"component:default/returns", "component:default/sales"})
	if len(r.Renamed) > 0 {
		t.Errorf("renamed %v", r.Renamed)
	}
}

func testMoveFile(t *testing.T, s *shop) {
	t.Helper()
	id := s.register(t, shopFolder).Location.ID
	uid, before := s.uid(t, "component:inventory"), s.feedEnd(t)
	s.files["stock/sub/catalog-info.yaml"] = s.files["inventory/catalog-info.yaml"]
	delete(s.files, "inventory/catalog-info.yaml")
	r := s.refresh(t, id)
	if len(r.Orphaned)+len(r.Added)+len(r.Removed) > 0 || s.uid(t, "component:inventory") != uid {
		t.Errorf("added %v, orphaned %v", r.Added, r.Orphaned)
	}
	if e := s.get(t, "component:inventory"); e.Source.Path != "stock/sub/catalog-info.yaml" {
		t.Errorf("it is in %s", e.Source.Path)
	}
	want(t, "history", s.story(t, "component:inventory"), []string{"added inventory", "moved inventory"})
	if s.feedEnd(t) > before+2 {
		t.Errorf("the feed goes on from %d to %d", before, s.feedEnd(t))
	}
}

func testProblemsReachOwners(t *testing.T, s *shop) {
	t.Helper()
	s.files["org/catalog-info.yaml"] = file(group("checkout"), strings.Replace(group("returns"), "type: team", "type: team\n  parent: checkout", 1), group("warehouse"))
	s.files["hidden/catalog-info.yaml"] = file(strings.Replace(service("hidden", "returns"), "name: hidden", "name: hi dden", 1))
	s.files["never/catalog-info.yaml"] = file(strings.Replace(service("never", "returns"), "lifecycle: production", "lifecycle: ''", 1))
	s.files["torn/catalog-info.yaml"] = file("kind: [")
	s.register(t, shopFolder)
	s.reader["/srv/other"] = fstest.MapFS{"catalog-info.yaml": file(service("inventory", "thieves"))}
	other := s.register(t, "/srv/other").Location.ID
	where := func(q catalog.ProblemQuery) []string {
		t.Helper()
		problems, err := s.Problems(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, p := range problems {
			out = append(out, p.Where())
		}
		return out
	}
	owner := func(name string) catalog.ProblemQuery {
		group := ref("group:" + name)
		return catalog.ProblemQuery{Owner: &group}
	}
	never := ref("component:never")
	all := []string{"hidden/catalog-info.yaml:4", "never/catalog-info.yaml:9", "torn/catalog-info.yaml:1", "catalog-info.yaml:1"}
	want(t, "all", where(catalog.ProblemQuery{}), all)
	want(t, "of an entity that never was there", where(catalog.ProblemQuery{Ref: &never}), all[1:2])
	want(t, "of a location", where(catalog.ProblemQuery{LocationID: other}), all[3:])
	want(t, "of a group below", where(owner("returns")), all[:2])
	want(t, "of the group above, which owns something there", where(owner("checkout")), all[:3])
	want(t, "of who has it", where(owner("warehouse")), all[2:])
	want(t, "of who does not get it", where(owner("thieves")), all[3:])
	want(t, "of nobody", where(owner("nobody")), nil)
}

func testPush(t *testing.T, s *shop) {
	t.Helper()
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	request := func(minute int, files ...string) catalog.PushRequest {
		p := catalog.PushRequest{
			Target: "https://github.com/acme/orders.git", Branch: "main", Commit: commitNumber(minute),
			CommittedAt: at.Add(time.Duration(minute) * time.Minute), Files: map[string][]byte{},
		}
		for i := 0; i+1 < len(files); i += 2 {
			p.Files[files[i]] = []byte(files[i+1])
		}
		return p
	}
	document := strings.Replace(api("orders", "checkout"), "definition: 'openapi: 3.1.0'", "definition: {$text: ./openapi.yaml}", 1)
	r, err := s.Push(t.Context(), request(1, "catalog-info.yaml", service("orders", "checkout")+"---\n"+document, "openapi.yaml", "openapi: 3.1.1"))
	if err != nil {
		t.Fatal(err)
	}
	want(t, "added", text(r.Added), []string{"api:default/orders", "component:default/orders"})
	e := s.get(t, "api:orders")
	if e.SpecString("definition") != "openapi: 3.1.1" || e.Source.Commit != commitNumber(1) {
		t.Errorf("definition %q from %s", e.SpecString("definition"), e.Source.Commit)
	}
	if got := e.Metadata.Annotations[catalog.AnnotationLocation]; got != "url:https://github.com/acme/orders/blob/main/catalog-info.yaml" {
		t.Errorf("it is at %s", got)
	}
	some := request(2, "more/other.yaml", service("more", "checkout"))
	some.Entries = []string{"more/other.yaml"}
	if r, err = s.Push(t.Context(), some); err != nil || len(r.Added) != 1 || len(r.Orphaned) > 0 {
		t.Errorf("one more file: %+v, %v", r, err)
	}
	if _, err := s.Push(t.Context(), request(1, "catalog-info.yaml", service("old", "checkout"))); !fault.Is(err, fault.Conflict) {
		t.Errorf("an older commit: %v", err)
	}
	if r, err = s.Push(t.Context(), request(3, "catalog-info.yaml", service("orders", "checkout"))); err != nil {
		t.Fatal(err)
	}
	want(t, "orphaned", text(r.Orphaned), []string{"api:default/orders", "component:default/more"})
	for name, bad := range map[string]catalog.PushRequest{
		"nothing":             request(4),
		"a path that escapes": request(4, "../x.yaml", "a"),
		"no repository":       {Target: " ", Files: map[string][]byte{"a": nil}},
		"no entity":           {Target: "https://github.com/acme/none", Files: map[string][]byte{"a.txt": nil}},
		"an entry not sent":   {Target: "https://github.com/acme/none", Files: map[string][]byte{"a.yaml": nil}, Entries: []string{"b.yaml"}},
	} {
		if _, err := s.Push(t.Context(), bad); !fault.Is(err, fault.Invalid) || fault.From(err).Hint == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	broken, err := s.Push(t.Context(), request(5, "catalog-info.yaml", "kind: ["))
	if err != nil || len(broken.Problems) != 1 || broken.Problems[0].Line != 1 || len(broken.Orphaned) > 0 {
		t.Errorf("a broken file: %+v, %v", broken, err)
	}
}

func testHealth(t *testing.T, s *shop) {
	t.Helper()
	s.files["org/catalog-info.yaml"] = file(group("checkout"), group("warehouse"), user("ada", "checkout"))
	s.files["lost/catalog-info.yaml"] = file(service("lost", "chekout", "dependsOn: ['resource:none']"),
		"apiVersion: acme.io/v1\nkind: Robot\nmetadata: {name: r2}\nspec: {owner: 'group:', system: 'https://'}\n")
	s.register(t, shopFolder)
	tell := func(q catalog.HealthQuery) []string {
		t.Helper()
		findings, err := s.Health(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, f := range findings {
			if f.Source == "" || f.Message == "" || f.State == catalog.StateFail && f.Hint == "" {
				t.Errorf("finding %+v", f)
			}
			if age := time.Since(f.At); f.State != catalog.StateUnknown && (age < 0 || age > time.Minute) {
				t.Errorf("finding of %s", f.At)
			}
			out = append(out, fmt.Sprintf("%s %s %s", f.Ref.Name, f.Check, f.State))
		}
		return out
	}
	of := func(name string) catalog.HealthQuery {
		r := ref(name)
		return catalog.HealthQuery{Ref: &r}
	}
	want(t, "orders", tell(of("component:orders")), []string{
		"orders owner-exists pass", "orders owner-has-members pass", "orders references-resolve fail", "orders repository-reachable unknown",
	})
	want(t, "inventory", tell(of("component:inventory")), []string{
		"inventory owner-exists pass", "inventory owner-has-members fail", "inventory references-resolve fail", "inventory repository-reachable unknown",
	})
	want(t, "lost", tell(of("component:lost")), []string{
		"lost owner-exists fail", "lost owner-has-members unknown", "lost references-resolve fail", "lost repository-reachable unknown",
	})
	want(t, "r2", tell(of("robot:r2")), []string{
		"r2 owner-exists fail", "r2 owner-has-members unknown", "r2 references-resolve fail", "r2 repository-reachable unknown",
	})
	r2 := ref("robot:r2")
	findings, err := s.Health(t.Context(), catalog.HealthQuery{Ref: &r2})
	if err != nil || !strings.Contains(findings[0].Message, `"group:" is no reference`) || !strings.Contains(findings[2].Message, `"https://" (spec.system)`) {
		t.Errorf("references that nobody can read: %+v, %v", findings, err)
	}
	lost := ref("component:lost")
	findings, err = s.Health(t.Context(), catalog.HealthQuery{Ref: &lost})
	lines := strings.Split(service("lost", "chekout", "dependsOn: ['resource:none']"), "\n")
	for i, field := range []string{0: "owner: ", 2: "system: "} {
		at := slices.IndexFunc(lines, func(line string) bool { return field != "" && strings.Contains(line, field) })
		if want := fmt.Sprintf("lost/catalog-info.yaml:%d", at+1); field != "" && (err != nil || findings[i].Source != want) {
			t.Errorf("what %s names is said to be at %s, want %s; %v", field, findings[i].Source, want, err)
		}
	}
	if err != nil || !strings.Contains(findings[0].Hint, "group:default/checkout") {
		t.Errorf("the owner's hint: %+v, %v", findings, err)
	}
	if message := findings[2].Message; !strings.Contains(message, "dependsOn") || !strings.Contains(message, "resource:default/none") || !strings.Contains(message, "spec.system") {
		t.Errorf("references: %s", message)
	}
	org := s.files["org/catalog-info.yaml"]
	delete(s.files, "org/catalog-info.yaml")
	s.refresh(t, s.get(t, "component:orders").Source.LocationID)
	delete(s.files, "orders/catalog-info.yaml")
	s.refresh(t, s.get(t, "component:orders").Source.LocationID)
	if got := tell(of("component:orders")); got[0] != "orders owner-exists stale" {
		t.Errorf("of an orphan: %v", got)
	}
	s.files["org/catalog-info.yaml"] = org
	s.refresh(t, s.get(t, "component:lost").Source.LocationID)
	owner := ref("group:warehouse")
	want(t, "of a team", tell(catalog.HealthQuery{Owner: &owner, Open: true}), []string{
		"inventory owner-has-members fail", "inventory repository-reachable unknown",
		"inventory owner-has-members fail", "inventory references-resolve fail", "inventory repository-reachable unknown",
	})
}
