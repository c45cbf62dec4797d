// Package idempotency remembers what requests with an Idempotency-Key were
// answered, so that a caller who heard nothing may ask again without getting
// two of what it wanted. It follows the IETF's draft on that header.
package idempotency

import (
	"context"
	"crypto/sha256"
	"errors"
	"net/http"
)

// Why a request with a key is not answered.
var (
	ErrRunning = errors.New("a request with this Idempotency-Key is being answered; try again in a moment")
	ErrReused  = errors.New("this Idempotency-Key was used for another request; take a new one")
)

// Answer is what a request was answered.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Fingerprint tells whether two requests ask for the same.
type Fingerprint [sha256.Size]byte

// NewFingerprint returns that of a request.
func NewFingerprint(method, target string, body []byte) Fingerprint {
	hash := sha256.New()
	for _, part := range []string{method, target} {
		_, _ = hash.Write([]byte(part)) // A hash takes everything.
		_, _ = hash.Write([]byte{0})
	}
	_, _ = hash.Write(body)
	return Fingerprint(hash.Sum(nil))
}

// Store keeps answers by key. Implementations are safe for concurrent use: of
// two who begin with one key, one has to wait.
type Store interface {
	// Begin takes a key for a request, which then has to be finished or
	// abandoned. It returns the answer when the request was finished before,
	// ErrRunning when it was begun, ErrReused when the key is another's.
	Begin(ctx context.Context, key string, request Fingerprint) (*Answer, error)
	// Finish keeps the answer to the request that took the key.
	Finish(ctx context.Context, key string, answer Answer) error
	// Abandon gives the key back: the request came to nothing.
	Abandon(ctx context.Context, key string) error
}
