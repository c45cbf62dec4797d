package portal

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/pipelines"
	"github.com/goldenpath/platform/scaffolds"
)

// worldRuns are runs in every state. One goes on when it is told to.
type worldRuns struct {
	mu      sync.Mutex
	runs    []pipelines.Run
	events  map[string][]pipelines.Event
	changed chan struct{}
	broken  bool
}

var worldSteps = [][2]string{
	{"check", "Check the answers"},
	{"render", "Make the files"},
	{"repository", "Make the repository"},
	{"push", "Push the first commit"},
	{"register", "Register in the catalog"},
}

// runOf returns a run of which done steps are done; the next is in state next.
func runOf(id, subject string, state pipelines.State, done int, next pipelines.StepState, age time.Duration) pipelines.Run {
	start := time.Now().Add(-age)
	run := pipelines.Run{
		ID: id, Kind: pipelines.KindCreateService, Subject: subject, Title: "Create " + subject, Actor: "ada", State: state, Attempt: 1, CreatedAt: start,
	}
	if state != pipelines.Queued {
		run.StartedAt = start.Add(time.Second)
	}
	if state.Ended() {
		run.FinishedAt = start.Add(14 * time.Second)
	}
	for i, s := range worldSteps {
		step := pipelines.Step{Name: s[0], Title: s[1], State: pipelines.StepPending}
		switch {
		case i < done:
			step.State, step.StartedAt, step.FinishedAt = pipelines.StepDone, start.Add(time.Second), start.Add(time.Second+700*time.Millisecond)
		case i == done:
			step.State = next
			if next != pipelines.StepPending {
				step.StartedAt = start.Add(2 * time.Second)
			}
			if next == pipelines.StepFailed {
				step.FinishedAt = start.Add(14 * time.Second)
				step.Failure = fault.New(fault.Unavailable, "The git host did not answer for 10 s.").WithHint("Is it up? Then retry: what is done stays done.")
				run.Failure = step.Failure
			}
		}
		run.Steps = append(run.Steps, step)
	}
	return run
}

// The runs that tests name.
const (
	runLive = "0190aaaa-0000-7000-8000-000000000001"
	runMade = "0190aaaa-0000-7000-8000-000000000002"
	runFail = "0190aaaa-0000-7000-8000-000000000003"
)

func (w *worldRuns) fill() {
	w.events, w.changed = map[string][]pipelines.Event{}, make(chan struct{})
	made := runOf(runMade, "orders", pipelines.Succeeded, 5, "", time.Hour)
	made.Output = json.RawMessage(`{"repository":"orders","clone_url":"http://127.0.0.1:8080/git/orders.git","web_url":"https://git.example.com/acme/orders","entities":["component:default/orders"]}`)
	undo := runOf("0190aaaa-0000-7000-8000-000000000006", "web", pipelines.Succeeded, 5, "", 26*time.Hour)
	undo.Kind, undo.Title, undo.Input = pipelines.KindUndo, "Undo: Create web", json.RawMessage(`{"run":"0190aaaa-0000-7000-8000-000000000005"}`)
	gone := runOf("0190aaaa-0000-7000-8000-000000000005", "web", pipelines.Cancelled, 2, pipelines.StepPending, 27*time.Hour)
	gone.UndoneBy = undo.ID
	w.runs = []pipelines.Run{
		runOf(runLive, "billing", pipelines.Running, 2, pipelines.StepRunning, 5*time.Second),
		runOf("0190aaaa-0000-7000-8000-000000000004", "a-service-with-a-name-that-is-quite-long", pipelines.Queued, 0, pipelines.StepPending, 2*time.Second),
		made, runOf(runFail, "payments", pipelines.Failed, 3, pipelines.StepFailed, 3*time.Hour), undo, gone,
	}
	for _, run := range w.runs {
		for i, s := range run.Steps {
			if s.State == pipelines.StepPending {
				continue
			}
			w.say(run.ID, s.Name, pipelines.Info, s.Title+" for "+run.Subject)
			if i == 1 {
				w.say(run.ID, s.Name, pipelines.Warning, "golang.org/x/very/long/module/path/that/goes/on v0.0.0-20261124120000-0123456789ab is newer than what the golden path pins")
			}
			if s.Failure != nil {
				w.say(run.ID, s.Name, pipelines.Error, "dial tcp 10.0.0.7:443: i/o timeout")
			}
		}
	}
}

func (w *worldRuns) say(id, step string, level pipelines.Level, text string) {
	w.add(id, pipelines.Event{Type: pipelines.EventLog, Step: step, Level: level, Text: text})
}

func (w *worldRuns) add(id string, e pipelines.Event) {
	e.Seq, e.Time = int64(len(w.events[id])+1), time.Now()
	w.events[id] = append(w.events[id], e)
}

