//go:build contract

// Package pacttest is what contract tests share: where pacts are written, and
// how little of the Pact library's talk is shown. It needs libpact_ffi
// ("make pact-ffi" installs it), hence the build tag.
package pacttest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"testing"

	"github.com/pact-foundation/pact-go/v2/consumer"
	pactlog "github.com/pact-foundation/pact-go/v2/log"
)

// Consumer starts the pact of two services anew. It is written to pacts/ as
// its interactions pass.
func Consumer(t *testing.T, name, provider string) *consumer.V4HTTPMockProvider {
	t.Helper()
	Quiet(t)
	pacts := filepath.Join(Root(t), "pacts")
	// Pact adds to a file that is there, so an interaction deleted from the
	// test would stay in the contract.
	err := os.Remove(filepath.Join(pacts, fmt.Sprintf("%s-%s.json", name, provider)))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	pact, err := consumer.NewV4Pact(consumer.MockHTTPProviderConfig{Consumer: name, Provider: provider, PactDir: pacts})
	if err != nil {
		t.Fatal(err)
	}
	return pact
}

// Quiet keeps the Pact library from telling its maker about this run, and
// from talking unless PACT_LOG_LEVEL asks for it.
func Quiet(t *testing.T) {
	t.Helper()
	t.Setenv("PACT_DO_NOT_TRACK", "true")
	if os.Getenv("PACT_LOG_LEVEL") != "" {
		return
	}
	if err := pactlog.SetLogLevel("ERROR"); err != nil {
		t.Fatal(err)
	}
	// What goes wrong is returned; what is left is complaints about its own
	// logger being set up twice.
	log.SetOutput(io.Discard)
}

// Root is the repository's folder.
func Root(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("there is no go.mod above the test")
		}
		dir = parent
	}
}

// FromJSON returns a value of any type from its JSON form.
func FromJSON[T any](t *testing.T, text string) T {
	t.Helper()
	var value T
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return value
}

// URL is where Pact's stand-in for the provider answers.
func URL(server consumer.MockServerConfig) string {
	return fmt.Sprintf("http://%s:%d", server.Host, server.Port)
}
