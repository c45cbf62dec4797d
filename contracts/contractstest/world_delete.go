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
	w.forgetVersion(service, version)
}

func (w *world) forgetVersion(service, version string) {
	key := service + "/" + version
	delete(w.versions, key)
	delete(w.branches, key)
	delete(w.tags, key)
	w.order = slices.DeleteFunc(w.order, func(v string) bool { return v == key })
	w.withdraw(func(p worldPact) bool { return p.consumer == service && p.version == version })
	w.verdicts = slices.DeleteFunc(w.verdicts, func(v worldVerdict) bool { return v.provider == service && v.providerVersion == version })
}

// deletePact removes a pact; the version stays, and what was said of the content.
func (w *world) deletePact(t *testing.T, b *contracts.Broker, r *rand.Rand) {
	t.Helper()
	if len(w.pacts) == 0 {
		return
	}
	gone := pick(r, w.pacts)
	v := must(b.Version(t.Context(), gone.consumer, gone.version))(t)
	p := must(b.Pacticipant(t.Context(), gone.provider))(t)
	if err := b.DeletePacts(t.Context(), []contracts.Pact{{ConsumerID: v.PacticipantID, ProviderID: p.ID, ConsumerVersionID: v.ID}}); err != nil {
		t.Fatalf("delete a pact: %v", err)
	}
	w.withdraw(func(p worldPact) bool { return p == gone })
}

// withdraw takes pacts away of versions that stay, or may be made again.
func (w *world) withdraw(goes func(p worldPact) bool) {
	w.pacts = slices.DeleteFunc(w.pacts, func(p worldPact) bool {
		if goes(p) {
			w.deleted = append(w.deleted, p)
		}
		return goes(p)
	})
}

// deleteIntegration removes what is between two services, and either of them if
// nothing is left of it, unless a version with the pact is in an environment.
func (w *world) deleteIntegration(t *testing.T, b *contracts.Broker, r *rand.Rand) {
	t.Helper()
	consumer, provider := pick(r, w.services), pick(r, w.services)
	err := b.DeleteIntegration(t.Context(), consumer, provider)
	switch {
	case !w.known[consumer] || !w.known[provider]:
		if !fault.Is(err, fault.NotFound) {
			t.Fatalf("delete an integration of who is not known: %v, want not found", err)
		}
		return
	case w.reliedOn(consumer, provider):
		if !fault.Is(err, fault.Conflict) {
			t.Fatalf("delete an integration that is relied on in an environment: %v, want a conflict", err)
		}
		return
	case err != nil:
		t.Fatal(err)
	}
	w.forgetIntegration(consumer, provider)
	for _, service := range []string{consumer, provider} {
		used := false
		for pair := range w.integrated {
			used = used || pair[0] == service || pair[1] == service
		}
		if !used && !w.runs(service) {
			w.forgetService(service)
		}
	}
}

// reliedOn reports whether a version of the consumer that is in an environment has a
// pact with the provider.
func (w *world) reliedOn(consumer, provider string) bool {
	return slices.ContainsFunc(w.pacts, func(p worldPact) bool {
		there := w.elsewhere[consumer+"/"+p.version] || slices.Contains(w.in(consumer), p.version)
		return there && p.consumer == consumer && p.provider == provider
	})
}

// runs reports whether a version of the service is in an environment.
func (w *world) runs(service string) bool {
	for key, is := range w.elsewhere {
		if is && strings.HasPrefix(key, service+"/") {
			return true
		}
	}
	return len(w.in(service)) > 0
}

func (w *world) forgetIntegration(consumer, provider string) {
	w.withdraw(func(p worldPact) bool { return p.consumer == consumer && p.provider == provider })
	w.verdicts = slices.DeleteFunc(w.verdicts, func(v worldVerdict) bool { return v.consumer == consumer && v.provider == provider })
	delete(w.integrated, [2]string{consumer, provider})
}

func (w *world) forgetService(service string) {
	for pair := range w.integrated {
		if pair[0] == service || pair[1] == service {
			w.forgetIntegration(pair[0], pair[1])
		}
	}
	for v := range worldVersions {
		w.forgetVersion(service, strconv.Itoa(v))
	}
	delete(w.known, service)
	delete(w.main, service)
}

// expected reports whether a version is in an environment that should have a pact with
// the provider, for its service has one, and never had any.
func (w *world) expected(provider string) bool {
	for pair := range w.integrated {
		for version := range worldVersions {
			number := strconv.Itoa(version)
			there := w.elsewhere[pair[0]+"/"+number] || slices.Contains(w.in(pair[0]), number)
			had := slices.ContainsFunc(slices.Concat(w.pacts, w.deleted), func(p worldPact) bool {
				return p.consumer == pair[0] && p.version == number && p.provider == provider
			})
			if pair[1] == provider && there && !had {
				return true
			}
		}
	}
	return false
}

// deleteService removes a service, unless it is in an environment, or a consumer is of
// which nobody knows what it relies on.
func (w *world) deleteService(t *testing.T, b *contracts.Broker, r *rand.Rand) {
	t.Helper()
	service := pick(r, w.services)
	err := b.DeletePacticipant(t.Context(), service)
	switch {
	case !w.known[service]:
		if !fault.Is(err, fault.NotFound) {
			t.Fatalf("delete a service that is not known: %v, want not found", err)
		}
	case w.runs(service), w.expected(service):
		if !fault.Is(err, fault.Conflict) {
			t.Fatalf("delete a service that is in an environment: %v, want a conflict", err)
		}
	case err != nil:
		t.Fatal(err)
	default:
		w.forgetService(service)
	}
}

// deleteVerification removes what a provider said, unless something better that it
// said before would count then.
func (w *world) deleteVerification(t *testing.T, b *contracts.Broker, r *rand.Rand) {
	t.Helper()
	if len(w.verdicts) == 0 {
		return
	}
	gone := pick(r, w.verdicts)
	var same []worldVerdict
	for _, v := range w.verdicts {
		if v.consumer == gone.consumer && v.provider == gone.provider && v.content == gone.content && v.providerVersion == gone.providerVersion {
			same = append(same, v)
		}
	}
	last := len(same) - 1
	refused := same[last] == gone && gone.verdict != contracts.Yes && last > 0 && same[last-1].verdict == contracts.Yes
	err := b.DeleteVerification(t.Context(), gone.id)
	if refused != fault.Is(err, fault.Conflict) || (!refused && err != nil) {
		t.Fatalf("delete %+v of %+v: %v; to be refused: %t", gone, same, err, refused)
	}
	if !refused {
		w.verdicts = slices.DeleteFunc(w.verdicts, func(v worldVerdict) bool { return v == gone })
	}
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
