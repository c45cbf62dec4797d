package httpapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strconv"

	"example.com/golden/service/internal/httpapi/openapi"
	"example.com/golden/service/internal/items"
	"example.com/golden/service/internal/outbound"
	"example.com/golden/service/internal/parts"
	"example.com/golden/service/internal/telemetry"
)

const misfit = "the request does not fit the API's description, see /openapi.yaml"

// Answers requests that went wrong, always as application/problem+json.
type problems struct{ log *slog.Logger }

// The request does not fit the document.
func (p *problems) badRequest(w http.ResponseWriter, r *http.Request, err error) {
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		p.write(w, r, http.StatusRequestEntityTooLarge, fmt.Sprintf("the body may have at most %d bytes", tooLarge.Limit))
		return
	}
	if param, ok := errors.AsType[*openapi.InvalidParamFormatError](err); ok {
		p.write(w, r, http.StatusBadRequest, misfit, openapi.FieldError{Field: param.ParamName, Message: param.Err.Error()})
		return
	}
	p.write(w, r, http.StatusBadRequest, err.Error())
}

// A handler returned an error. What the domain knows is told; anything else
// is logged here, once, and not shown: it may hold what callers must not see.
func (p *problems) failed(w http.ResponseWriter, r *http.Request, err error) {
	if invalid, ok := errors.AsType[*items.InvalidError](err); ok {
		p.write(w, r, http.StatusBadRequest, invalid.Error(), openapi.FieldError{Field: invalid.Field, Message: invalid.Rule})
		return
	}
	for _, known := range []struct {
		err    error
		status int
	}{
		{items.ErrNotFound, http.StatusNotFound},
		{items.ErrExists, http.StatusConflict},
		{items.ErrBadCursor, http.StatusBadRequest},
	} {
		if errors.Is(err, known.err) {
			p.write(w, r, known.status, known.err.Error())
			return
		}
	}
	if _, ok := errors.AsType[*outbound.UnavailableError](err); ok {
		p.log.WarnContext(r.Context(), "request needs a service that is unavailable", "error", err)
		retryLater(w)
		p.write(w, r, http.StatusServiceUnavailable, "a service that this one needs is unavailable; try again later")
		return
	}
	if errors.Is(err, parts.ErrUnavailable) {
		p.log.WarnContext(r.Context(), "request needs a part that is unavailable", "error", err)
		retryLater(w)
		p.write(w, r, http.StatusServiceUnavailable, "something that this service needs is unavailable; try again later")
		return
	}
	p.log.ErrorContext(r.Context(), "request failed", "error", err)
	p.write(w, r, http.StatusInternalServerError, "")
}

// Callers are asked to wait, not all for the same second: or they meet here again.
func retryLater(w http.ResponseWriter) {
	w.Header().Set("Retry-After", strconv.Itoa(1+rand.N(3))) //nolint:gosec // no secret
}

func (p *problems) write(w http.ResponseWriter, r *http.Request, status int, detail string, fields ...openapi.FieldError) {
	problem := openapi.Problem{
		Type:      optional("about:blank"),
		Title:     http.StatusText(status),
		Status:    int32(status), //nolint:gosec // A status has three digits.
		Detail:    optional(detail),
		Instance:  optional(r.URL.Path),
		RequestId: optional(telemetry.RequestID(r.Context())),
	}
	if len(fields) > 0 {
		problem.Errors = &fields
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(problem); err != nil {
		p.log.DebugContext(r.Context(), "caller went away before the answer", "error", err)
	}
}

func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
