package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// ServerFile is what a running server writes into its data directory, so that
// commands on the same machine find it.
type ServerFile struct {
	URL       string    `json:"url"`
	PID       int       `json:"pid"`
	StartedAt time.Time `json:"started_at"`
}

// findTimeout is how long a server on this machine may take to say it is there.
const findTimeout = 2 * time.Second

func serverFilePath(dataDir string) string { return filepath.Join(dataDir, "server.json") }

// WriteServerFile tells commands on this machine where the server listens. The
// returned function takes it back.
func WriteServerFile(dataDir string, f ServerFile) (remove func() error, err error) {
	body, err := json.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("encode server file: %w", err)
	}
	path := serverFilePath(dataDir)
	if err := writeFile(path, append(body, '\n')); err != nil {
		return nil, err
	}
	return func() error { return os.Remove(path) }, nil
}

// FindServer returns the server that uses dataDir now, if one answers. A file
// left behind by a killed server is not believed.
func FindServer(ctx context.Context, dataDir string) (ServerFile, bool) {
	if dataDir == "" {
		return ServerFile{}, false
	}
	body, err := os.ReadFile(serverFilePath(dataDir))
	if err != nil {
		return ServerFile{}, false
	}
	var f ServerFile
	if json.Unmarshal(body, &f) != nil || CheckURL(f.URL) != nil {
		return ServerFile{}, false
	}
	return f, answers(ctx, f.URL)
}

// answers reports whether a server is well at address.
func answers(ctx context.Context, address string) bool {
	ctx, cancel := context.WithTimeout(ctx, findTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimRight(address, "/")+"/api/v1/version", nil)
	if err != nil {
		return false
	}
	transport := &http.Transport{DisableKeepAlives: true} // no proxy: it is this machine
	resp, err := (&http.Client{Transport: transport, CheckRedirect: refuseRedirect}).Do(req)
	if err != nil {
		return false
	}
	defer func() { _ = resp.Body.Close() }()
	var build struct {
		Version string `json:"version"`
		Go      string `json:"go"`
	}
	return json.NewDecoder(resp.Body).Decode(&build) == nil && build.Go != ""
}

// writeFile replaces path in one move, readable by this user only.
func writeFile(path string, body []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("make folder of %s: %w", path, err)
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	if _, err := tmp.Write(body); err != nil {
		_ = tmp.Close()
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := tmp.Close(); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