// advance finishes the step at which the live run is, and begins the next one.
func (w *worldRuns) advance() {
	w.mu.Lock()
	defer w.mu.Unlock()
	run := &w.runs[0]
	i := slices.IndexFunc(run.Steps, func(s pipelines.Step) bool { return s.State == pipelines.StepRunning })
	if i < 0 {
		return
	}
	run.Steps[i].State, run.Steps[i].FinishedAt = pipelines.StepDone, time.Now()
	w.say(run.ID, run.Steps[i].Name, pipelines.Info, run.Steps[i].Title+": done <b>&amp;</b>")
	w.add(run.ID, pipelines.Event{Type: pipelines.EventStep, Step: run.Steps[i].Name, State: string(pipelines.StepDone)})
	if i+1 < len(run.Steps) {
		run.Steps[i+1].State, run.Steps[i+1].StartedAt = pipelines.StepRunning, time.Now()
		w.add(run.ID, pipelines.Event{Type: pipelines.EventStep, Step: run.Steps[i+1].Name, State: string(pipelines.StepRunning)})
	} else {
		run.State, run.FinishedAt = pipelines.Succeeded, time.Now()
		run.Output = json.RawMessage(`{"clone_url":"http://127.0.0.1:8080/git/billing.git","entities":["component:default/billing"]}`)
		w.add(run.ID, pipelines.Event{Type: pipelines.EventRun, State: string(pipelines.Succeeded)})
	}
	close(w.changed)
	w.changed = make(chan struct{})
}

func (w *worldRuns) Start(_ context.Context, kind, subject string, _ any) (pipelines.Run, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.events == nil {
		w.events, w.changed = map[string][]pipelines.Event{}, make(chan struct{})
	}
	run := runOf(fmt.Sprintf("0190bbbb-0000-7000-8000-%012d", len(w.runs)), subject, pipelines.Running, 0, pipelines.StepRunning, 0)
	run.Kind = kind
	w.runs = append([]pipelines.Run{run}, w.runs...)
	return run, nil
}

func (w *worldRuns) Get(_ context.Context, id string) (pipelines.Run, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, run := range w.runs {
		if run.ID == id {
			run.Steps = slices.Clone(run.Steps)
			return run, nil
		}
	}
	return pipelines.Run{}, fault.New(fault.NotFound, "There is no run %s.", id).WithHint("See them all: platform runs list")
}

