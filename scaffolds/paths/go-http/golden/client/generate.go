// Package client is how other Go services call this one. It is made from
// api/openapi.yaml; nothing in it is written by hand.
package client

//go:generate go tool -modfile=../tools/go.mod oapi-codegen -config oapi-codegen.yaml ../api/openapi.yaml
