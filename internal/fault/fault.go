// Package fault is the one kind of error meant for people: what happened, what
// to do next, and a code that decides the HTTP status and the exit status.
// It knows nothing of HTTP servers or commands; they look the numbers up here.
package fault

import (
	"errors"
	"fmt"
)

// Code classifies a fault. Codes are part of the API: they travel in problem
// documents and clients rebuild the fault from them, so they never change.
type Code string

// The codes, each with one HTTP status and one exit status (see statusOf).
const (
	Failed          Code = "failed"          // the answer is no, or a check failed
	Invalid         Code = "invalid"         // bad usage or input
	TooLarge        Code = "too_large"       // input over a limit
	Unknown         Code = "unknown"         // nobody can tell yet
	NotFound        Code = "not_found"       // the thing asked for is not there
	Conflict        Code = "conflict"        // taken, not empty, changed meanwhile
	Unauthenticated Code = "unauthenticated" // no or bad credentials
	Forbidden       Code = "forbidden"       // known, but not allowed
	Unavailable     Code = "unavailable"     // unreachable now, try again
	MissingTool     Code = "missing_tool"    // a program or library is not installed
	Unsupported     Code = "not_offered"     // we know what it means and do not offer it
	Internal        Code = "internal"        // our fault
	Interrupted     Code = "interrupted"     // stopped by the person
)

// Field is one invalid input, named as the person typed it: a flag, a form
// field, a JSON pointer or file:line.
type Field struct {
	Name    string `json:"name"`
	Message string `json:"message"`
}

// Error is an error for people. Message is one or more full sentences; Hint says
// what to type or do next. The cause is for logs only and is never shown.
type Error struct {
	Code    Code
	Message string
	Hint    string
	Fields  []Field
	cause   error
}

// New makes a fault whose message is a full sentence.
func New(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Error returns the message. The hint is printed separately.
func (e *Error) Error() string { return e.Message }

// Unwrap returns the hidden cause, so errors.Is and errors.As see through.
func (e *Error) Unwrap() error { return e.cause }

// WithHint returns a copy of e that says what to do next.
func (e *Error) WithHint(format string, args ...any) *Error {
	c := *e
	c.Hint = fmt.Sprintf(format, args...)
	return &c
}

// WithCause returns a copy of e that remembers the error behind it for logs.
func (e *Error) WithCause(err error) *Error {
	c := *e
	c.cause = err
	return &c
}

// WithField returns a copy of e that names one more invalid input.
func (e *Error) WithField(name, format string, args ...any) *Error {
	c := *e
	c.Fields = append(append([]Field(nil), e.Fields...), Field{Name: name, Message: fmt.Sprintf(format, args...)})
	return &c
}

// From returns err as a fault. An error nobody classified is Internal: its text
// may hold secrets or paths, so it becomes the cause and people see a sentence.
func From(err error) *Error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return New(Internal, "Something went wrong on our side.").
		WithHint("The log has the details. Try again; if it stays, report it with the request id.").
		WithCause(err)
}

// CodeOf returns the code of err, Internal when nobody classified it and ""
// when err is nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	return From(err).Code
}

// Is reports whether err carries code.
func Is(err error, code Code) bool { return err != nil && CodeOf(err) == code }