func (w *worldRuns) List(_ context.Context, q pipelines.RunQuery) (pipelines.RunPage, error) {
	if w.broken {
		return pipelines.RunPage{}, errBroken
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	var page pipelines.RunPage
	for _, run := range w.runs {
		if (q.Subject == "" || q.Subject == run.Subject) && (len(q.States) == 0 || slices.Contains(q.States, run.State)) && (len(q.Kinds) == 0 || slices.Contains(q.Kinds, run.Kind)) {
			run.Steps = slices.Clone(run.Steps)
			page.Items = append(page.Items, run)
		}
	}
	return page, nil
}

func (w *worldRuns) Events(_ context.Context, id string, after int64, limit int) ([]pipelines.Event, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	events := w.events[id]
	events = slices.Clone(events[min(int(after), len(events)):])
	return events[:min(len(events), limit)], nil
}

func (w *worldRuns) Watch(ctx context.Context, id string, after int64) (<-chan pipelines.Event, error) {
	events := make(chan pipelines.Event)
	go func() {
		defer close(events)
		for {
			w.mu.Lock()
			changed := w.changed
			w.mu.Unlock()
			run, err := w.Get(ctx, id)
			if err != nil {
				return
			}
			news, _ := w.Events(ctx, id, after, 1000) // it never fails
			for _, e := range news {
				select {
				case events <- e:
					after = e.Seq
				case <-ctx.Done():
					return
				}
			}
			if run.State.Ended() {
				return
			}
			select {
			case <-changed:
			case <-ctx.Done():
				return
			}
		}
	}()
	return events, nil
}

// change puts a run into another state.
func (w *worldRuns) change(id string, how func(*pipelines.Run)) (pipelines.Run, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range w.runs {
		if w.runs[i].ID == id {
			how(&w.runs[i])
			return w.runs[i], nil
		}
	}
	return pipelines.Run{}, fault.New(fault.NotFound, "There is no run %s.", id)
}

func (w *worldRuns) Retry(_ context.Context, id string) (pipelines.Run, error) {
	return w.change(id, func(r *pipelines.Run) { r.State, r.Attempt, r.Failure = pipelines.Queued, r.Attempt+1, nil })
}

func (w *worldRuns) Undo(_ context.Context, id string) (pipelines.Run, error) {
	return w.change(id, func(r *pipelines.Run) { r.UndoneBy = "0190aaaa-0000-7000-8000-000000000006" })
}

func (w *worldRuns) Cancel(_ context.Context, id string) (pipelines.Run, error) {
	return w.change(id, func(r *pipelines.Run) { r.CancelRequested = true })
}

// worldPaths has one golden path, with the questions of the real one.
type worldPaths struct{ none bool }

func (w worldPaths) Paths() []scaffolds.Path {
	if w.none {
		return nil
	}
	schema, err := os.ReadFile("../scaffolds/paths/go-http/parameters.schema.json")
	if err != nil {
		schema = []byte(`{"properties":{"name":{"type":"string","title":"Name"}},"required":["name"]}`)
	}
	// Every kind of input that a schema can ask for.
	more := `"size":{"type":"string","title":"Size","description":"How big it starts.","enum":["small","large"],"default":"small"},
		"replicas":{"type":"integer","title":"Replicas","description":"How many of it run.","default":2},
		"public":{"type":"boolean","title":"Public","description":"Whether the internet reaches it.","default":false},`
	schema = []byte(strings.Replace(string(schema), `"consumes": {`, more+`"consumes": {`, 1))
	return []scaffolds.Path{{
		Name: "go-http", Version: "0.1.0", Title: "HTTP service in Go", Language: "go", Schema: schema,
		Description: "An HTTP API designed first in OpenAPI, with generated server and client, validation, metrics, traces, logs, health, graceful shutdown, contract tests, container, Kubernetes manifests and CI.",
		Packs: []scaffolds.Pack{
			{Name: "cache", Title: "Cache", Description: "Redis with a client that survives its absence.", Default: true},
			{Name: "events", Title: "Events", Description: "Publishes to Kafka through an outbox."},
		},
	}, {
		Name: "ts-http", Version: "0.1.0", Title: "HTTP service in TypeScript", Language: "typescript", Schema: schema,
		Description: "The same promises on Node: typed routes, validation, metrics, traces and contract tests.",
	}}
}

func (w worldPaths) Get(name string) (*scaffolds.Path, error) {
	for _, path := range w.Paths() {
		if path.Name == name {
			return &path, nil
		}
	}
	return nil, fault.New(fault.NotFound, "There is no golden path %s.", name).WithHint("See them all: /create")
}

func (w worldPaths) Plan(_ context.Context, in pipelines.CreateServiceInput) (pipelines.Plan, error) {
	f := fault.New(fault.Invalid, "Two answers do not fit.").WithHint("Name a group, or let it be made: --create-owner")
	switch in.Answers.Name {
	case "taken":
		return pipelines.Plan{}, fault.New(fault.Conflict, "The name taken is taken.").WithField("name", "is taken by component:default/taken")
	case "":
		f = f.WithField("name", "is missing")
	}
	if in.Answers.Owner == "" {
		f = f.WithField("owner", "is missing")
	}
	if len(f.Fields) > 0 {
		return pipelines.Plan{}, f.WithField("packs", "has <odd> names")
	}
	return pipelines.Plan{
		Files: worldFiles(in.Answers.Name), Entities: []string{"component:default/" + in.Answers.Name, "api:default/" + in.Answers.Name},
		Notices: []string{"The group " + in.Answers.Owner + " will be made."},
	}, nil
}

func (w worldPaths) Preview(_ context.Context, in pipelines.CreateServiceInput) (*scaffolds.Tree, error) {
	return &scaffolds.Tree{Files: worldFiles(in.Answers.Name)}, nil
}

func worldFiles(name string) []scaffolds.File {
	files := []scaffolds.File{
		{Path: "README.md", Class: scaffolds.Seeded, Body: []byte("# " + name + "\n\nAn HTTP service.\n\n    make run\n")},
		{Path: "Makefile", Class: scaffolds.Merged, Body: []byte("run: ## start it\n\tgo run ./cmd/server\n")},
		{Path: "catalog-info.yaml", Class: scaffolds.Merged, Body: []byte("kind: Component # what it is\nmetadata:\n  name: " + name + "\n")},
		{Path: "cmd/server/main.go", Class: scaffolds.Seeded, Body: []byte("// Command server.\npackage main\n\nimport \"fmt\"\n\nfunc main() {\n\tfmt.Println(\"<" + name + ">\", 42)\n}\n" + strings.Repeat("// more\n", 60))},
		{Path: "internal/api/server.gen.go", Class: scaffolds.Generated, Body: []byte("package api\n")},
		{Path: "scripts/run.sh", Class: scaffolds.Managed, Executable: true, Body: []byte("#!/bin/sh\nexec ./server\n")},
		{Path: "docs/logo.png", Class: scaffolds.Seeded, Body: []byte{0xff, 0xfe, 0}},
	}
	for i := range 24 {
		files = append(files, scaffolds.File{Path: fmt.Sprintf("deploy/kubernetes/overlays/production/patch-%02d.yaml", i), Class: scaffolds.Managed, Body: []byte("a: 1\n")})
	}
	return files
}
