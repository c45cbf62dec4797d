package client //nolint:revive // the package comment is in the generated file

import (
	"encoding/json"
	"errors"

	"github.com/goldenpath/platform/internal/fault"
)

// OK takes the answer out of a call that is answered with 200. Use it around
// the call: page, err := client.OK(api.ListRunsWithResponse(ctx, params)).
func OK[T any, R interface{ GetJSON200() *T }](resp R, err error) (T, error) {
	if err != nil {
		return *new(T), notOurs(err)
	}
	return value(resp.GetJSON200())
}

// Created takes the answer out of a call that is answered with 201.
func Created[T any, R interface{ GetJSON201() *T }](resp R, err error) (T, error) {
	if err != nil {
		return *new(T), notOurs(err)
	}
	return value(resp.GetJSON201())
}

// Accepted takes the answer out of a call that is answered with 202.
func Accepted[T any, R interface{ GetJSON202() *T }](resp R, err error) (T, error) {
	if err != nil {
		return *new(T), notOurs(err)
	}
	return value(resp.GetJSON202())
}

// notOurs explains an answer that says it is JSON and is not, or is JSON of
// another kind: something else listens at the address.
func notOurs(err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	if !errors.As(err, &syntax) && !errors.As(err, &kind) {
		return err
	}
	return fault.New(fault.Unavailable, "What answers is not a platform server, or one of another version.").
		WithHint("Check the address: PLATFORM_URL, --url or platform login. For its version: platform version").WithCause(err)
}

// value guards against a server that answers well but with another status
// than the document says.
func value[T any](v *T) (T, error) {
	if v == nil {
		return *new(T), fault.New(fault.Internal, "The server's answer is not the one its API document promises.").
			WithHint("Are the server and this program of the same version? See: platform version")
	}
	return *v, nil
}
