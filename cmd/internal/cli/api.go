package cli

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/client"
)

// localURL is the address of the server inside this process. Nothing listens
// there; its name only has to pass the server's check of the Host.
const localURL = "http://localhost"

// API returns a client of the server this command is meant for: the one that
// PLATFORM_URL, --url or login names, else one that runs on this machine, else
// the same handler inside this process.
func (e *Env) API(ctx context.Context) (*client.ClientWithResponses, error) {
	s, err := e.connect(ctx)
	if err != nil {
		return nil, err
	}
	return s.api, nil
}

// Server returns the address of the server this command talks to, the token it
// uses there, and whether it runs inside this process.
func (e *Env) Server(ctx context.Context) (address, token string, local bool, err error) {
	s, err := e.connect(ctx)
	if err != nil {
		return "", "", false, err
	}
	return s.url, s.token, s.local, nil
}

func (e *Env) connect(ctx context.Context) (*server, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.server != nil {
		return e.server, nil
	}
	s, err := e.choose(ctx)
	if err != nil {
		return nil, err
	}
	e.server = s
	return s, nil
}

// choose finds the server, in the order API documents.
func (e *Env) choose(ctx context.Context) (*server, error) {
	saved, err := LoadLogins(e.ConfigDir)
	if err != nil {
		return nil, err
	}
	if address := first(e.URL, saved.Current); address != "" {
		if err := CheckURL(address); err != nil {
			return nil, err
		}
		return e.remote(address, first(e.Token, saved.Tokens[address]))
	}
	if running, ok := FindServer(ctx, e.DataDir); ok {
		return e.remote(running.URL, first(e.Token, saved.Tokens[running.URL]))
	}
	if e.Local == nil {
		return nil, fault.New(fault.Unavailable, "No server is configured.").
			WithHint("Name one with --url or PLATFORM_URL, or start one: platform serve")
	}
	transport, stop, err := e.Local(ctx)
	if err != nil {
		return nil, err
	}
	api, err := client.New(localURL, &http.Client{Transport: transport}, e.Token, e.Agent)
	if err != nil {
		return nil, err
	}
	return &server{api: api, url: localURL, token: e.Token, local: true, stop: stop}, nil
}

func (e *Env) remote(address, token string) (*server, error) {
	api, err := Client(address, token, e.Agent)
	if err != nil {
		return nil, err
	}
	return &server{api: api, url: address, token: token}, nil
}

// answerTime is how long an answer is waited for: longer than a server lets
// anything take, so that it is the server who says what took so long.
const answerTime = 12 * time.Minute

// Client returns a client of the server at address.
func Client(address, token, agent string) (*client.ClientWithResponses, error) {
	transport := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		ForceAttemptHTTP2:     true,
		MaxIdleConns:          10,
		IdleConnTimeout:       30 * time.Second,
		TLSHandshakeTimeout:   10 * time.Second,
		ResponseHeaderTimeout: answerTime,
	}
	return client.New(address, &http.Client{Transport: transport, CheckRedirect: refuseRedirect}, token, agent)
}

// refuseRedirect keeps a token from being sent to where an answer points.
func refuseRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// CheckURL refuses an address that no request can be made to.
func CheckURL(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return fault.New(fault.Invalid, "%q is not the address of a server.", address).
			WithHint("An address looks like http://127.0.0.1:8080 or https://platform.example.com; it comes from --url, PLATFORM_URL or platform login.")
	}
	return nil
}

// first returns the first value that is not empty.
func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
