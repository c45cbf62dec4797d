package cli

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// deadline is long enough for a busy machine and short enough to notice.
const deadline = 10 * time.Second

func get(t *testing.T, ctx context.Context, handler http.HandlerFunc) (*http.Response, *InProcess, error) { //nolint:revive // the request's context is what is tested
	t.Helper()
	transport := NewInProcess(handler)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://localhost/x?y=1", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := (&http.Client{Transport: transport}).Do(req)
	return resp, transport, err
}

func TestInProcessCarriesStatusHeaderAndBody(t *testing.T) {
	t.Parallel()
	resp, _, err := get(t, t.Context(), func(w http.ResponseWriter, r *http.Request) {
		if r.Host != "localhost" || r.RequestURI != "/x?y=1" || r.RemoteAddr == "" {
			t.Errorf("request is not a server's: host %q, uri %q, remote %q", r.Host, r.RequestURI, r.RemoteAddr)
		}
		w.Header().Set("X-One", "1")
		w.WriteHeader(http.StatusTeapot)
		w.Header().Set("X-Late", "2")
		_, _ = io.WriteString(w, "tea")
	})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || string(body) != "tea" || resp.StatusCode != http.StatusTeapot {
		t.Errorf("got %s %q %v", resp.Status, body, err)
	}
	if resp.Header.Get("X-One") != "1" || resp.Header.Get("X-Late") != "" {
		t.Errorf("a header set after the status must not be sent: %v", resp.Header)
	}
}

func TestInProcessFindsOutTheContentType(t *testing.T) {
	t.Parallel()
	resp, _, err := get(t, t.Context(), func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") })
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got := resp.Header.Get("Content-Type"); !strings.HasPrefix(got, "text/html") {
		t.Errorf("content type = %q", got)
	}
}

func TestInProcessAnswersWithoutABody(t *testing.T) {
	t.Parallel()
	resp, _, err := get(t, t.Context(), func(http.ResponseWriter, *http.Request) {})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || len(body) != 0 || resp.StatusCode != http.StatusOK {
		t.Errorf("got %s %q %v", resp.Status, body, err)
	}
}

func TestInProcessCarriesEventsWhileTheHandlerGoesOn(t *testing.T) {
	t.Parallel()
	next := make(chan struct{})
	resp, _, err := get(t, t.Context(), func(w http.ResponseWriter, _ *http.Request) {
		if err := http.NewResponseController(w).SetWriteDeadline(time.Time{}); !errors.Is(err, http.ErrNotSupported) {
			t.Errorf("SetWriteDeadline: %v, want not supported", err)
		}
		w.Header().Set("Content-Type", "text/event-stream")
		for i := range 3 {
			fmt.Fprintf(w, "data: %d\n\n", i)
			if err := http.NewResponseController(w).Flush(); err != nil {
				t.Errorf("flush: %v", err)
			}
			<-next // the event must arrive before the handler goes on
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	buf := make([]byte, 64)
	for i := range 3 {
		n, err := resp.Body.Read(buf)
		if want := fmt.Sprintf("data: %d\n\n", i); err != nil || string(buf[:n]) != want {
			t.Fatalf("event %d: %q, %v", i, buf[:n], err)
		}
		next <- struct{}{}
	}
	if _, err := resp.Body.Read(buf); !errors.Is(err, io.EOF) {
		t.Errorf("after the last event: %v, want EOF", err)
	}
}

func TestInProcessEndsTheHandlerWhenTheClientGoes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		end  func(cancel func(), body io.Closer)
	}{
		{"the body is closed", func(_ func(), body io.Closer) { _ = body.Close() }},
		{"the request is cancelled", func(cancel func(), _ io.Closer) { cancel() }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			resp, transport, err := get(t, ctx, func(w http.ResponseWriter, r *http.Request) {
				w.WriteHeader(http.StatusOK)
				<-r.Context().Done()
			})
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			tt.end(cancel, resp.Body)
			waiting, stop := context.WithTimeout(t.Context(), deadline)
			defer stop()
			if err := transport.Wait(waiting); err != nil {
				t.Errorf("the handler goes on: %v", err)
			}
		})
	}
}

func TestInProcessGivesUpOnAHandlerThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	started := make(chan struct{})
	go func() { <-started; cancel() }()
	resp, transport, err := get(t, ctx, func(w http.ResponseWriter, r *http.Request) {
		close(started)
		<-r.Context().Done()
		w.WriteHeader(http.StatusOK) // too late
	})
	if err == nil {
		resp.Body.Close()
	}
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want canceled", err)
	}
	waiting, stop := context.WithTimeout(t.Context(), deadline)
	defer stop()
	if err := transport.Wait(waiting); err != nil {
		t.Error(err)
	}
}

func TestInProcessCarriesLargeBodiesBothWays(t *testing.T) {
	t.Parallel()
	sent := make([]byte, 32<<20)
	_, _ = rand.Read(sent)
	transport := NewInProcess(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(w, r.Body)
	}))
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://localhost/", bytes.NewReader(sent))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil || !bytes.Equal(got, sent) {
		t.Errorf("%d bytes came back of %d, %v", len(got), len(sent), err)
	}
}

func TestInProcessSurvivesAPanic(t *testing.T) {
	t.Parallel()
	t.Run("before the answer", func(t *testing.T) {
		t.Parallel()
		resp, _, err := get(t, t.Context(), func(http.ResponseWriter, *http.Request) { panic("boom") })
		if err == nil {
			resp.Body.Close()
			t.Fatal("the round trip did not fail")
		}
		if !strings.Contains(err.Error(), "boom") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("in the middle of it", func(t *testing.T) {
		t.Parallel()
		resp, _, err := get(t, t.Context(), func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "half")
			panic(http.ErrAbortHandler)
		})
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if _, err := io.ReadAll(resp.Body); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("the body ended with %v, want it broken", err)
		}
	})
}
