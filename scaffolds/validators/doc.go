// Package validators has the tests that judge what golden paths generate with
// the tools that judge it in real life: Prometheus' own parser, kustomize, Helm,
// Kubernetes' schemas. They live in a module of their own, because these tools
// need hundreds of modules that neither the platform nor a service should have.
package validators
