package catalogtest

import (
	"testing"
	"testing/fstest"

	"github.com/goldenpath/platform/catalog"
)

// reachable returns what is known of an entity's repository.
func (s *shop) reachable(t *testing.T, name string) catalog.Finding {
	t.Helper()
	r := ref(name)
	findings, err := s.Health(t.Context(), catalog.HealthQuery{Ref: &r})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings {
		if f.Check == catalog.CheckRepositoryReachable {
			return f
		}
	}
	t.Fatalf("no word about the repository of %s", name)
	return catalog.Finding{}
}

func testReadingIsLooking(t *testing.T, s *shop) {
	t.Helper()
	for name, address := range map[string]string{"far": "https://git.example.com/acme/far.git", "near": "/srv/near.git"} {
		here := fstest.MapFS{"catalog-info.yaml": file(service(name, "checkout"))}
		s.reader[address] = here
		id := s.register(t, address).Location.ID
		if f := s.reachable(t, "component:"+name); f.State != catalog.StatePass || f.At.IsZero() {
			t.Errorf("%s after it was registered: %+v", name, f)
		}
		delete(s.reader, address)
		if _, err := s.Refresh(t.Context(), id); err == nil {
			t.Fatalf("%s is read although it is gone", name)
		}
		if f := s.reachable(t, "component:"+name); f.State != catalog.StateFail || f.Hint == "" {
			t.Errorf("%s when it was gone: %+v", name, f)
		}
		elsewhere := catalog.Location{Type: catalog.LocationGit, Target: "/moved/" + name + ".git"}
		s.reader[elsewhere.Target] = here
		if _, err := s.Retarget(t.Context(), id, elsewhere); err != nil {
			t.Fatal(err)
		}
		if f := s.reachable(t, "component:"+name); f.State != catalog.StatePass {
			t.Errorf("%s when its location moved: %+v", name, f)
		}
	}
}
