package pipelinestest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/pipelines"
)

// Stored is a store under test, with its transactions.
type Stored struct {
	pipelines.Store
	pipelines.Unit
}

// TestStore checks that a store keeps the promises of pipelines.Store. The tests
// bear sharing one store.
func TestStore(t *testing.T, open func(t *testing.T) Stored) {
	t.Helper()
	for name, test := range map[string]func(t *testing.T, s Stored){
		"a run comes back as it was stored":               roundTrip,
		"a run that is not there is a fault":              notThere,
		"one lock is held by one unfinished run":          locks,
		"lists narrow, page and show the newest first":    lists,
		"runs nobody works on are due":                    due,
		"events are numbered without gaps":                numbered,
		"a log has an end":                                bounded,
		"files live until they are dropped":               files,
		"nothing stays of a transaction that fails":       rollback,
		"concurrent changes of one run follow each other": serial,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

// NewRun returns a run as a runner would make it.
func NewRun(t *testing.T, subject string) pipelines.Run {
	t.Helper()
	id, err := uuid.NewV7()
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 4, 5, 6, 7, 89000, time.UTC)
	subject += "-" + id.String()[24:]
	return pipelines.Run{
		ID: id.String(), Kind: "create-service", Subject: subject, Title: "Create " + subject, Actor: "user:default/ada",
		State: pipelines.Queued, Attempt: 1, Input: json.RawMessage(`{"name":"` + subject + `"}`),
		Steps: []pipelines.Step{
			{Name: "check", Title: "Check", State: pipelines.StepPending},
			{Name: "push", Title: "Push", State: pipelines.StepPending},
		},
		CreatedAt: now, QueuedAt: now, Lock: "create-service:" + subject,
	}
}

func insert(t *testing.T, s Stored, runs ...pipelines.Run) {
	t.Helper()
	for _, run := range runs {
		err := s.InTx(t.Context(), func(ctx context.Context) error { return s.Insert(ctx, run) })
		if err != nil {
			t.Fatalf("Insert: %v", err)
		}
	}
}

func save(t *testing.T, s Stored, run pipelines.Run) {
	t.Helper()
	if err := s.InTx(t.Context(), func(ctx context.Context) error { return s.Save(ctx, run) }); err != nil {
		t.Fatalf("Save: %v", err)
	}
}

func same(t *testing.T, want, got pipelines.Run) {
	t.Helper()
	diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(fault.Error{}),
		cmp.Transformer("json", func(m json.RawMessage) any {
			var v any
			_ = json.Unmarshal(m, &v)
			return v
		}))
	if diff != "" {
		t.Errorf("run differs (-want +got):\n%s", diff)
	}
}

