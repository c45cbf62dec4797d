package jobs_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/database"
	"github.com/goldenpath/platform/internal/git"
	"github.com/goldenpath/platform/internal/githost"
	"github.com/goldenpath/platform/internal/jobs"
	"github.com/goldenpath/platform/internal/store"
	"github.com/goldenpath/platform/pipelines"
	"github.com/goldenpath/platform/pipelines/pipelinestest"
	"github.com/goldenpath/platform/scaffolds"
)

// What the helper process is told by its environment.
const (
	helperDir  = "JOBS_TEST_DIR"  // where its data is; no helper without it
	helperKill = "JOBS_TEST_KILL" // the points at which it kills itself, each once
)

// everyPoint lists where the helper can be killed: around each step, and inside
// the steps that do something outside the run.
func everyPoint() []string {
	var points []string
	for _, step := range []string{"check", "render", "commit", "host", "push", "register"} {
		points = append(points, step+" before", step+" done", step+" after")
	}
	return append(points, "host.Create before", "host.Create after", "repositories.Push before", "repositories.Push after",
		"catalog.Put before 1", "catalog.Put after 1", "catalog.Put before 2", "catalog.Put after 2", "catalog.Put before 3", "catalog.Put after 3")
}

func TestKilledAnywhereCreatingAServiceEndsTheSame(t *testing.T) {
	t.Parallel()
	want := ending(t, t.TempDir(), nil)
	if want.Run.State != pipelines.Succeeded || want.Commit == "" {
		t.Fatalf("undisturbed, the run %s: %v", want.Run.State, want.Run.Failure)
	}
	for _, point := range everyPoint() {
		t.Run(point, func(t *testing.T) {
			t.Parallel()
			compare(t, want, ending(t, t.TempDir(), []string{point}))
		})
	}
	t.Run("everywhere, one after the other", func(t *testing.T) {
		t.Parallel()
		compare(t, want, ending(t, t.TempDir(), everyPoint()))
	})
	for i := range 8 {
		wait := time.Duration(20+25*i) * time.Millisecond
		t.Run(fmt.Sprintf("after %s, again and again", wait), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for range 4 {
				ctx, cancel := context.WithTimeout(t.Context(), wait)
				_ = helper(ctx, t, dir, nil)
				cancel()
			}
			compare(t, want, ending(t, dir, nil))
		})
	}
}

// ended is everything that a run leaves behind.
type ended struct {
	Run          pipelines.Run
	Commit       string
	Refs         map[string]string
	Repositories []string
	Entities     []string
	Files        int // kept for later steps
	Runs         int
}

func compare(t *testing.T, want, got ended) {
	t.Helper()
	if got.Run.State != pipelines.Succeeded {
		t.Fatalf("the run %s: %v", got.Run.State, got.Run.Failure)
	}
	for _, e := range []*ended{&want, &got} {
		for i := range e.Run.Steps {
			e.Run.Steps[i].Result = nil // holds the folder of the data and the run's id
		}
	}
	if diff := cmp.Diff(want.Run.Steps, got.Run.Steps); diff != "" {
		t.Errorf("steps differ (-undisturbed +killed):\n%s", diff)
	}
	want.Run, got.Run = pipelines.Run{}, pipelines.Run{}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what is left differs (-undisturbed +killed):\n%s", diff)
	}
}

// ending runs helpers in dir until one lives to the end, and looks at what they
// leave. Each is killed at one of the points.
func ending(t *testing.T, dir string, points []string) ended {
	t.Helper()
	for i := range len(points) + 1 {
		err := helper(t.Context(), t, dir, points)
		var exit *exec.ExitError
		switch {
		case err == nil:
			if i < len(points) {
				t.Fatalf("the helper ended after %d of %d kills", i, len(points))
			}
			return look(t, dir)
		case !errors.As(err, &exit) || exit.ExitCode() != -1:
			t.Fatalf("helper: %v", err)
		}
	}
	t.Fatal("the helper was killed more often than it was told")
	return ended{}
}

// helper runs this test binary again as a platform of its own.
func helper(ctx context.Context, t *testing.T, dir string, points []string) error {
	t.Helper()
	cmd := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestHelperProcess$", "-test.timeout=60s")
	cmd.Env = append(os.Environ(), helperDir+"="+dir, helperKill+"="+strings.Join(points, ","))
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() != -1 {
		return fmt.Errorf("%w\n%s", err, out.String())
	}
	return err
}

// frozen is a clock that stands still: what depends on the time a run was asked
// for is then the same in every folder.
type frozen struct{ pipelines.SystemClock }

func (frozen) Now() time.Time { return time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC) }

// killer kills this process with a signal nobody can catch.
type killer struct {
	t      *testing.T
	dir    string
	points []string
}

func (k *killer) at(point string) {
	i := slices.Index(k.points, point)
	if i < 0 {
		return
	}
	mark := filepath.Join(k.dir, fmt.Sprintf("killed-%d", i))
	if _, err := os.Stat(mark); err == nil {
		return // once is enough
	}
	if err := os.WriteFile(mark, nil, 0o600); err != nil {
		k.t.Error(err)
	}
	if err := syscall.Kill(os.Getpid(), syscall.SIGKILL); err != nil {
		k.t.Error(err)
	}
	select {} // the signal is on its way
}

type killedHost struct {
	pipelines.Host

	killer *killer
}

