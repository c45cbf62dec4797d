package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/pact-foundation/pact-go/v2/provider"

	"github.com/goldenpath/platform/internal/pact"
)

// maxResults is the size of the largest results that are read.
const maxResults = 32 << 20

// desk is the broker the verifier believes it talks to, on loopback: it hands out
// the pact and takes the results, which pact-go returns in no other way. Its
// paths begin with a secret, so that other programs here cannot hand in results.
type desk struct {
	base     string
	state    *url.URL
	messages *url.URL
	server   *http.Server

	mu      sync.Mutex
	results json.RawMessage
}

func openDesk(job pact.Job, notes *notes, end time.Time) (*desk, error) {
	var listen net.ListenConfig
	listener, err := listen.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen on loopback: %w", err)
	}
	d := &desk{base: "http://" + listener.Addr().String() + "/" + rand.Text()}
	if job.StateURL != "" {
		if d.state, err = url.Parse(job.StateURL); err != nil {
			return nil, fmt.Errorf("parse the address of provider states: %w", err)
		}
	}
	if job.MessagesURL != "" {
		if d.messages, err = url.Parse(job.MessagesURL); err != nil {
			return nil, fmt.Errorf("parse the address of messages: %w", err)
		}
	}
	content, err := d.link(job.Pact)
	if err != nil {
		return nil, err
	}
	secret := d.base[len("http://"+listener.Addr().String()):]
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+secret+"/pact", func(w http.ResponseWriter, _ *http.Request) { hal(w, content) })
	mux.HandleFunc("GET "+secret+"/provider", func(w http.ResponseWriter, _ *http.Request) { hal(w, []byte(`{"_links":{}}`)) })
	mux.HandleFunc("POST "+secret+"/results", d.take)
	if d.state != nil {
		mux.Handle(secret+"/states", until(end, relayOne(d.state, job, notes, "state", notes.state)))
	}
	if d.messages != nil {
		mux.Handle(secret+"/messages", until(end, relayOne(d.messages, job, notes, "description", notes.message)))
	}
	d.server = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = d.server.Serve(listener) }()
	return d, nil
}

// link adds the links by which libpact finds where to publish results.
func (d *desk) link(content []byte) ([]byte, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(content, &fields); err != nil {
		return nil, fmt.Errorf("parse the pact: %w", err)
	}
	type link struct {
		Href string `json:"href"`
	}
	links, err := json.Marshal(map[string]link{
		"self":                            {d.pactURL()},
		"pb:provider":                     {d.base + "/provider"},
		"pb:publish-verification-results": {d.base + "/results"},
	})
	if err != nil {
		return nil, fmt.Errorf("write the links: %w", err)
	}
	fields["_links"] = links
	return json.Marshal(fields)
}

func hal(w http.ResponseWriter, body []byte) {
	w.Header().Set("Content-Type", "application/hal+json;charset=utf-8")
	_, _ = w.Write(body)
}

// take keeps the first results that are published.
func (d *desk) take(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxResults))
	if err != nil {
		log.Println("[ERROR] read the results:", err)
		http.Error(w, "results could not be read", http.StatusBadRequest)
		return
	}
	var published struct {
		TestResults json.RawMessage `json:"testResults"`
	}
	if err := json.Unmarshal(body, &published); err != nil {
		log.Println("[ERROR] parse the results:", err)
		http.Error(w, "results are not JSON", http.StatusBadRequest)
		return
	}
	d.mu.Lock()
	if d.results == nil {
		d.results = published.TestResults
	}
	d.mu.Unlock()
	w.Header().Set("Content-Type", "application/hal+json;charset=utf-8")
	w.WriteHeader(http.StatusCreated)
	_, _ = w.Write([]byte(`{"_links":{}}`))
}

func (d *desk) pactURL() string { return d.base + "/pact" }

func (d *desk) stateURL() string {
	if d.state == nil {
		return ""
	}
	return d.base + "/states"
}

// transports tells libpact where to ask for messages.
func (d *desk) transports() ([]provider.Transport, error) {
	if d.messages == nil {
		return nil, nil
	}
	here, err := url.Parse(d.base + "/messages")
	if err != nil {
		return nil, err
	}
	port, err := strconv.ParseUint(here.Port(), 10, 16)
	if err != nil {
		return nil, err
	}
	var out []provider.Transport
	for _, protocol := range []string{"message", "sync-message"} {
		out = append(out, provider.Transport{Scheme: here.Scheme, Protocol: protocol, Port: uint16(port), Path: here.Path})
	}
	return out, nil
}

func (d *desk) testResults() json.RawMessage {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.results
}

func (d *desk) close() { _ = d.server.Close() }
