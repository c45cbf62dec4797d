package contractstest

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/fault"
)

// deleteVersion removes a version with its pacts and what it verified, unless it is
// in an environment.
func (w *world) deleteVersion(t *testing.T, b *contracts.Broker, r *rand.Rand) {
	t.Helper()
	service, version := pick(r, w.services), strconv.Itoa(r.IntN(worldVersions))
	key := service + "/" + version
	err := b.DeleteVersion(t.Context(), service, version)
	switch {
	case !w.versions[key]:
		if !fault.Is(err, fault.NotFound) {
			t.Fatalf("delete an unknown version: %v, want not found", err)
		}
		return
	case w.elsewhere[key] || slices.Contains(w.in(service), version):
		if !fault.Is(err, fault.Conflict) {
			t.Fatalf("delete a version that is in an environment: %v, want a conflict", err)
		}
		return
	case err != nil:
		t.Fatal(err)
	}
	delete(w.versions, key)
	delete(w.branches, key)
	delete(w.tags, key)
	w.order = slices.DeleteFunc(w.order, func(v string) bool { return v == key })
	w.pacts = slices.DeleteFunc(w.pacts, func(p worldPact) bool { return p.consumer == service && p.version == version })
	w.verdicts = slices.DeleteFunc(w.verdicts, func(v worldVerdict) bool { return v.provider == service && v.providerVersion == version })
}

// deleteBranch removes a branch; its versions stay.
func (w *world) deleteBranch(t *testing.T, b *contracts.Broker, r *rand.Rand) {
	t.Helper()
	service, branch := pick(r, w.services), pick(r, []string{"main", "feature", worldTag})
	there := false
	for key, names := range w.branches {
		if strings.HasPrefix(key, service+"/") && slices.Contains(names, branch) {
			there = true
			w.branches[key] = slices.DeleteFunc(names, func(name string) bool { return name == branch })
		}
	}
	err := b.DeleteBranch(t.Context(), service, branch)
	if there && err != nil {
		t.Fatalf("delete branch %s of %s: %v", branch, service, err)
	}
}

// deployElsewhere puts a version into an environment that nobody asks about.
func (w *world) deployElsewhere(t *testing.T, b *contracts.Broker, r *rand.Rand) {
	t.Helper()
	service, version := pick(r, w.services), strconv.Itoa(r.IntN(worldVersions))
	_, err := b.RecordDeployment(t.Context(), contracts.Deployment{Service: service, Version: version, Environment: "test", ApplicationInstance: version})
	key := service + "/" + version
	if w.versions[key] != (err == nil) {
		t.Fatalf("deploy %s, which is known: %t: %v", key, w.versions[key], err)
	}
	w.elsewhere[key] = w.versions[key]
}
