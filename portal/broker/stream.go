package broker

import (
	"bufio"
	"encoding/json"
	"iter"
	"net/http"

	"github.com/labstack/echo/v4"
)

// streamBuffer is how much of an answer waits to be sent together.
const streamBuffer = 16 << 10

// stream writes an answer piece by piece, for lists that are not cut: the client
// has the first items while the last are made, and nobody holds all of it.
type stream struct {
	to  *bufio.Writer
	enc *json.Encoder
	err error
}

// streamed answers 200 with HAL that fill writes; for HEAD only the header. The
// first error, of a client that went away, is returned.
func streamed(c echo.Context, fill func(s *stream)) error {
	c.Response().Header().Set(echo.HeaderContentType, hal)
	c.Response().WriteHeader(http.StatusOK)
	if c.Request().Method == http.MethodHead {
		return nil
	}
	s := &stream{to: bufio.NewWriterSize(c.Response(), streamBuffer)}
	s.enc = json.NewEncoder(s.to)
	s.enc.SetEscapeHTML(false)
	fill(s)
	if s.err != nil {
		return s.err
	}
	return s.to.Flush()
}

// text writes JSON that is written out.
func (s *stream) text(text string) {
	if s.err == nil {
		_, s.err = s.to.WriteString(text)
	}
}

// value writes one value.
func (s *stream) value(v any) {
	if s.err == nil {
		s.err = s.enc.Encode(v)
	}
}

// list writes a list of values.
func list[T any](s *stream, items iter.Seq[T]) {
	s.text("[")
	first := true
	for item := range items {
		if s.err != nil {
			return
		}
		if !first {
			s.text(",")
		}
		first = false
		s.value(item)
	}
	s.text("]")
}

// mapped are the items, each made into something else when its turn comes.
func mapped[T, U any](items []T, make func(T) U) iter.Seq[U] {
	return func(yield func(U) bool) {
		for _, item := range items {
			if !yield(make(item)) {
				return
			}
		}
	}
}
