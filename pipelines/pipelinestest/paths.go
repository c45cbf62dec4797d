package pipelinestest

import (
	"fmt"
	"strings"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/pipelines"
	"github.com/goldenpath/platform/scaffolds"
)

// Paths has one golden path, go-http, that makes a small repository: enough to
// be pushed and registered, without the packed paths of a build.
func Paths(name string) (pipelines.GoldenPath, error) {
	if name != "go-http" {
		return nil, fault.New(fault.NotFound, "There is no golden path %q.", name).WithHint("There is go-http.")
	}
	return smallPath{}, nil
}

type smallPath struct{}

// Check wants a name and an owner.
func (smallPath) Check(a scaffolds.Answers) (scaffolds.Answers, error) {
	if a.Name == "" || a.Owner == "" || strings.ToLower(a.Name) != a.Name {
		return a, fault.New(fault.Invalid, "The answers are not complete.").WithField("name", "is lower-case letters")
	}
	if a.Description == "" {
		a.Description = "A service."
	}
	return a, nil
}

// Render makes three files.
func (smallPath) Render(a scaffolds.Answers, providers []scaffolds.Provider) (*scaffolds.Tree, error) {
	var b strings.Builder
	system := ""
	if a.System != "" {
		system = "\n  system: " + a.System
	}
	fmt.Fprintf(&b, "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: %s\n  description: %q\n", a.Name, a.Description)
	fmt.Fprintf(&b, "spec:\n  type: service\n  lifecycle: experimental\n  owner: %s%s\n  providesApis: [%s]\n", a.Owner, system, a.Name)
	if len(providers) > 0 {
		b.WriteString("  consumesApis:\n")
	}
	for _, p := range providers {
		fmt.Fprintf(&b, "    - %s\n", p.API)
	}
	fmt.Fprintf(&b, "---\napiVersion: backstage.io/v1alpha1\nkind: API\nmetadata:\n  name: %s\n", a.Name)
	fmt.Fprintf(&b, "spec:\n  type: openapi\n  lifecycle: experimental\n  owner: %s%s\n  definition:\n    $text: ./api/openapi.yaml\n", a.Owner, system)
	return &scaffolds.Tree{Files: []scaffolds.File{
		{Path: "api/openapi.yaml", Body: []byte("openapi: 3.0.3\ninfo: {title: " + a.Name + ", version: 1.0.0}\npaths: {}\n"), Class: scaffolds.Seeded},
		{Path: "catalog-info.yaml", Body: []byte(b.String()), Class: scaffolds.Merged},
		{Path: "run.sh", Body: []byte("#!/bin/sh\n"), Executable: true, Class: scaffolds.Managed},
	}}, nil
}
