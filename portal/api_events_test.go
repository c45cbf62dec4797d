package portal

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/goldenpath/platform/pipelines"
	"github.com/goldenpath/platform/portal/api"
)

// liveRuns is a run whose events come when the test sends them.
type liveRuns struct {
	fakeRuns
	events chan pipelines.Event
	gone   chan struct{} // closed when the watcher's request has ended
}

func (l *liveRuns) Watch(ctx context.Context, _ string, _ int64) (<-chan pipelines.Event, error) {
	context.AfterFunc(ctx, func() { close(l.gone) })
	return l.events, nil
}

func watchLive(t *testing.T, ctx context.Context) (*liveRuns, *bufio.Scanner) { //nolint:revive // the request's context is what is tested
	t.Helper()
	live := &liveRuns{events: make(chan pipelines.Event), gone: make(chan struct{})}
	f := newAPIFakes()
	deps := f.deps()
	deps.Runs = live
	listening := httptest.NewUnstartedServer(newAPIServer(t, deps, apiCaller))
	listening.Config.WriteTimeout = 50 * time.Millisecond // for whole answers; a stream must outlive it
	listening.Start()
	t.Cleanup(listening.Close)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, listening.URL+api.BasePath+"/runs/r1/events", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	return live, bufio.NewScanner(resp.Body)
}

// nextData returns the data of the next event.
func nextData(t *testing.T, lines *bufio.Scanner) string {
	t.Helper()
	for lines.Scan() {
		if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			return data
		}
	}
	t.Fatalf("the stream ended: %v", lines.Err())
	return ""
}

func TestEventsArriveAsTheyHappenAndOutliveTheWriteTimeout(t *testing.T) {
	t.Parallel()
	live, lines := watchLive(t, t.Context())
	live.events <- pipelines.Event{Seq: 1, Type: pipelines.EventLog, Text: "one"}
	if got := nextData(t, lines); !strings.Contains(got, `"text":"one"`) {
		t.Errorf("got %s", got)
	}
	time.Sleep(100 * time.Millisecond) // longer than a whole answer may take
	live.events <- pipelines.Event{Seq: 2, Type: pipelines.EventStep, Step: "push", State: "done"}
	if got := nextData(t, lines); !strings.Contains(got, `"state":"done"`) {
		t.Errorf("got %s", got)
	}
	close(live.events)
	if got := nextData(t, lines); !strings.Contains(got, `"type":"end"`) || !strings.Contains(got, `"seq":2`) {
		t.Errorf("got %s", got)
	}
}

func TestAWatcherThatGoesStopsTheWatching(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	live, lines := watchLive(t, ctx)
	live.events <- pipelines.Event{Seq: 1, Type: pipelines.EventLog, Text: "one"}
	nextData(t, lines)
	cancel()
	select {
	case <-live.gone:
	case <-time.After(10 * time.Second):
		t.Error("the watching goes on")
	}
}

func TestAStreamCutOffDoesNotSayItEnded(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	events := make(chan pipelines.Event)
	close(events)
	answer := httptest.NewRecorder()
	if err := (eventStream{ctx: ctx, events: events}).VisitWatchRunResponse(answer); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(answer.Body.String(), "end") {
		t.Errorf("a client would not reconnect: %q", answer.Body)
	}
}
