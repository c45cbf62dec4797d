// Package clitest runs commands in tests: against a made-up server, with what
// they print and say in buffers.
package clitest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/types"
)

// Server is a made-up platform server: it answers what it was told to, and
// remembers what it was asked.
type Server struct {
	mux *http.ServeMux

	mu    sync.Mutex
	asked []string
}

// NewServer returns a server that knows nothing yet.
func NewServer() *Server { return &Server{mux: http.NewServeMux()} }

// ServeHTTP remembers the request and answers it.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	s.mu.Lock()
	s.asked = append(s.asked, strings.TrimSpace(r.Method+" "+strings.TrimPrefix(r.URL.RequestURI(), "/api/v1")+" "+string(body)))
	s.mu.Unlock()
	s.mux.ServeHTTP(w, r)
}

// Asked returns the requests so far, as "METHOD /path?query body".
func (s *Server) Asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.asked...)
}

// Handle answers route, such as "GET /runs/{id}", with handler.
func (s *Server) Handle(route string, handler http.HandlerFunc) {
	method, path, _ := strings.Cut(route, " ")
	s.mux.HandleFunc(method+" /api/v1"+path, handler)
}

// Answer answers route with status and v as JSON.
func (s *Server) Answer(route string, status int, v any) {
	s.Handle(route, func(w http.ResponseWriter, _ *http.Request) { JSON(w, status, v) })
}

// Fail answers route with a fault.
func (s *Server) Fail(route string, f *fault.Error) {
	s.Handle(route, func(w http.ResponseWriter, _ *http.Request) { Problem(w, f) })
}

// JSON writes one answer.
func JSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	body, err := json.Marshal(v)
	if err != nil {
		status, body = http.StatusInternalServerError, []byte(err.Error())
	}
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// Problem writes a fault as a server does.
func Problem(w http.ResponseWriter, f *fault.Error) {
	p := types.Problem{Type: "about:blank", Status: f.Code.HTTPStatus(), Code: string(f.Code), Detail: f.Message, Hint: f.Hint}
	for _, field := range f.Fields {
		p.Fields = append(p.Fields, types.FieldProblem{Name: field.Name, Message: field.Message})
	}
	JSON(w, p.Status, p)
}

// Events writes events as a server-sent stream with its end.
func Events(w http.ResponseWriter, events ...types.RunEvent) {
	w.Header().Set("Content-Type", "text/event-stream")
	for _, e := range append(events, types.RunEvent{Type: types.RunEventTypeEnd, Seq: int64(len(events))}) {
		data, err := json.Marshal(e)
		if err != nil {
			data = []byte(err.Error())
		}
		_, _ = w.Write([]byte("data: " + string(data) + "\n\n"))
	}
}

// Shell runs command lines.
type Shell struct {
	Env      *cli.Env
	Out, Err bytes.Buffer
}

// New returns a shell in an empty folder whose commands reach handler.
func New(t *testing.T, handler http.Handler) *Shell {
	t.Helper()
	s := &Shell{}
	s.Env = &cli.Env{
		In: strings.NewReader(""), Out: &s.Out, Err: &s.Err, Agent: "platform/test",
		Dir: t.TempDir(), DataDir: t.TempDir(), ConfigDir: t.TempDir(),
		Local: func(context.Context) (http.RoundTripper, func(context.Context) error, error) {
			transport := cli.NewInProcess(handler)
			return transport, transport.Wait, nil
		},
	}
	return s
}

// Run runs a command line below "platform" and returns its exit status.
func (s *Shell) Run(ctx context.Context, command *cobra.Command, args ...string) int {
	return cli.Run(ctx, s.Env, cli.Root(s.Env, "platform", "test", command), args)
}
