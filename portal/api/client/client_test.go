package client_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/client"
	"github.com/goldenpath/platform/portal/api/types"
)

// canned answers every request in the same way.
type canned struct {
	status  int
	kind    string
	body    string
	err     error
	request *http.Request
}

func (c *canned) Do(req *http.Request) (*http.Response, error) {
	c.request = req
	if c.err != nil {
		return nil, c.err
	}
	return &http.Response{
		StatusCode: c.status, Status: http.StatusText(c.status),
		Header: http.Header{"Content-Type": {c.kind}}, Body: io.NopCloser(strings.NewReader(c.body)), Request: req,
	}, nil
}

func TestAnswersBecomeValuesOrFaults(t *testing.T) {
	t.Parallel()
	const problem = `{"type":"about:blank","title":"Not Found","status":404,"code":"not_found","detail":"There is no run 7.",
		"hint":"See them: platform runs list","fields":[{"name":"id","message":"is unknown"}]}`
	for _, tt := range []struct {
		name     string
		answer   canned
		wantCode fault.Code
		wantText string
		wantHint string
		fields   []fault.Field
	}{
		{name: "a good answer", answer: canned{status: 200, kind: "application/json", body: `{"id":"7","kind":"k","state":"failed"}`}},
		{
			name: "a page that says it is JSON", answer: canned{status: 200, kind: "application/json", body: "<h1>Hello</h1>"},
			wantCode: fault.Unavailable, wantText: "What answers is not a platform server, or one of another version.",
			wantHint: "Check the address: PLATFORM_URL, --url or platform login. For its version: platform version",
		},
		{
			name: "JSON of another server", answer: canned{status: 200, kind: "application/json", body: `[1]`},
			wantCode: fault.Unavailable, wantText: "What answers is not a platform server, or one of another version.",
			wantHint: "Check the address: PLATFORM_URL, --url or platform login. For its version: platform version",
		},
		{
			name: "a problem", answer: canned{status: 404, kind: "application/problem+json", body: problem},
			wantCode: fault.NotFound, wantText: "There is no run 7.", wantHint: "See them: platform runs list",
			fields: []fault.Field{{Name: "id", Message: "is unknown"}},
		},
		{
			name: "our fault names the request", answer: canned{
				status: 500, kind: "application/problem+json",
				body: `{"code":"internal","detail":"Something went wrong on our side.","hint":"Report it.","request_id":"abc"}`,
			},
			wantCode: fault.Internal, wantText: "Something went wrong", wantHint: "Report it. Request id: abc",
		},
		{
			name: "a problem with a code from elsewhere", answer: canned{status: 401, kind: "application/problem+json", body: `{"code":"nope","detail":"x"}`},
			wantCode: fault.Unauthenticated, wantText: "The server answered",
		},
		{
			name: "a proxy's page", answer: canned{status: 502, kind: "text/html", body: "<h1>Bad gateway</h1>"},
			wantCode: fault.Unavailable, wantText: "The server answered",
		},
		{
			name: "another server on the port", answer: canned{status: 200, kind: "text/html", body: "<h1>Hello</h1>"},
			wantCode: fault.Unavailable, wantText: "is not a platform server",
		},
		{
			name: "a redirect to a login page", answer: canned{status: 302, kind: "text/html"},
			wantCode: fault.Unavailable, wantText: "is not a platform server",
		},
		{
			name: "an older server", answer: canned{status: 404, kind: "text/plain", body: "404 page not found"},
			wantCode: fault.NotFound, wantText: "does not know this request",
		},
		{
			name: "another good status than promised", answer: canned{status: 202, kind: "application/json", body: `{}`},
			wantCode: fault.Internal, wantText: "not the one its API document promises",
		},
		{
			name: "no answer", answer: canned{err: errors.New("connection refused")},
			wantCode: fault.Unavailable, wantText: "No answer from http://there",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			api, err := client.New("http://there/", &tt.answer, "secret", "test/1")
			if err != nil {
				t.Fatal(err)
			}
			run, err := client.OK(api.GetRunWithResponse(t.Context(), "7"))
			if got := fault.CodeOf(err); got != tt.wantCode {
				t.Fatalf("code = %q, want %q (%v)", got, tt.wantCode, err)
			}
			if got := tt.answer.request; got.URL.String() != "http://there/api/v1/runs/7" || got.Header.Get("Authorization") != "Bearer secret" {
				t.Errorf("request was %s with %v", got.URL, got.Header)
			}
			if tt.wantCode == "" {
				if run.ID != "7" || run.State != types.RunFailed {
					t.Errorf("run = %+v", run)
				}
				return
			}
			f := fault.From(err)
			if !strings.Contains(f.Message, tt.wantText) || (tt.wantHint != "" && f.Hint != tt.wantHint) || f.Hint == "" {
				t.Errorf("fault = %q, hint %q", f.Message, f.Hint)
			}
			if diff := cmp.Diff(tt.fields, f.Fields); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAnInterruptedRequestIsNotAnUnreachableServer(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	api, err := client.New("http://there", &canned{err: context.Canceled}, "", "test/1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.OK(api.GetRunWithResponse(ctx, "7")); !fault.Is(err, fault.Interrupted) {
		t.Errorf("got %v", err)
	}
}

func TestEventsAreReadFromAStream(t *testing.T) {
	t.Parallel()
	const stream = ": hello\n\nid: 1\nevent: log\ndata: {\"seq\":1,\"type\":\"log\",\"time\":\"2026-11-24T12:00:00Z\",\ndata: \"text\":\"two lines\"}\n\n" +
		": still here\n\nid: 2\nevent: end\ndata: {\"seq\":2,\"type\":\"end\",\"time\":\"2026-11-24T12:00:01Z\"}\n\n"
	var got []string
	for event, err := range client.Events(strings.NewReader(stream)) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, string(event.Type)+":"+event.Text)
	}
	if diff := cmp.Diff([]string{"log:two lines", "end:"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestABrokenStreamEndsWithAnError(t *testing.T) {
	t.Parallel()
	broken := io.MultiReader(strings.NewReader("data: {\"seq\":1,\"type\":\"log\"}\n\ndata: {"), errReader{})
	var seen int
	var last error
	for event, err := range client.Events(broken) {
		if err == nil && event.Seq == 1 {
			seen++
		}
		last = err
	}
	if seen != 1 || last == nil {
		t.Errorf("saw %d events, ended with %v", seen, last)
	}
	for _, err := range client.Events(strings.NewReader("data: not json\n\n")) {
		if err == nil {
			t.Error("what is no event was taken for one")
		}
	}
}

type errReader struct{}

func (errReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
