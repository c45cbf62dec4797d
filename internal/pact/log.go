package pact

import (
	"strings"
	"sync"
)

const (
	// maxLog is how much of a helper's log is kept. The end tells most.
	maxLog = 512 << 10

	// edge is more than a secret has bytes. So much is kept beyond what is shown: what
	// is left there of a secret is not seen to be one, where the log was cut in it.
	edge = 16 << 10
)

// tail keeps the last bytes written to it.
type tail struct {
	max  int
	hide func(text string) string // takes secrets out of a text

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
	over := len(t.kept) - t.max - edge
	t.kept = append(t.kept[:0], t.kept[over:]...)
	t.lost += over
}

// String returns the log as valid text without secrets, and says when its beginning
// is missing.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.kept) > t.max+edge {
		t.forget()
	}
	text := t.hide(validText(string(t.kept)))
	if t.lost > 0 {
		text = "(the beginning of the log was cut)\n" + validText(text[min(edge, len(text)):])
	}
	return strings.TrimSpace(text)
}

func validText(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}
