package pipelines_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/catalog/catalogtest"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/internal/git"
	"github.com/goldenpath/platform/internal/githost"
	"github.com/goldenpath/platform/pipelines"
	"github.com/goldenpath/platform/pipelines/pipelinestest"
	"github.com/goldenpath/platform/scaffolds"
)

// studio is a place where services are created: a catalog and runs in memory,
// real git and real repositories.
type studio struct {
	t        *testing.T
	dir      string
	catalog  *catalog.Catalog
	creation *pipelines.Creation
	runner   *pipelines.Runner
	queue    *pipelinestest.Queue
	store    *pipelinestest.Store
	refusing *refusingHost
}

// refusingHost is a host that refuses what a test tells it to.
type refusingHost struct {
	pipelines.Host

	remote error
}

func (h *refusingHost) Remote(ctx context.Context, r pipelines.Repository) (pipelines.Remote, error) {
	if h.remote != nil {
		return pipelines.Remote{}, h.remote
	}
	return h.Host.Remote(ctx, r)
}

func newStudio(t *testing.T) *studio {
	t.Helper()
	s := &studio{t: t, dir: t.TempDir(), catalog: catalogtest.New(nil), queue: &pipelinestest.Queue{}}
	s.refusing = &refusingHost{Host: githost.NewLocal(s.dir, "http://127.0.0.1:8080")}
	store := pipelinestest.NewStore()
	s.store = store
	s.creation = pipelines.NewCreation(pipelines.CreationOptions{
		Catalog: s.catalog, Paths: pipelinestest.Paths, Hosts: []pipelines.Host{s.refusing}, Repositories: git.New(), Past: store,
	})
	s.runner = pipelines.NewRunner(pipelines.Options{
		Store: store, Unit: store, Queue: s.queue, Log: slog.New(slog.DiscardHandler),
		Clock:     pipelinestest.NewClock(time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)),
		Pipelines: []pipelines.Pipeline{s.creation.Pipeline()},
	})
	return s
}

func asking(name, owner, system string, consumes ...string) pipelines.CreateServiceInput {
	return pipelines.CreateServiceInput{Answers: scaffolds.Answers{Name: name, Owner: owner, System: system, Consumes: consumes}}
}

// create asks for a service and works until the run has ended.
func (s *studio) create(in pipelines.CreateServiceInput) pipelines.Run {
	s.t.Helper()
	run, err := s.runner.Start(pipelines.WithActor(s.t.Context(), "user:default/ada"), pipelines.KindCreateService, in.Answers.Name, in)
	if err != nil {
		s.t.Fatalf("Start: %v", err)
	}
	return s.work(run.ID)
}

func (s *studio) work(id string) pipelines.Run {
	s.t.Helper()
	if err := s.queue.Drain(s.t.Context(), s.runner.Work); err != nil {
		s.t.Fatalf("Work: %v", err)
	}
	run, err := s.runner.Get(s.t.Context(), id)
	if err != nil {
		s.t.Fatal(err)
	}
	return run
}

func (s *studio) refs() []string {
	s.t.Helper()
	page, err := s.catalog.List(s.t.Context(), catalog.Query{Limit: 100})
	if err != nil {
		s.t.Fatal(err)
	}
	refs := make([]string, len(page.Items))
	for i, e := range page.Items {
		refs[i] = e.Ref().String()
	}
	slices.Sort(refs)
	return refs
}

