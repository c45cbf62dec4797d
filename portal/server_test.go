package portal

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/pipelines"
)

// listening returns a site at a real address.
func listening(t *testing.T, change func(o *Options)) (*site, *http.Server, string) {
	t.Helper()
	s := newSite(t, change)
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := HTTPServer(s.Server)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return s, server, "http://" + listener.Addr().String()
}

// fetch sends a request; the test closes the answer's body when it ends.
func fetch(t *testing.T, method, address string, body io.Reader, headers ...string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, body)
	if err != nil {
		t.Fatal(err)
	}
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		r.Header.Set(name, value)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = answer.Body.Close() })
	return answer
}

// endlessRuns are runs whose events never come.
type endlessRuns struct{ *siteRuns }

func (endlessRuns) Watch(ctx context.Context, _ string, _ int64) (<-chan pipelines.Event, error) {
	events := make(chan pipelines.Event)
	context.AfterFunc(ctx, func() { close(events) })
	return events, nil
}

func TestAServerThatStopsEndsItsStreams(t *testing.T) {
	t.Parallel()
	s, server, address := listening(t, func(o *Options) { o.Runs = endlessRuns{&siteRuns{&fakeRuns{}}} })
	for _, path := range []string{"/api/v1/runs/r1/events", "/runs/r1/events"} {
		lines := bufio.NewReader(fetch(t, http.MethodGet, address+path, http.NoBody).Body) //nolint:bodyclose // fetch does
		if line, err := lines.ReadString('\n'); err != nil || line != ": watching\n" {
			t.Fatalf("%s begins with %q, %v", path, line, err)
		}
	}
	s.Drain()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		t.Errorf("the streams go on: %v", err)
	}
}

func TestHeadersHaveALimit(t *testing.T) {
	t.Parallel()
	_, _, address := listening(t, nil)
	//nolint:bodyclose // fetch does
	if answer := fetch(t, http.MethodGet, address+"/healthz", http.NoBody, "X-Long: "+strings.Repeat("x", 128<<10)); answer.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("answered %s", answer.Status)
	}
	//nolint:bodyclose // fetch does
	if answer := fetch(t, http.MethodGet, address+"/healthz", http.NoBody); answer.StatusCode != http.StatusOK {
		t.Errorf("answered %s", answer.Status)
	}
}

// TestABodyOverTheLimitIsRefusedOnTheWire sends one whose length nobody says.
func TestABodyOverTheLimitIsRefusedOnTheWire(t *testing.T) {
	t.Parallel()
	_, _, address := listening(t, func(o *Options) { o.Limits.Body = 1000 })
	body := struct{ io.Reader }{strings.NewReader("name=" + strings.Repeat("x", 100_000))}
	answer := fetch(t, http.MethodPost, address+"/admin/tokens", body, "Content-Type: application/x-www-form-urlencoded") //nolint:bodyclose // fetch does
	if answer.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("answered %s", answer.Status)
	}
}

func TestAnAnswerGoesOnAfterItsRequestWasRead(t *testing.T) {
	t.Parallel()
	_, _, address := listening(t, func(o *Options) {
		o.Limits = Limits{Time: 150 * time.Millisecond}
		o.Git = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			select {
			case <-r.Context().Done():
			case <-time.After(300 * time.Millisecond): // twice what another answer may take
				_, _ = io.WriteString(w, "pushed")
			}
		})
	})
	answer := fetch(t, http.MethodPost, address+"/git/orders.git/git-receive-pack", strings.NewReader("pack")) //nolint:bodyclose // fetch does
	body, err := io.ReadAll(answer.Body)
	if err != nil || string(body) != "pushed" {
		t.Errorf("the push ended with %q, %v", body, err)
	}
}

// slowReader takes its time to read a location.
type slowReader struct {
	siteCatalog
	takes time.Duration
}

func (c *slowReader) Refresh(ctx context.Context, id string) (catalog.Registration, error) {
	select {
	case <-time.After(c.takes):
		return c.siteCatalog.Refresh(ctx, id)
	case <-ctx.Done():
		return catalog.Registration{}, ctx.Err()
	}
}

// TestReadingALocationMayTakeLong has it take longer than another answer may,
// and than the connection gives one.
func TestReadingALocationMayTakeLong(t *testing.T) {
	t.Parallel()
	const others = 50 * time.Millisecond
	s := newSite(t, func(o *Options) {
		o.Limits = Limits{Time: others, LongTime: others, ReadTime: time.Minute}
		known, _ := o.Catalog.(*siteCatalog)
		o.Catalog = &slowReader{siteCatalog: *known, takes: 4 * others}
	})
	listening := httptest.NewUnstartedServer(s)
	listening.Config.WriteTimeout = others
	listening.Start()
	defer listening.Close()
	answer := fetch(t, http.MethodPost, listening.URL+"/api/v1/locations/l1/refresh", http.NoBody) //nolint:bodyclose // fetch does
	if answer.StatusCode != http.StatusOK {
		t.Errorf("answered %s", answer.Status)
	}
}

// TestStartingIsCheap keeps the start to the first answer short: templates and
// the API's document are read when somebody asks for them.
func TestStartingIsCheap(t *testing.T) {
	t.Parallel()
	const times = 20
	start := time.Now()
	for range times {
		newSite(t, nil)
	}
	if each := time.Since(start) / times; each > 50*time.Millisecond {
		t.Errorf("a server takes %s to make", each)
	}
}