func roundTrip(t *testing.T, s Stored) {
	run := NewRun(t, "orders")
	insert(t, s, run)
	got, err := s.Get(t.Context(), run.ID)
	if err != nil {
		t.Fatal(err)
	}
	same(t, run, got)

	at := run.CreatedAt.Add(time.Minute)
	run.State, run.Attempt, run.Stalls, run.CancelRequested = pipelines.Running, 2, 3, true
	run.StartedAt, run.WakeAt = at, at.Add(time.Second)
	run.Lease = pipelines.Lease{Token: "token", Until: at.Add(15 * time.Second)}
	run.Steps[0].State, run.Steps[0].StartedAt, run.Steps[0].FinishedAt = pipelines.StepDone, at, at.Add(time.Second)
	run.Steps[0].Result, run.Steps[0].Note = json.RawMessage(`{"a":1}`), json.RawMessage(`"x"`)
	run.Steps[1].State = pipelines.StepFailed
	run.Steps[1].Failure = fault.New(fault.Conflict, "Taken.").WithHint("Another name.").WithField("name", "taken")
	save(t, s, run)
	if got, err = s.Get(t.Context(), run.ID); err != nil {
		t.Fatal(err)
	}
	same(t, run, got)

	run.State, run.Failure, run.FinishedAt, run.Output = pipelines.Failed, run.Steps[1].Failure, at, json.RawMessage(`{"commit":"c"}`)
	run.Lease, run.WakeAt, run.UndoneBy = pipelines.Lease{}, time.Time{}, "other"
	run.Steps[1].Failure, run.Steps[1].State = nil, pipelines.StepPending
	save(t, s, run)
	err = s.InTx(t.Context(), func(ctx context.Context) error {
		got, err = s.Lock(ctx, run.ID)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	same(t, run, got)
}

func notThere(t *testing.T, s Stored) {
	id := NewRun(t, "x").ID
	if _, err := s.Get(t.Context(), id); !fault.Is(err, fault.NotFound) {
		t.Errorf("Get = %v, want a not_found fault", err)
	}
	if _, err := s.Get(t.Context(), "no-id"); !fault.Is(err, fault.NotFound) {
		t.Errorf("Get of nonsense = %v, want a not_found fault", err)
	}
	err := s.InTx(t.Context(), func(ctx context.Context) error {
		_, err := s.Lock(ctx, id)
		return err
	})
	if !fault.Is(err, fault.NotFound) {
		t.Errorf("Lock = %v, want a not_found fault", err)
	}
}

func locks(t *testing.T, s Stored) {
	first, second := NewRun(t, "orders"), NewRun(t, "orders")
	second.Subject, second.Lock = first.Subject, first.Lock
	insert(t, s, first)
	err := s.InTx(t.Context(), func(ctx context.Context) error { return s.Insert(ctx, second) })
	if !fault.Is(err, fault.Conflict) {
		t.Fatalf("second Insert = %v, want a conflict", err)
	}
	holder, err := s.Holder(t.Context(), first.Lock)
	if err != nil || holder != first.ID {
		t.Errorf("Holder = %q, %v, want %q", holder, err, first.ID)
	}
	first.State = pipelines.Failed
	save(t, s, first)
	if holder, err = s.Holder(t.Context(), first.Lock); err != nil || holder != "" {
		t.Errorf("Holder after the end = %q, %v, want none", holder, err)
	}
	insert(t, s, second)
	first.State = pipelines.Queued
	err = s.InTx(t.Context(), func(ctx context.Context) error { return s.Save(ctx, first) })
	if !fault.Is(err, fault.Conflict) {
		t.Errorf("Save of a run whose lock is taken = %v, want a conflict", err)
	}
	unlocked, another := NewRun(t, "a"), NewRun(t, "a")
	unlocked.Lock, another.Lock = "", ""
	insert(t, s, unlocked, another)
}

func lists(t *testing.T, s Stored) {
	var ids []string
	var second pipelines.Run
	create, undo := "create-"+NewRun(t, "").ID, "undo-"+NewRun(t, "").ID
	for i := range 5 {
		run := NewRun(t, "orders")
		if run.Kind = create; i%2 == 1 {
			run.Kind, run.State = undo, pipelines.Succeeded
		}
		if i == 2 {
			second = run
		}
		insert(t, s, run)
		ids = append([]string{run.ID}, ids...)
	}
	both := []string{create, undo}
	page := func(q pipelines.RunQuery) (got []string, next string) {
		found, err := s.List(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, run := range found.Items {
			got = append(got, run.ID)
			if len(run.Steps) != 2 || run.Steps[0].Name != "check" {
				t.Errorf("steps of %s = %v, want both in order", run.ID, run.Steps)
			}
		}
		return got, found.Next
	}
	check := func(want, got []string) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("list differs (-want +got):\n%s", diff)
		}
	}
	first, next := page(pipelines.RunQuery{Kinds: both, Limit: 3})
	check(ids[:3], first)
	rest, end := page(pipelines.RunQuery{Kinds: both, Limit: 3, Cursor: next})
	check(ids[3:], rest)
	exact, none := page(pipelines.RunQuery{Kinds: both, Limit: 5})
	check(ids, exact)
	if end != "" || none != "" {
		t.Errorf("Next of last pages = %q and %q, want none", end, none)
	}
	undone, _ := page(pipelines.RunQuery{Limit: 9, Kinds: []string{undo}})
	check([]string{ids[1], ids[3]}, undone)
	one, _ := page(pipelines.RunQuery{Limit: 9, Subject: second.Subject, States: []pipelines.State{pipelines.Queued, pipelines.Running}})
	check([]string{ids[2]}, one)
}

func due(t *testing.T, s Stored) {
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	lost := now.Add(-time.Minute)
	want := []string{}
	add := func(due bool, change func(run *pipelines.Run)) {
		run := NewRun(t, fmt.Sprintf("s%d-%t", len(want), due))
		run.Lock = ""
		change(&run)
		insert(t, s, run)
		if due {
			want = append(want, run.ID)
		}
	}
	add(true, func(r *pipelines.Run) { r.State, r.Lease = pipelines.Running, pipelines.Lease{Token: "t", Until: now} })
	add(false, func(r *pipelines.Run) {
		r.State, r.Lease = pipelines.Running, pipelines.Lease{Token: "t", Until: now.Add(time.Microsecond)}
	})
	add(true, func(r *pipelines.Run) { r.State, r.WakeAt = pipelines.Waiting, now.Add(-time.Second) })
	add(false, func(r *pipelines.Run) { r.State, r.WakeAt = pipelines.Waiting, now.Add(time.Second) })
	add(true, func(r *pipelines.Run) { r.QueuedAt = lost.Add(-time.Microsecond) })
	add(false, func(r *pipelines.Run) { r.QueuedAt = lost })
	add(false, func(r *pipelines.Run) { r.State, r.QueuedAt = pipelines.Failed, lost.Add(-time.Hour) })
	got, err := s.Due(t.Context(), now, lost, 10)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Due differs (-want +got):\n%s", diff)
	}
	if got, err = s.Due(t.Context(), now, lost, 2); err != nil || len(got) != 2 {
		t.Errorf("Due with limit 2 = %v, %v", got, err)
	}
}

