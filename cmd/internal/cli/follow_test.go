package cli

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/client"
	"github.com/goldenpath/platform/portal/api/types"
)

func apiOf(t *testing.T, handler http.Handler) *client.ClientWithResponses {
	t.Helper()
	api, err := client.New("http://localhost", &http.Client{Transport: NewInProcess(handler)}, "", "test")
	if err != nil {
		t.Fatal(err)
	}
	return api
}

func writeEvent(w http.ResponseWriter, seq int64, kind, text string) {
	fmt.Fprintf(w, "id: %d\nevent: %s\ndata: {\"seq\":%d,\"type\":%q,\"time\":\"2026-11-24T12:00:00Z\",\"step\":\"push\",\"text\":%q}\n\n", seq, kind, seq, kind, text)
}

func answerRun(w http.ResponseWriter, state types.RunState) {
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"id":"7","kind":"k","state":%q,"steps":[]}`, state)
}

func TestFollowTakesABrokenStreamUpWhereItBroke(t *testing.T) {
	t.Parallel()
	var streams atomic.Int32
	var asked []string
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v1/runs/7", func(w http.ResponseWriter, _ *http.Request) {
		if streams.Load() < 2 {
			answerRun(w, types.RunRunning)
			return
		}
		answerRun(w, types.RunSucceeded)
	})
	mux.HandleFunc("GET /api/v1/runs/7/events", func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Query().Get("after"))
		w.Header().Set("Content-Type", "text/event-stream")
		if streams.Add(1) == 1 {
			writeEvent(w, 1, "log", "one")
			writeEvent(w, 2, "log", "two")
			panic(http.ErrAbortHandler) // the server dies
		}
		writeEvent(w, 3, "log", "three")
		writeEvent(w, 3, "end", "")
	})
	var seen []string
	run, err := Follow(t.Context(), apiOf(t, mux), "7", 0, func(e types.RunEvent) error {
		seen = append(seen, e.Text)
		return nil
	})
	if err != nil || run.State != types.RunSucceeded {
		t.Fatalf("run %+v, %v", run, err)
	}
	if diff := cmp.Diff([]string{"one", "two", "three"}, seen); diff != "" {
		t.Errorf("events: %s", diff)
	}
	if diff := cmp.Diff([]string{"0", "2"}, asked); diff != "" {
		t.Errorf("asked for events after: %s", diff)
	}
}

func TestFollowEndsWithWhatTheServerSays(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v1/runs/7/events", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write([]byte(`{"code":"not_found","detail":"There is no run 7.","hint":"x"}`))
	})
	_, err := Follow(t.Context(), apiOf(t, mux), "7", 0, func(types.RunEvent) error { return nil })
	if !fault.Is(err, fault.NotFound) {
		t.Errorf("got %v", err)
	}
}

func TestFollowStopsWhenTheEventsAreNotWanted(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v1/runs/7/events", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		writeEvent(w, 1, "log", "one")
		<-r.Context().Done()
	})
	full := fault.New(fault.Unavailable, "The disk is full.")
	_, err := Follow(t.Context(), apiOf(t, mux), "7", 0, func(types.RunEvent) error { return full })
	if err == nil || err.Error() != full.Error() {
		t.Errorf("got %v, want the error of the one who sees the events", err)
	}
}

func TestAFailedRunSaysHowToGoOn(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		run      types.Run
		wantCode fault.Code
		wantHint string
	}{
		{"succeeded", types.Run{ID: "7", State: types.RunSucceeded}, "", ""},
		{"cancelled", types.Run{ID: "7", State: types.RunCancelled}, fault.Failed, "platform runs retry 7"},
		{"failed with a reason", types.Run{
			ID: "7", State: types.RunFailed,
			Failure: types.Failure{Code: "unavailable", Message: "GitHub does not answer.", Hint: "Wait."},
		}, fault.Unavailable, "Wait.\nGo on"},
		{"failed without one", types.Run{ID: "7", State: types.RunFailed}, fault.Internal, "platform runs undo 7"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := RunFault(tt.run)
			if got := fault.CodeOf(err); got != tt.wantCode {
				t.Fatalf("code %q, want %q", got, tt.wantCode)
			}
			if err != nil && !strings.Contains(fault.From(err).Hint, tt.wantHint) {
				t.Errorf("hint %q lacks %q", fault.From(err).Hint, tt.wantHint)
			}
		})
	}
}
