package portal

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

func sumOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// programs writes two programs and returns a site that offers them.
func programs(t *testing.T, verifier bool) (*site, string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("WINDOWS NAMES ITS PROGRAMS OTHERWISE: what is downloaded is tested elsewhere only")
	}
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
		return path
	}
	executable := write("platform", "the platform")
	if verifier {
		write("pact-verifier", "the verifier")
	}
	return newSite(t, func(o *Options) { exposed(o); o.Downloads = NewDownloads(executable, Verifier(executable)) }), dir
}

// TestPipelinesFetchTheProgram asks what the workflow of a generated service
// asks, without a token: scaffolds/paths/go-http/golden/.github/actions/platform.
func TestPipelinesFetchTheProgram(t *testing.T) {
	t.Parallel()
	s, _ := programs(t, true)
	base := "GET /download/" + runtime.GOOS + "-" + runtime.GOARCH
	for path, want := range map[string]string{
		"/SHA256SUMS":    sumOf("the platform") + "  platform\n" + sumOf("the verifier") + "  pact-verifier\n",
		"/platform":      "the platform",
		"/pact-verifier": "the verifier",
	} {
		answer := s.ask(t, base+path)
		if answer.Code != http.StatusOK || answer.Body.String() != want {
			t.Errorf("%s: %d %s", path, answer.Code, answer.Body)
		}
	}
	if answer := s.ask(t, base+"/platform", "Range: bytes=4-"); answer.Code != http.StatusPartialContent || answer.Body.String() != "platform" {
		t.Errorf("a download that goes on: %d %s", answer.Code, answer.Body)
	}
	if answer := s.ask(t, strings.Replace(base, "GET", "HEAD", 1)+"/platform"); answer.Code != http.StatusOK || answer.Header().Get("Content-Length") != "12" || answer.Body.Len() != 0 {
		t.Errorf("HEAD: %d %v", answer.Code, answer.Header())
	}
}

func TestTheArchiveHoldsThePrograms(t *testing.T) {
	t.Parallel()
	s, dir := programs(t, true)
	base := "GET /download/" + runtime.GOOS + "-" + runtime.GOARCH
	fetch := func() (map[string]string, string) {
		t.Helper()
		answer := s.ask(t, base)
		body := answer.Body.Bytes()
		for _, address := range []string{base + "/sha256", base + ".sha256"} {
			if sum := s.ask(t, address).Body.String(); sum != sumOf(string(body))+"  platform-"+runtime.GOOS+"-"+runtime.GOARCH+".tar.gz\n" {
				t.Errorf("%s: %s", address, sum)
			}
		}
		unzipped, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			t.Fatalf("%v: %d %s", err, answer.Code, body)
		}
		files := map[string]string{}
		for reader := tar.NewReader(unzipped); ; {
			header, err := reader.Next()
			if errors.Is(err, io.EOF) {
				return files, answer.Header().Get("Content-Disposition")
			}
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(reader)
			if err != nil || header.Mode != 0o755 {
				t.Errorf("%s: mode %o, %v", header.Name, header.Mode, err)
			}
			files[header.Name] = string(text)
		}
	}
	files, name := fetch()
	if len(files) != 2 || files["platform"] != "the platform" || files["pact-verifier"] != "the verifier" || !strings.Contains(name, ".tar.gz") {
		t.Errorf("%s has %v", name, files)
	}
	// An upgrade puts another program in the place of the one that runs.
	path := filepath.Join(dir, "platform")
	if err := os.WriteFile(path, []byte("a newer platform"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, time.Time{}, time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if files, _ := fetch(); files["platform"] != "a newer platform" {
		t.Errorf("after an upgrade it has %v", files)
	}
}

func TestDownloadsThatAreNotOffered(t *testing.T) {
	t.Parallel()
	s, dir := programs(t, false)
	here := runtime.GOOS + "-" + runtime.GOARCH
	for path, want := range map[string]string{
		"/plan9-mips":                 "There is no download for \"plan9-mips\"; this server offers " + here,
		"/plan9-mips.sha256":          "this server offers " + here,
		"/plan9-mips/platform":        "this server offers " + here,
		"/" + here + "/pact-verifier": "This server has no pact-verifier",
		"/" + here + "/passwd":        "There is no file",
		"/" + here + "/..%2fplatform": "There is no file",
	} {
		answer := s.ask(t, "GET /download"+path)
		if answer.Code != http.StatusNotFound || !strings.Contains(answer.Body.String(), want) || !strings.Contains(answer.Body.String(), "Hint:") {
			t.Errorf("%s: %d %s", path, answer.Code, answer.Body)
		}
	}
	if list := s.ask(t, "GET /download").Body.String(); !strings.Contains(list, "/download/"+here+"/SHA256SUMS\n") || strings.Contains(list, "verifier") {
		t.Errorf("the list is %s", list)
	}
	if err := os.Remove(filepath.Join(dir, "platform")); err != nil {
		t.Fatal(err)
	}
	if answer := s.ask(t, "GET /download/"+here); answer.Code != http.StatusServiceUnavailable || !strings.Contains(answer.Body.String(), "removed") {
		t.Errorf("a program that is gone: %d %s", answer.Code, answer.Body)
	}
}
