package backstage

import (
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/internal/fault"
)

// errorBody is an error in Backstage's form.
type errorBody struct {
	Error    wireError `json:"error"`
	Request  request   `json:"request"`
	Response response  `json:"response"`
}

type wireError struct {
	Name    string `json:"name"`
	Message string `json:"message"`
}

type request struct {
	Method string `json:"method"`
	URL    string `json:"url"`
}

type response struct {
	StatusCode int `json:"statusCode"`
}

// WriteError answers a request with f in the form that clients of Backstage
// read. Our hint follows the message: there is no other place for it.
func WriteError(c echo.Context, f *fault.Error) error {
	r, status := c.Request(), f.Code.HTTPStatus()
	if he, ok := errors.AsType[*echo.HTTPError](f); ok {
		f = f.WithHint("This is the API of Backstage's catalog.")
		if he.Code == http.StatusMethodNotAllowed {
			status = he.Code // the one that no code of ours has
		}
	}
	if r.Method == http.MethodHead {
		return c.NoContent(status)
	}
	return answer(c, status, errorBody{
		Error:   wireError{Name: nameOf(f.Code), Message: messageOf(f)},
		Request: request{Method: r.Method, URL: r.URL.RequestURI()}, Response: response{StatusCode: status},
	})
}

func messageOf(f *fault.Error) string {
	var b strings.Builder
	b.WriteString(f.Message)
	for _, field := range f.Fields {
		b.WriteString("\n" + field.Name + ": " + field.Message)
	}
	if f.Hint != "" {
		b.WriteString(" " + f.Hint)
	}
	return b.String()
}

// nameOf is what Backstage calls an error of a code.
func nameOf(code fault.Code) string {
	switch code {
	case fault.Invalid, fault.Unsupported:
		return "InputError"
	case fault.NotFound:
		return "NotFoundError"
	case fault.Conflict, fault.Failed, fault.Unknown:
		return "ConflictError"
	case fault.Unauthenticated:
		return "AuthenticationError"
	case fault.Forbidden:
		return "NotAllowedError"
	case fault.Unavailable:
		return "ServiceUnavailableError"
	case fault.MissingTool:
		return "NotImplementedError"
	case fault.TooLarge:
		return "PayloadTooLargeError"
	default:
		return "Error"
	}
}

// invalid is what the client sent wrong.
func invalid(format string, args ...any) *fault.Error {
	return fault.New(fault.Invalid, format, args...)
}

func notFound(format string, args ...any) *fault.Error {
	return fault.New(fault.NotFound, format, args...)
}
