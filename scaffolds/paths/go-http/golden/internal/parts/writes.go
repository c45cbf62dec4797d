package parts

import (
	"context"
	"net/http"
	"sync/atomic"
)

type writesKey struct{}

// RememberWrites is put around each request by packs that read what may be a
// little old, a replica or a cache: what a request wrote it must read.
func RememberWrites(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !IsRequest(r.Context()) { // else another pack has put it there
			r = r.WithContext(context.WithValue(r.Context(), writesKey{}, new(atomic.Bool)))
		}
		next.ServeHTTP(w, r)
	})
}

// Wrote remembers that the request wrote something.
func Wrote(ctx context.Context) {
	if written := writes(ctx); written != nil {
		written.Store(true)
	}
}

// HasWritten reports whether the request may have written something.
func HasWritten(ctx context.Context) bool {
	written := writes(ctx)
	return written != nil && written.Load()
}

// IsRequest reports whether something is done for a request of the API. What
// was written before, nobody knows of other work.
func IsRequest(ctx context.Context) bool { return writes(ctx) != nil }

func writes(ctx context.Context) *atomic.Bool {
	written, _ := ctx.Value(writesKey{}).(*atomic.Bool)
	return written
}
