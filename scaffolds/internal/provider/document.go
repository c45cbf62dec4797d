// Package provider makes what a service needs to call another: a typed client
// and a first contract test, from the other's OpenAPI document. Documents come
// from other people, so nothing in one may make this package reach for a file
// or a host, run for ever or panic.
package provider

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v3"

	"github.com/goldenpath/platform/internal/fault"
)

// Limits of a document. Real ones stay far below; one beyond is a mistake or
// an attack.
const (
	maxBytes = 4 << 20
	maxDepth = 100
	maxNodes = 400_000 // with aliases written out
)

// Document is a service's OpenAPI document.
type Document struct {
	provider string
	api      *openapi3.T
	basePath string
}

// Read reads a document. Provider is the name of the service, for faults.
func Read(provider string, data []byte) (doc *Document, err error) {
	d := &Document{provider: provider}
	// The libraries below are used by many with documents they trust.
	defer func() {
		if r := recover(); r != nil {
			doc, err = nil, d.unusable("it cannot be understood (%v)", r)
		}
	}()
	if len(data) > maxBytes {
		return nil, d.unusable("it has more than %d MiB", maxBytes>>20)
	}
	if err := d.inspect(data); err != nil {
		return nil, err
	}
	loader := openapi3.NewLoader()
	loader.IncludeOrigin = true // as the oapi-codegen command does
	loader.ReadFromURIFunc = func(_ *openapi3.Loader, location *url.URL) ([]byte, error) {
		return nil, fmt.Errorf("%s is outside of this document", location)
	}
	loader.Context = context.Background()
	if d.api, err = loader.LoadFromData(data); err != nil {
		return nil, d.unusable("%s", firstLine(err.Error()))
	}
	if d.api.Paths == nil || d.api.Paths.Len() == 0 {
		return nil, d.unusable("it has no paths, so there is nothing to call")
	}
	if err := d.checkExpansion(); err != nil {
		return nil, err
	}
	if d.basePath, err = d.findBasePath(); err != nil {
		return nil, err
	}
	return d, nil
}

// BasePath is the path of the document's first server, such as /v2; empty when
// it is the root.
func (d *Document) BasePath() string { return d.basePath }

// unusable is a fault of the document.
func (d *Document) unusable(format string, args ...any) error {
	why := fmt.Sprintf(format, args...)
	return fault.New(fault.Invalid, "No client can be made for %s.", d.provider).
		WithField("consumes", "the OpenAPI document of %s: %s", d.provider, why).
		WithHint("Correct the OpenAPI document of %s, register it again, and retry.", d.provider)
}

// inspect looks at the text before any library follows what it says.
func (d *Document) inspect(data []byte) error {
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil {
		return d.unusable("it is neither YAML nor JSON: %s", firstLine(strings.TrimPrefix(err.Error(), "yaml: ")))
	}
	if len(root.Content) == 0 || root.Content[0].Kind != yaml.MappingNode {
		return d.unusable("it is not an OpenAPI document")
	}
	version := ""
	top := root.Content[0].Content
	for i := 0; i+1 < len(top); i += 2 {
		switch top[i].Value {
		case "swagger":
			return d.unusable("it is written in Swagger %s; OpenAPI 3 is needed", top[i+1].Value)
		case "openapi":
			version = top[i+1].Value
		}
	}
	if !strings.HasPrefix(version, "3.") {
		return d.unusable("its openapi version is %q, and 3.0 or 3.1 is needed", version)
	}
	i := inspector{document: d, sizes: map[*yaml.Node]int{}}
	_, err := i.walk(&root, 0)
	return err
}

// inspector counts nodes as they are once aliases are written out, and finds
// references that leave the document.
type inspector struct {
	document *Document
	sizes    map[*yaml.Node]int
}

func (i *inspector) walk(n *yaml.Node, depth int) (int, error) {
	if depth > maxDepth {
		return 0, i.document.unusable("line %d: it is nested deeper than %d levels", n.Line, maxDepth)
	}
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if size, ok := i.sizes[n]; ok {
		return size, nil
	}
	size := 1
	for at, child := range n.Content {
		if n.Kind == yaml.MappingNode && at%2 == 0 && at+1 < len(n.Content) && child.Value == "$ref" {
			ref := n.Content[at+1]
			if ref.Kind == yaml.ScalarNode && !strings.HasPrefix(ref.Value, "#") {
				return 0, i.document.unusable("line %d: it refers to %s, which is outside of it: put everything into one document", ref.Line, ref.Value)
			}
		}
		below, err := i.walk(child, depth+1)
		if err != nil {
			return 0, err
		}
		if size += below; size > maxNodes {
			return 0, i.document.unusable("line %d: it is too large once its aliases are written out", n.Line)
		}
	}
	i.sizes[n] = size
	return size, nil
}

// findBasePath reads the first server's URL. It becomes part of code and
// settings, so nothing but a plain path is accepted.
func (d *Document) findBasePath() (string, error) {
	if len(d.api.Servers) == 0 || d.api.Servers[0] == nil {
		return "", nil
	}
	server := d.api.Servers[0]
	address := server.URL
	for name, v := range server.Variables {
		if v != nil {
			address = strings.ReplaceAll(address, "{"+name+"}", v.Default)
		}
	}
	u, err := url.Parse(address)
	if err != nil {
		return "", d.unusable("the URL of its first server, %q, cannot be understood", server.URL)
	}
	base := strings.TrimRight(u.Path, "/")
	if base != "" && base[0] != '/' {
		base = "/" + base
	}
	if strings.ContainsFunc(base, func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/", r)
	}) {
		return "", d.unusable("the path of its first server, %q, has other characters than letters, digits and -._~/", base)
	}
	return base, nil
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}
