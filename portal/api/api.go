// Package api is the document of the platform's own REST API. The document is
// written first; the packages types, client and server are generated from it,
// and the portal validates requests against it.
package api

import "embed"

//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen -config types/config.yaml openapi.yaml
//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen -config client/config.yaml openapi.yaml
//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen -config server/config.yaml openapi.yaml

// Document is the OpenAPI document as it is written.
//
//go:embed openapi.yaml
var Document []byte

// Files holds the document and catalog-info.yaml, by which the platform is in
// its own catalog.
//
//go:embed openapi.yaml catalog-info.yaml
var Files embed.FS

// BasePath is where the API is served. Paths in the document are relative to it.
const BasePath = "/api/v1"