func (s *studio) repositories() []string {
	s.t.Helper()
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		s.t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestCreatingAServiceMakesARepositoryAndRegistersIt(t *testing.T) {
	t.Parallel()
	s := newStudio(t)
	run := s.create(asking("inventory", "warehouse", "shop"))
	if run.State != pipelines.Succeeded {
		t.Fatalf("the run %s: %v", run.State, run.Failure)
	}
	var out pipelines.CreateServiceOutput
	if err := json.Unmarshal(run.Output, &out); err != nil {
		t.Fatal(err)
	}
	wantRefs := []string{"group:default/warehouse", "system:default/shop", "component:default/inventory", "api:default/inventory"}
	if diff := cmp.Diff(wantRefs, out.Entities); diff != "" {
		t.Errorf("registered (-want +got):\n%s", diff)
	}
	refs, err := git.New().Refs(t.Context(), pipelines.Remote{URL: out.LocalPath})
	if err != nil {
		t.Fatal(err)
	}
	if got := refs["refs/heads/main"]; got != out.Commit || got == "" {
		t.Errorf("main is at %q, the output says %q", got, out.Commit)
	}
	e, err := s.catalog.Get(t.Context(), catalog.NewRef("Component", "", "inventory"))
	if err != nil {
		t.Fatal(err)
	}
	if e.Source.Commit != out.Commit || e.Source.Target != out.CloneURL {
		t.Errorf("the entity says it is from %+v", e.Source)
	}
	api, found, err := s.catalog.APIOf(t.Context(), e.Ref())
	if err != nil || !found || !strings.Contains(api.SpecString("definition"), "openapi: 3.0.3") {
		t.Errorf("the API is %v, %v, %v", api.Spec, found, err)
	}
}

func TestAConsumerIsMadeFromItsProvidersAPI(t *testing.T) {
	t.Parallel()
	s := newStudio(t)
	s.create(asking("inventory", "warehouse", "shop"))
	// A name that is unlike any other is no slip while nobody wrote groups down.
	run := s.create(asking("orders", "checkout", "shop", "inventory"))
	if run.State != pipelines.Succeeded {
		t.Fatalf("the run %s: %v", run.State, run.Failure)
	}
	e, err := s.catalog.Get(t.Context(), catalog.NewRef("Component", "", "orders"))
	if err != nil {
		t.Fatal(err)
	}
	if got := e.Related(catalog.RelationConsumesAPI); len(got) != 1 || got[0] != catalog.NewRef("API", "", "inventory") {
		t.Errorf("orders consumes %v", got)
	}
}

func TestWhatIsWrongIsSaidBeforeAnythingIsMade(t *testing.T) {
	t.Parallel()
	written := []catalog.Entity{{Kind: catalog.KindGroup, Metadata: catalog.Metadata{Name: "payments"}, Spec: map[string]any{"type": "team", "children": []any{}}}}
	for _, tc := range []struct {
		name    string
		written bool // somebody keeps a file of groups
		in      pipelines.CreateServiceInput
		code    fault.Code
		fields  []string
		says    string
		hint    string
	}{
		{name: "the name is taken", in: asking("inventory", "warehouse", ""), code: fault.Conflict, fields: []string{"name"}, says: "component:default/inventory is in the catalog"},
		{name: "an owner almost like one that exists", in: asking("orders", "warehous", ""), code: fault.Invalid, fields: []string{"owner"}, says: "Did you mean warehouse?", hint: "--create-owner"},
		{name: "an owner unlike any, where groups are written down", written: true, in: asking("orders", "zebras", ""), code: fault.Invalid, fields: []string{"owner"}, says: `no group called "zebras"`, hint: "--create-owner"},
		{name: "a system almost like one that exists", in: asking("orders", "warehouse", "shp"), code: fault.Invalid, fields: []string{"system"}, says: "Did you mean shop?", hint: "--create-system"},
		{name: "a user that nobody knows", in: asking("orders", "user:ada", ""), code: fault.Invalid, fields: []string{"owner"}, says: "no user:default/ada"},
		{name: "a provider that nobody knows", in: asking("orders", "warehouse", "", "inventry"), code: fault.Invalid, fields: []string{"consumes"}, says: "Did you mean inventory?"},
		{name: "itself as a provider", in: asking("orders", "warehouse", "", "orders"), code: fault.Invalid, fields: []string{"consumes"}, says: "cannot consume itself"},
		{name: "several at once", in: asking("orders", "warehous", "shp", "nobody"), code: fault.Invalid, fields: []string{"owner", "system", "consumes"}},
		{name: "an unknown golden path", in: pipelines.CreateServiceInput{Path: "go-htp", Answers: scaffolds.Answers{Name: "orders", Owner: "warehouse"}}, code: fault.NotFound},
		{name: "an unknown git host", in: pipelines.CreateServiceInput{Host: "gitlub", Answers: scaffolds.Answers{Name: "orders", Owner: "warehouse"}}, code: fault.Invalid, fields: []string{"host"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := newStudio(t)
			s.create(asking("inventory", "warehouse", "shop"))
			if tc.written {
				if _, err := s.catalog.Put(t.Context(), catalog.Location{Type: catalog.LocationFile, Target: "/srv/groups.yaml"}, written); err != nil {
					t.Fatal(err)
				}
			}
			before := s.refs()
			_, planErr := s.creation.Plan(t.Context(), tc.in)
			_, err := s.runner.Start(t.Context(), pipelines.KindCreateService, tc.in.Answers.Name, tc.in)
			if planErr == nil || err == nil || planErr.Error() != err.Error() {
				t.Fatalf("the plan says %v, the start says %v", planErr, err)
			}
			var f *fault.Error
			if !errors.As(err, &f) || f.Code != tc.code || !strings.Contains(f.Message, tc.says) || !strings.Contains(f.Hint, tc.hint) {
				t.Errorf("got %+v", f)
			}
			var fields []string
			for _, field := range f.Fields {
				fields = append(fields, field.Name)
			}
			if diff := cmp.Diff(tc.fields, fields); diff != "" {
				t.Errorf("fields (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(before, s.refs()); diff != "" {
				t.Errorf("the catalog changed:\n%s", diff)
			}
			if diff := cmp.Diff([]string{"inventory.git"}, s.repositories()); diff != "" {
				t.Errorf("repositories changed:\n%s", diff)
			}
		})
	}
}

func TestAHostThatRefusesIsRetriedFromItsStep(t *testing.T) {
	t.Parallel()
	s := newStudio(t)
	s.refusing.remote = fault.New(fault.Forbidden, "The host does not let the token push.").WithHint("Give it the scope repo.")
	run := s.create(asking("inventory", "warehouse", ""))
	if run.State != pipelines.Failed || !strings.Contains(run.Failure.Message, "Done before it: check, render, commit, host.") {
		t.Fatalf("the run %s: %v", run.State, run.Failure)
	}
	if got := s.refs(); len(got) != 0 {
		t.Errorf("registered already: %v", got)
	}
	_, err := s.creation.Plan(t.Context(), asking("inventory", "warehouse", ""))
	if !fault.Is(err, fault.Conflict) || !strings.Contains(fault.From(err).Hint, "platform runs retry "+run.ID) {
		t.Errorf("asked again: %v, hint %q", err, fault.From(err).Hint)
	}
	s.refusing.remote = nil
	if _, err := s.runner.Retry(t.Context(), run.ID); err != nil {
		t.Fatal(err)
	}
	if run = s.work(run.ID); run.State != pipelines.Succeeded {
		t.Fatalf("retried, the run %s: %v", run.State, run.Failure)
	}
	if diff := cmp.Diff([]string{"inventory.git"}, s.repositories()); diff != "" {
		t.Errorf("repositories:\n%s", diff)
	}
}

// A program that was replaced while a run was on its way kept files in its way.
func TestARunThatAnOlderProgramBeganGoesOn(t *testing.T) {
	t.Parallel()
	s := newStudio(t)
	plan, err := s.creation.Plan(t.Context(), asking("inventory", "warehouse", ""))
	if err != nil {
		t.Fatal(err)
	}
	s.refusing.remote = fault.New(fault.Forbidden, "Not now.")
	run := s.create(asking("inventory", "warehouse", ""))
	before, err := json.Marshal(scaffolds.Tree{Files: plan.Files})
	if err := errors.Join(err, s.store.DropFiles(t.Context(), run.ID), s.store.PutFile(t.Context(), run.ID, "tree.json", before)); err != nil {
		t.Fatal(err)
	}
	s.refusing.remote = nil
	if _, err := s.runner.Retry(t.Context(), run.ID); err != nil {
		t.Fatal(err)
	}
	if run = s.work(run.ID); run.State != pipelines.Succeeded {
		t.Fatalf("the run %s: %v", run.State, run.Failure)
	}
	var out pipelines.CreateServiceOutput
	if err := json.Unmarshal(run.Output, &out); err != nil {
		t.Fatal(err)
	}
	if commit := string(run.Step("commit").Result); !strings.Contains(commit, out.Commit) {
		t.Errorf("pushed %s, and made %s before", out.Commit, commit)
	}
}

func (s *studio) undo(id string) pipelines.Run {
	s.t.Helper()
	undo, err := s.runner.Undo(s.t.Context(), id)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.work(undo.ID)
}

func TestUndoTakesBackWhatTheRunMadeAndNothingElse(t *testing.T) {
	t.Parallel()
	s := newStudio(t)
	first := s.create(asking("inventory", "warehouse", "shop"))
	second := s.create(asking("orders", "checkout", "shop"))
	if undo := s.undo(first.ID); undo.State != pipelines.Succeeded {
		t.Fatalf("the undo %s: %v", undo.State, undo.Failure)
	}
	// The system stays, because orders is in it; so does the group that owns it.
	want := []string{"api:default/orders", "component:default/orders", "group:default/checkout", "group:default/warehouse", "system:default/shop"}
	if diff := cmp.Diff(want, s.refs()); diff != "" {
		t.Errorf("left in the catalog (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"orders.git"}, s.repositories()); diff != "" {
		t.Errorf("repositories:\n%s", diff)
	}
	if undo := s.undo(second.ID); undo.State != pipelines.Succeeded {
		t.Fatalf("the undo %s: %v", undo.State, undo.Failure)
	}
	if run := s.create(asking("inventory", "warehouse", "shop")); run.State != pipelines.Succeeded {
		t.Fatalf("made anew, the run %s: %v", run.State, run.Failure)
	}
}

func TestUndoRefusesToLoseWork(t *testing.T) {
	t.Parallel()
	t.Run("somebody pushed", func(t *testing.T) {
		t.Parallel()
		s := newStudio(t)
		run := s.create(asking("inventory", "warehouse", ""))
		repository := filepath.Join(s.dir, "inventory.git")
		cmd := exec.CommandContext(t.Context(), "git", "-C", repository, "update-ref", "refs/heads/feature", "refs/heads/main")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		undo := s.undo(run.ID)
		if undo.State != pipelines.Failed || !strings.Contains(undo.Failure.Message, "Somebody has pushed") {
			t.Errorf("the undo %s: %v", undo.State, undo.Failure)
		}
		if got := s.refs(); !slices.Contains(got, "component:default/inventory") {
			t.Errorf("it was taken out of the catalog all the same: %v", got)
		}
	})
	t.Run("somebody consumes it", func(t *testing.T) {
		t.Parallel()
		s := newStudio(t)
		run := s.create(asking("inventory", "warehouse", ""))
		s.create(asking("orders", "checkout", "", "inventory"))
		undo := s.undo(run.ID)
		if undo.State != pipelines.Failed || !strings.Contains(undo.Failure.Message, "consumed by orders") {
			t.Errorf("the undo %s: %v", undo.State, undo.Failure)
		}
	})
}
