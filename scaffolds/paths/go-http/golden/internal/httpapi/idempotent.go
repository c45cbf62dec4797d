package httpapi

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"

	"example.com/golden/service/internal/httpapi/openapi"
	"example.com/golden/service/internal/idempotency"
)

const idempotencyKey = "Idempotency-Key"

// Answers a request with an Idempotency-Key once: repeated, it gets the same
// answer again and changes nothing. It does so for the operations whose
// description has that header.
//
// Keys are looked up by operation, not by caller: a service that knows its
// callers should look them up by both.
func idempotent(contract *openapi3.T, routes *http.ServeMux, store idempotency.Store, p *problems) func(http.Handler) http.Handler {
	takesKey := operationsWithKey(contract)
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			operation := r.Method + " " + routeOf(routes, r)
			key := r.Header.Get(idempotencyKey)
			if key == "" || !takesKey[operation] {
				next.ServeHTTP(w, r)
				return
			}
			if !utf8.ValidString(key) || strings.ContainsFunc(key, unicode.IsControl) {
				p.write(w, r, http.StatusBadRequest, misfit,
					openapi.FieldError{Field: idempotencyKey, Message: "must be text in UTF-8 without control characters"})
				return
			}
			body, err := io.ReadAll(r.Body)
			if err != nil {
				p.badRequest(w, r, err)
				return
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
			key = operation + "\n" + key
			known, err := store.Begin(r.Context(), key, idempotency.NewFingerprint(r.Method, r.URL.RequestURI(), body))
			switch {
			case errors.Is(err, idempotency.ErrRunning):
				w.Header().Set("Retry-After", "1")
				p.write(w, r, http.StatusConflict, idempotency.ErrRunning.Error())
			case errors.Is(err, idempotency.ErrReused):
				p.write(w, r, http.StatusUnprocessableEntity, idempotency.ErrReused.Error())
			case err != nil:
				p.failed(w, r, err)
			case known != nil:
				send(w, *known)
			default:
				send(w, once(next, r, store, key, p))
			}
		})
	}
}

// once answers a request and keeps the answer. It is kept before it is sent, so
// that who asks again right away finds it.
func once(next http.Handler, r *http.Request, store idempotency.Store, key string, p *problems) idempotency.Answer {
	// What was done stays done when the caller has gone.
	ctx := context.WithoutCancel(r.Context())
	kept := false
	defer func() {
		if kept {
			return
		}
		if err := store.Abandon(ctx, key); err != nil {
			p.log.ErrorContext(ctx, "idempotency key is not given back", "error", err)
		}
	}()
	answered := &writtenAnswer{header: http.Header{}}
	next.ServeHTTP(answered, r)
	answer := idempotency.Answer{Status: cmp.Or(answered.status, http.StatusOK), Header: answered.header, Body: answered.body.Bytes()}
	// After an error of the service, trying again is what the key is for.
	if answer.Status < http.StatusInternalServerError {
		kept = true
		if err := store.Finish(ctx, key, answer); err != nil {
			p.log.ErrorContext(ctx, "answer is not kept for its idempotency key", "error", err)
		}
	}
	return answer
}

func send(w http.ResponseWriter, answer idempotency.Answer) {
	maps.Copy(w.Header(), answer.Header)
	w.WriteHeader(answer.Status)
	_, _ = w.Write(answer.Body) // The caller may be gone.
}

// operationsWithKey lists the operations that take a key: "POST /items".
func operationsWithKey(contract *openapi3.T) map[string]bool {
	found := map[string]bool{}
	for path, item := range contract.Paths.Map() {
		for method, operation := range item.Operations() {
			for _, parameters := range []openapi3.Parameters{item.Parameters, operation.Parameters} {
				for _, parameter := range parameters {
					if parameter.Value.In == openapi3.ParameterInHeader && strings.EqualFold(parameter.Value.Name, idempotencyKey) {
						found[method+" "+path] = true
					}
				}
			}
		}
	}
	return found
}

// writtenAnswer keeps what a handler answers.
type writtenAnswer struct {
	status int
	header http.Header
	body   bytes.Buffer
}

// Header implements http.ResponseWriter.
func (a *writtenAnswer) Header() http.Header { return a.header }

// WriteHeader implements http.ResponseWriter.
func (a *writtenAnswer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

// Write implements http.ResponseWriter.
func (a *writtenAnswer) Write(body []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(body)
}
