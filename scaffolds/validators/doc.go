// Package validators judges what golden paths generate with the tools that judge
// it in real life: Prometheus' own parser, kustomize, Helm, Kubernetes' schemas,
// BuildKit. Most of it is tests. It is a module of its own, because these tools
// need hundreds of modules that neither the platform nor a service should have.
package validators
