package goldenprovider

// After the provider published a new document, replace openapi/openapi.yaml and run go generate.
//go:generate go tool -modfile=../../../tools/go.mod oapi-codegen -config openapi/oapi-codegen.yaml openapi/openapi.yaml
