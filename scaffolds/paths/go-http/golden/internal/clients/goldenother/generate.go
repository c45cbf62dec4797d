package goldenother

// openapi/openapi.yaml is what the platform's catalog had as the API of golden-other
// when this folder was made. When the provider published a new one, write it there
// and run go generate. It is spec.definition of the API that catalog-info.yaml
// consumes: platform catalog get api:NAME --output json.
//

//go:generate go tool -modfile=../../../tools/go.mod oapi-codegen -config openapi/oapi-codegen.yaml openapi/openapi.yaml
