package githost

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
)

// statusRecorder remembers how a request was answered.
type statusRecorder struct {
	http.ResponseWriter

	status int
}

// WriteHeader passes the status on and remembers it.
func (r *statusRecorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the real writer.
func (r *statusRecorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// Flush sends what is there: a clone shows its progress while it goes on.
func (r *statusRecorder) Flush() {
	_ = http.NewResponseController(r.ResponseWriter).Flush() // one that cannot flush sends later
}

// countedBody counts what was read of a request.
type countedBody struct {
	io.ReadCloser

	size int
}

// Read reads and counts.
func (b *countedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.size += n
	return n, err
}

// logWriter logs what git says on its error stream.
type logWriter struct {
	log        *slog.Logger
	request    *http.Request
	repository string
}

// Write logs the lines of p.
func (w *logWriter) Write(p []byte) (int, error) {
	for line := range bytes.Lines(p) {
		if text := strings.TrimSpace(string(line)); text != "" {
			w.log.WarnContext(w.request.Context(), "git http-backend", "repository", w.repository, "line", text)
		}
	}
	return len(p), nil
}

// clean keeps what is harmless in an environment variable.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, s)
}

func itoa(i int) string { return strconv.Itoa(i) }