func numbered(t *testing.T, s Stored) {
	run, other := NewRun(t, "orders"), NewRun(t, "inventory")
	insert(t, s, run, other)
	at := time.Date(2026, 3, 4, 5, 6, 7, 8000, time.UTC)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			err := s.InTx(t.Context(), func(ctx context.Context) error {
				return s.Append(ctx, run.ID, []pipelines.Event{
					{Type: pipelines.EventLog, Time: at, Step: "push", Level: pipelines.Info, Text: fmt.Sprintf("%d one ü", i)},
					{Type: pipelines.EventStep, Time: at, Step: "push", State: "done"},
				})
			})
			if err != nil {
				t.Errorf("Append: %v", err)
			}
		})
	}
	all.Wait()
	events, err := s.Events(t.Context(), run.ID, 0, 100)
	if err != nil || len(events) != 16 {
		t.Fatalf("Events = %d events, %v, want 16", len(events), err)
	}
	for i, e := range events {
		if e.Seq != int64(i)+1 {
			t.Errorf("event %d has number %d", i, e.Seq)
		}
		if i%2 == 1 && (e.Type != pipelines.EventStep || events[i-1].Type != pipelines.EventLog) {
			t.Errorf("events %d and %d were torn apart", i-1, i)
		}
	}
	want := pipelines.Event{Seq: 1, Type: pipelines.EventLog, Time: at, Step: "push", Level: pipelines.Info, Text: events[0].Text}
	if diff := cmp.Diff(want, events[0]); diff != "" || !strings.HasSuffix(want.Text, " one ü") {
		t.Errorf("event differs (-want +got):\n%s", diff)
	}
	some, err := s.Events(t.Context(), run.ID, 3, 2)
	if err != nil || len(some) != 2 || some[0].Seq != 4 {
		t.Errorf("Events after 3, 2 at most = %v, %v", some, err)
	}
	if none, err := s.Events(t.Context(), other.ID, 0, 10); err != nil || len(none) != 0 {
		t.Errorf("Events of another run = %v, %v", none, err)
	}
}

