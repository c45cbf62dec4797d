package pipelines

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/goldenpath/platform/internal/fault"
)

// redacted stands where a secret was.
const redacted = "[secret]"

// shortest is the length below which a value is no secret: hiding every "a"
// would make the log unreadable and hide nothing.
const shortest = 6

// shape is what a well-known kind of credential looks like.
type shape struct {
	find *regexp.Regexp
	with string
}

// Redactor takes secrets out of what people get to see: the ones it was told,
// and what looks like a well-known kind of credential.
type Redactor struct {
	shapes []shape

	mu      sync.RWMutex
	secrets []string // longest first, so that no part of a longer one stays
}

// NewRedactor returns a redactor that knows these secrets.
func NewRedactor(secrets ...string) *Redactor {
	r := &Redactor{shapes: []shape{
		{regexp.MustCompile(`(gh[pousr]_|github_pat_|glpat-|xox[abpr]-)[A-Za-z0-9_-]{10,}`), redacted},
		{regexp.MustCompile(`(?i)(\b(?:bearer|basic|token)\s+)[A-Za-z0-9._~+/=-]{16,}`), "${1}" + redacted},
		{regexp.MustCompile(`(://)[^/\s@]+(@)`), "${1}" + redacted + "${2}"},
		{regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\z)`), redacted},
	}}
	for _, s := range secrets {
		r.Hide(s)
	}
	return r
}

// Hide takes a value out of everything from now on.
func (r *Redactor) Hide(secret string) {
	if len(secret) < shortest {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if slices.Contains(r.secrets, secret) {
		return
	}
	r.secrets = append(r.secrets, secret)
	slices.SortFunc(r.secrets, func(a, b string) int { return len(b) - len(a) })
}

// Text returns s without secrets.
func (r *Redactor) Text(s string) string {
	r.mu.RLock()
	for _, secret := range r.secrets {
		s = strings.ReplaceAll(s, secret, redacted)
	}
	r.mu.RUnlock()
	for _, shape := range r.shapes {
		s = shape.find.ReplaceAllString(s, shape.with)
	}
	return s
}

// Fault returns f without secrets, and without its cause, which is for logs.
func (r *Redactor) Fault(f *fault.Error) *fault.Error {
	clean := fault.New(f.Code, "%s", r.Text(f.Message))
	if f.Hint != "" {
		clean = clean.WithHint("%s", r.Text(f.Hint))
	}
	for _, field := range f.Fields {
		clean = clean.WithField(field.Name, "%s", r.Text(field.Message))
	}
	return clean
}
