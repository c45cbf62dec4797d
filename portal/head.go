package portal

import (
	"context"
	"net/http"
)

type headKey struct{}

// serve answers HEAD as GET without the body, so that no route has to. The Pact
// Broker's routes and git know the method themselves.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodHead || isUnder(r.URL.Path, "/broker") || isUnder(r.URL.Path, "/git") {
		s.echo.ServeHTTP(w, r)
		return
	}
	ctx, cancel := context.WithCancel(context.WithValue(r.Context(), headKey{}, true))
	defer cancel()
	get := r.WithContext(ctx)
	get.Method = http.MethodGet
	s.echo.ServeHTTP(&headWriter{ResponseWriter: w, end: cancel}, get)
}

// methodOf returns the method as it was sent.
func methodOf(r *http.Request) string {
	if r.Context().Value(headKey{}) != nil {
		return http.MethodHead
	}
	return r.Method
}

// headWriter drops the body. What would go on for long ends with its header:
// nobody is going to read it.
type headWriter struct {
	http.ResponseWriter
	end context.CancelFunc
}

// Unwrap lets deadlines through.
func (w *headWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// WriteHeader sends the header.
func (w *headWriter) WriteHeader(status int) {
	w.ResponseWriter.WriteHeader(status)
	w.end()
}

// Write takes a piece of the body and forgets it.
func (w *headWriter) Write(p []byte) (int, error) { return len(p), nil }