func bounded(t *testing.T, s Stored) {
	run := NewRun(t, "orders")
	insert(t, s, run)
	line := pipelines.Event{Type: pipelines.EventLog, Time: run.CreatedAt, Text: strings.Repeat("x", 1<<20-1)}
	write := func(events ...pipelines.Event) {
		t.Helper()
		if err := s.InTx(t.Context(), func(ctx context.Context) error { return s.Append(ctx, run.ID, events) }); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		write(line)
	}
	write(line, line, line)
	write(line, pipelines.Event{Type: pipelines.EventRun, Time: run.CreatedAt, State: "failed"})
	events, err := s.Events(t.Context(), run.ID, 0, 100)
	if err != nil || len(events) != 6 {
		t.Fatalf("Events = %d, %v, want 4 lines, the line that says it is full, and the state", len(events), err)
	}
	if !strings.Contains(events[4].Text, "full") || events[5].State != "failed" || events[5].Seq != 6 {
		t.Errorf("last events = %.60v and %v", events[4], events[5])
	}
}

func files(t *testing.T, s Stored) {
	run, other := NewRun(t, "orders"), NewRun(t, "inventory")
	insert(t, s, run, other)
	data := []byte("a\x00b\xff")
	err := s.InTx(t.Context(), func(ctx context.Context) error {
		return errors.Join(s.PutFile(ctx, run.ID, "tree", []byte("old")), s.PutFile(ctx, run.ID, "tree", data), s.PutFile(ctx, other.ID, "tree", data))
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.File(t.Context(), run.ID, "tree")
	if err != nil || string(got) != string(data) {
		t.Errorf("File = %q, %v, want what was put last", got, err)
	}
	if err := s.InTx(t.Context(), func(ctx context.Context) error { return s.DropFiles(ctx, run.ID) }); err != nil {
		t.Fatal(err)
	}
	if _, err := s.File(t.Context(), run.ID, "tree"); !fault.Is(err, fault.NotFound) {
		t.Errorf("File after it was dropped = %v, want not_found", err)
	}
	if _, err := s.File(t.Context(), other.ID, "tree"); err != nil {
		t.Errorf("File of the other run = %v", err)
	}
}

func rollback(t *testing.T, s Stored) {
	run := NewRun(t, "orders")
	broken := errors.New("broken")
	err := s.InTx(t.Context(), func(ctx context.Context) error {
		return errors.Join(s.Insert(ctx, run), s.Append(ctx, run.ID, []pipelines.Event{{Type: pipelines.EventRun, Time: run.CreatedAt, State: "queued"}}), broken)
	})
	if !errors.Is(err, broken) {
		t.Fatalf("InTx = %v, want the error of the function", err)
	}
	if _, err := s.Get(t.Context(), run.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("Get = %v, want not_found", err)
	}
}

func serial(t *testing.T, s Stored) {
	run := NewRun(t, "orders")
	insert(t, s, run)
	const workers = 8
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			err := s.InTx(t.Context(), func(ctx context.Context) error {
				locked, err := s.Lock(ctx, run.ID)
				if err != nil {
					return err
				}
				locked.Attempt++
				return s.Save(ctx, locked)
			})
			if err != nil {
				t.Errorf("change: %v", err)
			}
		})
	}
	all.Wait()
	got, err := s.Get(t.Context(), run.ID)
	if err != nil || got.Attempt != 1+workers {
		t.Errorf("Attempt = %d, %v, want %d: a change was lost", got.Attempt, err, 1+workers)
	}
}
