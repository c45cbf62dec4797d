// Package openapi is the server's side of api/openapi.yaml: types, routes and the
// interface that package httpapi implements. Nothing in it is written by hand.
package openapi

//go:generate go tool -modfile=../../../tools/go.mod oapi-codegen -config oapi-codegen.yaml ../../../api/openapi.yaml
