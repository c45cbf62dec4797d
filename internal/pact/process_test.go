package pact_test

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/goldenpath/platform/internal/pact"
)

func TestTheRealHelperSaysWhatItIs(t *testing.T) {
	t.Parallel()
	got, err := realVerifier(t).Versions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(got, "\n")
	if len(lines) != 3 || !strings.HasPrefix(lines[0], "pact-verifier ") || !strings.HasPrefix(lines[1], "pact-go v2") || lines[2] != "libpact_ffi 0.4.28" {
		t.Errorf("versions %q", got)
	}
}

func TestTheRealHelperEndsWithItsParent(t *testing.T) {
	t.Parallel()
	realVerifier(t) // builds it, or skips
	helper, err := buildHelper()
	if err != nil {
		t.Fatal(err)
	}
	asked, release := make(chan struct{}, 1), make(chan struct{})
	address := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		select {
		case <-release:
		case <-r.Context().Done():
		}
	})
	defer close(release)
	p := pactOf("orders", inStock())
	job, err := json.Marshal(pact.Job{
		Protocol: pact.Protocol, Consumer: "orders", Provider: "inventory", BaseURL: address, Version: "i1",
		RequestTimeout: 5 * time.Minute, Pact: p.Content,
	})
	if err != nil {
		t.Fatal(err)
	}
	_, results, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer results.Close()
	cmd := exec.CommandContext(t.Context(), helper)
	cmd.ExtraFiles = []*os.File{results}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	if _, err := stdin.Write(job); err != nil {
		t.Fatal(err)
	}
	limit := time.After(soon)
	select {
	case <-asked:
	case <-limit:
		t.Fatal("the provider was not asked")
	}
	_ = stdin.Close() // so it is when the platform is killed
	select {
	case err := <-ended:
		if err == nil {
			t.Error("the helper calls that a success")
		}
	case <-limit:
		t.Error("the helper outlives who started it")
	}
}
