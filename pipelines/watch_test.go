package pipelines_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/pipelines"
)

func told(e pipelines.Event) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s %s %s %s", e.Seq, e.Type, e.Step, e.State, e.Text))
}

var wholeStory = []string{
	"1 run  queued", "2 run  running",
	"3 step one running", "4 log one  doing one", "5 step one done",
	"6 step two running", "7 log two  doing two", "8 step two done",
	"9 step three running", "10 log three  doing three", "11 step three done",
	"12 run  succeeded",
}

func TestWatchTellsTheWholeStoryHoweverLateItBegins(t *testing.T) {
	t.Parallel()
	for name, begin := range map[string]int64{"from the beginning": 0, "from the middle": 7, "from the end": 12} {
		for _, live := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, live %t", name, live), func(t *testing.T) {
				t.Parallel()
				h := newHarness(t, nil)
				run := h.start()
				if !live {
					h.drain()
				}
				events, err := h.runner.Watch(t.Context(), run.ID, begin)
				if err != nil {
					t.Fatal(err)
				}
				if live {
					go func() { _ = h.queue.Drain(t.Context(), h.runner.Work) }()
				}
				got := []string{}
				for e := range events {
					got = append(got, told(e))
				}
				if diff := cmp.Diff(wholeStory[begin:], got); diff != "" {
					t.Errorf("story differs (-want +got):\n%s", diff)
				}
			})
		}
	}
}

func TestWatchEndsWithItsContext(t *testing.T) {
	t.Parallel()
	h := newHarness(t, nil)
	run := h.start()
	ctx, cancel := context.WithCancel(t.Context())
	events, err := h.runner.Watch(ctx, run.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	<-events
	cancel()
	for range events {
	}
	if _, err := h.runner.Watch(t.Context(), "nobody", 0); !fault.Is(err, fault.NotFound) {
		t.Errorf("Watch of a run that is not there = %v", err)
	}
}

func TestTheLogKeepsSecretsAndLimits(t *testing.T) {
	t.Parallel()
	h := newHarness(t, func(_ *harness, steps map[string]*pipelines.StepSpec) {
		steps["one"].Do = func(_ context.Context, w *pipelines.Work) (pipelines.Outcome, error) {
			w.Log.Info("token hunter2-hunter2, ghp_abcdefghijklmnop and Authorization: Bearer abcdefghijklmnopqrst")
			w.Log.Info("two\nlines\x00")
			w.Log.Warn("%s", strings.Repeat("ü", 4096))
			out := w.Log.Writer(pipelines.Error)
			fmt.Fprint(out, "a program")
			fmt.Fprint(out, " speaks\r\nwithout an end")
			return pipelines.Outcome{}, out.Close()
		}
	})
	run := h.start()
	h.drain()
	events, err := h.store.Events(t.Context(), run.ID, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, e := range events {
		if e.Type == pipelines.EventLog && e.Step == "one" {
			lines = append(lines, string(e.Level)+": "+e.Text)
		}
	}
	want := []string{
		"info: token [secret], [secret] and Authorization: Bearer [secret]",
		"info: two", "info: lines", "warning: " + strings.Repeat("ü", 2048) + " … (cut)",
		"error: a program speaks", "error: without an end",
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("log differs (-want +got):\n%s", diff)
	}
}
