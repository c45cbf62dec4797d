package postgres

import (
	"context"
	"net/http"
	"sync/atomic"
)

type writesKey struct{}

// rememberWrites is put around each request: what the request wrote it must
// read, and a replica learns of it a little later.
func rememberWrites(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(asRequest(r.Context())))
	})
}

func asRequest(ctx context.Context) context.Context {
	return context.WithValue(ctx, writesKey{}, new(atomic.Bool))
}

func writes(ctx context.Context) *atomic.Bool {
	written, _ := ctx.Value(writesKey{}).(*atomic.Bool)
	return written
}

func isRequest(ctx context.Context) bool { return writes(ctx) != nil }

func hasWritten(ctx context.Context) bool {
	written := writes(ctx)
	return written != nil && written.Load()
}

func wrote(ctx context.Context) {
	if written := writes(ctx); written != nil {
		written.Store(true)
	}
}
