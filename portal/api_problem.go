package portal

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/types"
)

// statusText names the statuses that net/http has no words for.
func statusText(status int) string {
	if status == fault.Interrupted.HTTPStatus() {
		return "Client Closed Request"
	}
	return http.StatusText(status)
}

// problemOf turns an error into the document that tells a client about it. What
// nobody classified is not shown: its text may hold secrets or paths.
func problemOf(err error, requestID string) types.Problem {
	f := faultOf(err)
	status := statusOf(f)
	p := types.Problem{
		Type: "about:blank", Title: statusText(status), Status: status,
		Code: string(f.Code), Detail: f.Message, Hint: f.Hint, RequestID: requestID,
	}
	for _, field := range f.Fields {
		p.Fields = append(p.Fields, types.FieldProblem{Name: field.Name, Message: field.Message})
	}
	return p
}

// statusOf is the status of an answer about f. Of a method that an address does not have,
// it says more than the code: HTTP has a word for it.
func statusOf(f *fault.Error) int {
	if he, ok := errors.AsType[*echo.HTTPError](f); ok && he.Code == http.StatusMethodNotAllowed {
		return he.Code
	}
	return f.Code.HTTPStatus()
}

// faultOf classifies what the web framework reports itself: unknown addresses,
// methods, bodies over the limit and values it cannot bind.
func faultOf(err error) *fault.Error {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f
	}
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return fault.New(fault.TooLarge, "The request is larger than the %d bytes allowed.", tooLarge.Limit).
			WithHint("Send less at a time.").WithCause(err)
	}
	var he *echo.HTTPError
	if !errors.As(err, &he) {
		return fault.From(err)
	}
	return faultOfStatus(he)
}

func faultOfStatus(he *echo.HTTPError) *fault.Error {
	message := fmt.Sprint(he.Message)
	switch he.Code {
	case http.StatusNotFound:
		return fault.New(fault.NotFound, "There is nothing at this address.").
			WithHint("The API is described at /api/openapi.yaml").WithCause(he)
	case http.StatusMethodNotAllowed:
		return fault.New(fault.Invalid, "This address does not answer to this method.").
			WithHint("The API is described at /api/openapi.yaml").WithCause(he)
	case http.StatusBadRequest, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity:
		return fault.New(fault.Invalid, "The request cannot be understood: %s.", message).
			WithHint("The API is described at /api/openapi.yaml").WithCause(he)
	case http.StatusRequestEntityTooLarge:
		return fault.New(fault.TooLarge, "The request is larger than allowed.").WithHint("Send less at a time.").WithCause(he)
	case http.StatusUnauthorized:
		return fault.New(fault.Unauthenticated, "This needs a token.").
			WithHint("Make one with platform token create, and send it as Authorization: Bearer TOKEN").WithCause(he)
	case http.StatusForbidden:
		return fault.New(fault.Forbidden, "This is not allowed.").WithCause(he)
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return fault.New(fault.Unavailable, "The server is busy.").WithHint("Try again in a moment.").WithCause(he)
	}
	return fault.From(he)
}

// WriteProblem answers a request of the API that failed with err.
func WriteProblem(c echo.Context, err error, requestID string) error {
	if c.Response().Committed {
		return nil // an answer has begun; the stream's end tells the client
	}
	p := problemOf(err, requestID)
	body, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("encode problem: %w", err)
	}
	const kind = "application/problem+json"
	if c.Request().Method == http.MethodHead {
		c.Response().Header().Set(echo.HeaderContentType, kind)
		return c.NoContent(p.Status)
	}
	return c.Blob(p.Status, kind, body)
}
