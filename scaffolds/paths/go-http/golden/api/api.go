// Package api holds the service's OpenAPI document, the one description that
// server, client, validation and consumers' contracts are made from.
package api

import _ "embed"

// Document is openapi.yaml as it stands in the repository.
//
//go:embed openapi.yaml
var Document []byte
