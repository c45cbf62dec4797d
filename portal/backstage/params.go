package backstage

import (
	"bytes"
	"encoding/json"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
)

// integer returns a number in the query, nil when there is none.
func integer(c echo.Context, name string) (*int, error) {
	text := c.QueryParam(name)
	if text == "" {
		return nil, nil //nolint:nilnil // there is none
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return nil, invalid("Invalid %s, not an integer", name)
	}
	return &n, nil
}

// notNegative checks limits and offsets.
func notNegative(name string, n *int) error {
	if n != nil && *n < 0 {
		return invalid("Invalid %s, must be zero or greater", name)
	}
	return nil
}

// csv splits lists at commas.
func csv(params []string) []string {
	var out []string
	for _, list := range params {
		for item := range strings.SplitSeq(list, ",") {
			if item = strings.TrimSpace(item); item != "" {
				out = append(out, item)
			}
		}
	}
	return out
}

// readJSON decodes the body, a JSON object, into v.
func readJSON(c echo.Context, v any) error {
	kind, _, err := mime.ParseMediaType(c.Request().Header.Get(echo.HeaderContentType))
	if err != nil || kind != echo.MIMEApplicationJSON {
		return invalid("The body must be JSON, with Content-Type: application/json")
	}
	var body bytes.Buffer
	if _, err := body.ReadFrom(c.Request().Body); err != nil {
		return err
	}
	text := bytes.TrimSpace(body.Bytes())
	if len(text) == 0 {
		return invalid("Missing request body")
	}
	if text[0] != '{' {
		return invalid("Expected body to be a JSON object")
	}
	if err := json.Unmarshal(text, v); err != nil {
		return invalid("Malformed request: %s", reason(err)).WithCause(err)
	}
	return nil
}

// reason says what is wrong with JSON in words that name the place and not our types.
func reason(err error) string {
	if wrong, ok := err.(*json.UnmarshalTypeError); ok && wrong.Field != "" { //nolint:errorlint // as the decoder returns it
		return wrong.Field + " is a " + wrong.Value
	}
	return "the body is not JSON as described"
}

// texts is a list of strings, or a single one.
type texts []string

// UnmarshalJSON reads both forms.
func (t *texts) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		*t = texts{""}
		return json.Unmarshal(data, &(*t)[0])
	}
	return json.Unmarshal(data, (*[]string)(t))
}

// items writes documents as the items of a JSON list, each with the parts that
// are wanted; nil is null.
func items(out []byte, documents []json.RawMessage, fields projection) []byte {
	for i, document := range documents {
		if i > 0 {
			out = append(out, ',')
		}
		if document == nil {
			out = append(out, "null"...)
			continue
		}
		out = append(out, fields.of(document)...)
	}
	return out
}

// size is how much room documents take, and a little more.
func size(documents []json.RawMessage) int {
	const around = 512
	n := around
	for _, d := range documents {
		n += len(d) + 1
	}
	return n
}

// jsonType is what all answers are.
const jsonType = "application/json; charset=utf-8"

func ok(c echo.Context, body []byte) error { return c.Blob(http.StatusOK, jsonType, body) }

// answer writes v as JSON, with <, > and & as they are.
func answer(c echo.Context, status int, v any) error {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	return c.Blob(status, jsonType, bytes.TrimSuffix(out.Bytes(), []byte("\n")))
}
