// Package cli is what the commands share: where they read and write, how they
// reach the API, how they print results and errors, and what they exit with.
// It knows the API's client and nothing of the domains behind it.
package cli

import (
	"context"
	"io"
	"net/http"
	"sync"

	"github.com/goldenpath/platform/portal/api/client"
)

// Env is what a command may touch. Main fills it in; tests fill in buffers.
type Env struct {
	In  io.Reader // what a person or a pipe types
	Out io.Writer // results
	Err io.Writer // talk: progress, hints, errors

	InTerminal  bool // In is a terminal
	OutTerminal bool // Out is a terminal
	ErrTerminal bool // Err is a terminal
	Colour      bool // Err and Out may be coloured where they are terminals

	Dir       string // folder the command was started in
	DataDir   string // where a server on this machine keeps its data
	ConfigDir string // where login keeps addresses and tokens
	Agent     string // User-Agent of requests

	URL    string // server from PLATFORM_URL or --url; empty for none
	Token  string // token from PLATFORM_TOKEN; empty for none
	Output Output // from --output

	// Local opens the server's handler inside this process, for when no server
	// is configured or running. The second result stops it and waits for runs.
	Local func(ctx context.Context) (http.RoundTripper, func(context.Context) error, error)

	// Ask puts questions to the person at the terminal. AskTerminal unless a
	// test replaces it.
	Ask func(ctx context.Context, env *Env, questions []Question) error

	command string // that runs, without the name of the program
	printed bool   // a result, or a part of one

	mu     sync.Mutex
	server *server
}

// server is the one that this command talks to.
type server struct {
	api   *client.ClientWithResponses
	url   string
	token string
	local bool // it runs inside this process
	stop  func(context.Context) error
}

// Interactive reports whether a person is at the terminal who can be asked.
func (e *Env) Interactive() bool { return e.InTerminal && e.ErrTerminal }

// Close stops the server inside this process, if one was opened.
func (e *Env) Close(ctx context.Context) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.server == nil || e.server.stop == nil {
		return nil
	}
	stop := e.server.stop
	e.server = nil
	return stop(ctx)
}
