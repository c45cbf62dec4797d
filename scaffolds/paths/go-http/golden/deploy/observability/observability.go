// Package observability has rules, tests of rules and the dashboard as files.
// There is no code in it: only the making of the rules, and a test that the
// files fit the service.
package observability

//go:generate go -C ../../tools run ./slo ../deploy/observability