func (h killedHost) Create(ctx context.Context, n pipelines.NewRepository) (pipelines.Repository, error) {
	h.killer.at("host.Create before")
	defer h.killer.at("host.Create after")
	return h.Host.Create(ctx, n)
}

type killedRepositories struct {
	pipelines.Repositories

	killer *killer
}

func (r killedRepositories) Push(ctx context.Context, c pipelines.Commit, branch string, to pipelines.Remote) (string, error) {
	r.killer.at("repositories.Push before")
	defer r.killer.at("repositories.Push after")
	return r.Repositories.Push(ctx, c, branch, to)
}

type killedCatalog struct {
	*catalog.Catalog

	killer *killer
	puts   *int
}

func (c killedCatalog) Put(ctx context.Context, origin catalog.Location, entities []catalog.Entity) ([]catalog.Ref, error) {
	*c.puts++
	c.killer.at(fmt.Sprintf("catalog.Put before %d", *c.puts))
	defer c.killer.at(fmt.Sprintf("catalog.Put after %d", *c.puts))
	return c.Catalog.Put(ctx, origin, entities)
}

// platform wires what makes services, as the program does, on the data in dir.
func platform(t *testing.T, dir string, k *killer) (*pipelines.Runner, *jobs.Jobs, *catalog.Catalog, *database.DB) {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	db, err := database.Open(t.Context(), "sqlite:"+filepath.Join(dir, "platform.db"), log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	kept := store.New(db)
	known := catalog.New(kept.Catalog(), db, nil, log)
	puts := 0
	creation := pipelines.NewCreation(pipelines.CreationOptions{
		Catalog: killedCatalog{known, k, &puts}, Paths: pipelinestest.Paths,
		Hosts:        []pipelines.Host{killedHost{githost.NewLocal(filepath.Join(dir, "repositories"), "http://127.0.0.1:8080"), k}},
		Repositories: killedRepositories{git.New(), k}, Past: kept.Runs(),
	})
	queue, err := jobs.NewQueue(db, log)
	if err != nil {
		t.Fatal(err)
	}
	runner := pipelines.NewRunner(pipelines.Options{
		Store: kept.Runs(), Unit: db, Queue: queue, Log: log, Clock: frozen{}, Pipelines: []pipelines.Pipeline{creation.Pipeline()},
		Hook: func(_ context.Context, p pipelines.Point) { k.at(p.Step + " " + p.When) },
	})
	workers, err := jobs.New(db, log, queue, runner)
	if err != nil {
		t.Fatal(err)
	}
	return runner, workers, known, db
}

// TestHelperProcess is no test but the process that others kill: it asks for a
// service when nobody has, and works until the run has ended.
func TestHelperProcess(t *testing.T) { //nolint:paralleltest // it is alone in its process
	dir := os.Getenv(helperDir)
	if dir == "" {
		return // nobody asked for the process
	}
	k := &killer{t: t, dir: dir, points: strings.Split(os.Getenv(helperKill), ",")}
	runner, workers, _, _ := platform(t, dir, k)
	page, err := runner.List(t.Context(), pipelines.RunQuery{})
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Items) == 0 {
		run, err := runner.Start(pipelines.WithActor(t.Context(), "user:default/ada"), pipelines.KindCreateService, "inventory", wanted())
		if err != nil {
			t.Fatal(err)
		}
		page.Items = append(page.Items, run)
	}
	if err := workers.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	events, err := runner.Watch(t.Context(), page.Items[0].ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	for range events {
	}
	if err := workers.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func wanted() pipelines.CreateServiceInput {
	return pipelines.CreateServiceInput{Answers: scaffolds.Answers{Name: "inventory", Owner: "warehouse", System: "shop", Description: "Knows what is there."}}
}

// look reads what the helpers left.
func look(t *testing.T, dir string) ended {
	t.Helper()
	runner, _, known, db := platform(t, dir, &killer{})
	page, err := runner.List(t.Context(), pipelines.RunQuery{})
	if err != nil || len(page.Items) == 0 {
		t.Fatalf("List: %v, %v", page.Items, err)
	}
	found := ended{Run: page.Items[0], Runs: len(page.Items)}
	var out pipelines.CreateServiceOutput
	if err := json.Unmarshal(found.Run.Output, &out); err != nil {
		t.Fatalf("read output of a run that %s: %v", found.Run.State, err)
	}
	found.Commit = out.Commit
	if found.Refs, err = git.New().Refs(t.Context(), pipelines.Remote{URL: out.LocalPath}); err != nil {
		t.Fatal(err)
	}
	if problems, err := exec.CommandContext(t.Context(), "git", "-C", out.LocalPath, "fsck", "--strict", "--full").CombinedOutput(); err != nil {
		t.Errorf("git fsck: %v\n%s", err, problems)
	}
	entries, err := os.ReadDir(filepath.Join(dir, "repositories"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		found.Repositories = append(found.Repositories, e.Name())
	}
	entities, err := known.List(t.Context(), catalog.Query{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entities.Items {
		found.Entities = append(found.Entities, fmt.Sprintf("%s %s from %s %s", e.Ref(), strings.ReplaceAll(string(e.Body), dir, "DIR"), e.Source.Type, e.Source.Commit))
	}
	if err := db.Reader(t.Context()).QueryRowContext(t.Context(), "SELECT count(*) FROM run_files").Scan(&found.Files); err != nil {
		t.Fatal(err)
	}
	return found
}
