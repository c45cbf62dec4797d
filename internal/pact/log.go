package pact

import (
	"strings"
	"sync"
)

// maxLog is how much of a helper's log is kept. The end tells most.
const maxLog = 512 << 10

// tail keeps the last bytes written to it.
type tail struct {
	max int

	mu   sync.Mutex
	kept []byte
	lost int
}

// Write keeps p and forgets what is too old. It takes everything: a helper must
// not wait because nobody wants its words.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, p...)
	if len(t.kept) > 2*t.max {
		t.forget()
	}
	return len(p), nil
}

func (t *tail) forget() {
	over := len(t.kept) - t.max
	t.kept = append(t.kept[:0], t.kept[over:]...)
	t.lost += over
}

// String returns the log as valid text, and says when its beginning is missing.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.kept) > t.max {
		t.forget()
	}
	text := strings.ReplaceAll(strings.ToValidUTF8(string(t.kept), "\uFFFD"), "\x00", "\uFFFD")
	if t.lost > 0 {
		text = "(the beginning of the log was cut)\n" + text
	}
	return strings.TrimSpace(text)
}
