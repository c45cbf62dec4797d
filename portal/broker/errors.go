package broker

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/internal/fault"
)

// The media types of answers.
const (
	hal     = "application/hal+json;charset=utf-8"
	plain   = "application/json;charset=utf-8"
	problem = "application/problem+json"
)

// failure is an error in the Pact Broker's form.
type failure struct {
	status int
	body   any
	kind   string // content type, hal when empty
}

// Error says what a client gets.
func (f failure) Error() string { return fmt.Sprintf("%d: %v", f.status, f.body) }

func notFound() error {
	return failure{http.StatusNotFound, map[string]any{"error": "The requested document was not found on this server."}, plain}
}

func noPacticipant(name string) error {
	return failure{status: http.StatusNotFound, body: map[string]any{"error": fmt.Sprintf("No pacticipant with name '%s' found", name)}}
}

func noProvider(name string) error {
	return failure{status: http.StatusNotFound, body: map[string]any{"error": fmt.Sprintf("No provider with name '%s' found", name)}}
}

// badJSON repeats the beginning of the text like the parser of the peer.
func badJSON(body []byte) error {
	const enough = 200
	text := string(body[:min(enough, len(body))])
	return failure{status: http.StatusBadRequest, body: map[string]any{"error": fmt.Sprintf("JSON::ParserError - unexpected token at '%s'", text)}}
}

// missing turns a fault.NotFound of the domain into the general 404.
func missing(err error) error {
	if fault.Is(err, fault.NotFound) {
		return notFound()
	}
	return err
}

// fail answers with an error.
func (h *Handler) fail(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	f := h.toFailure(err, c)
	if f.status == http.StatusNotFound && h.retryWithoutEnding(c) {
		return
	}
	if accepts(c.Request(), problem) {
		f = toProblem(f)
	}
	if f.kind == "" {
		f.kind = hal
	}
	if err := write(c, f.status, f.kind, f.body); err != nil {
		h.options.Log.WarnContext(c.Request().Context(), "error not written to the client", "error", err)
	}
}

func (h *Handler) toFailure(err error, c echo.Context) failure {
	var f failure
	if errors.As(err, &f) {
		return f
	}
	if he, ok := errors.AsType[*echo.HTTPError](err); ok {
		if he.Code == http.StatusNotFound {
			errors.As(notFound(), &f)
			return f
		}
		return failure{status: he.Code, body: map[string]any{"error": fmt.Sprint(he.Message)}}
	}
	known := fault.From(err)
	if known.Code == fault.Internal {
		reference := c.Request().Header.Get(echo.HeaderXRequestID)
		h.options.Log.ErrorContext(c.Request().Context(), "broker request failed",
			"error", err, "method", c.Request().Method, "path", c.Request().URL.Path, "reference", reference)
		return failure{http.StatusInternalServerError, map[string]any{"error": map[string]any{
			"message":   "An error has occurred. The details have been logged with the reference " + reference,
			"reference": reference,
		}}, plain}
	}
	if known.Code == fault.Invalid && len(known.Fields) > 0 {
		wrong := problems{}
		for _, field := range known.Fields {
			wrong.add(field.Name, "%s", field.Message)
		}
		return failure{status: http.StatusBadRequest, body: map[string]any{"errors": wrong}}
	}
	message := known.Message
	if known.Hint != "" {
		message += " " + known.Hint
	}
	return failure{status: known.Code.HTTPStatus(), body: map[string]any{"error": message}}
}

// toProblem turns a failure into a problem document with the same content.
func toProblem(f failure) failure {
	body, _ := f.body.(map[string]any)
	doc := map[string]any{"status": f.status, "type": "about:blank", "title": http.StatusText(f.status)}
	switch {
	case body["errors"] != nil:
		doc["title"], doc["type"], doc["detail"] = "Validation errors", "https://pact.io/validation-error", "The request is not valid."
		doc["errors"] = problemsOf(body["errors"], f.status)
		if notices := body["notices"]; notices != nil {
			doc["notices"] = notices
		}
	default:
		if text, ok := body["error"].(string); ok {
			doc["detail"] = text
		}
	}
	return failure{f.status, doc, problem + ";charset=utf-8"}
}

func problemsOf(errs any, status int) []map[string]any {
	var out []map[string]any
	add := func(field, detail string) {
		item := map[string]any{
			"type": "https://pact.io/invalid-body-property-value", "title": "Validation error", "detail": detail, "status": status,
		}
		if field != "" {
			item["pointer"] = "/" + strings.ReplaceAll(field, ".", "/")
		}
		out = append(out, item)
	}
	switch errs := errs.(type) {
	case problems:
		fields := make([]string, 0, len(errs))
		for field := range errs {
			fields = append(fields, field)
		}
		slices.Sort(fields)
		for _, field := range fields {
			for _, detail := range errs[field] {
				add(field, detail)
			}
		}
	case []string:
		for _, detail := range errs {
			add("", detail)
		}
	}
	return out
}

// write answers with JSON that leaves <, > and & as they are: they are part of
// links.
func write(c echo.Context, status int, contentType string, body any) error {
	c.Response().Header().Set(echo.HeaderContentType, contentType)
	c.Response().WriteHeader(status)
	if c.Request().Method == http.MethodHead {
		return nil
	}
	if text, is := body.(written); is {
		_, err := c.Response().Write(text)
		return err
	}
	enc := json.NewEncoder(c.Response())
	enc.SetEscapeHTML(false)
	return enc.Encode(body)
}

// ok answers 200 with HAL.
func ok(c echo.Context, body any) error { return write(c, http.StatusOK, hal, body) }

// created answers 201 with the address of what was made, or 200 when it was there.
func created(c echo.Context, isNew bool, location string, body any) error {
	if !isNew {
		return ok(c, body)
	}
	c.Response().Header().Set(echo.HeaderLocation, location)
	return write(c, http.StatusCreated, hal, body)
}
