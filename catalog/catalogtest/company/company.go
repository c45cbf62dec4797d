// Package company generates the catalog of a company of any size: divisions
// with groups, users, systems, resources, and services, each in a folder of its
// own with a component and an API whose document is about 5 kB. The same size
// gives the same company.
package company

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const (
	fewDivisions = 10
	perDivision  = 20_000 // entities, at most, of a large company: a location has a limit
)

// Divisions returns how many folders a company with n entities has. Each is a
// location of its own.
func Divisions(n int) int { return max(fewDivisions, n/perDivision) }

// Shares of a company's entities; what is left are services, two entities each.
const (
	perGroup    = 60
	perUser     = 8
	perSystem   = 25
	perResource = 20
)

// File is one catalog file, with a path below the company's folder.
type File struct {
	Path    string
	Content []byte
}

// Size says how many entities of each kind a company has.
type Size struct{ divisions, Domains, Groups, Users, Systems, Resources, Services int }

// SizeOf returns the size of a company with n entities; n is at least 1,000.
func SizeOf(n int) Size {
	s := Size{divisions: Divisions(n), Domains: Divisions(n), Groups: n / perGroup, Users: n / perUser, Systems: n / perSystem, Resources: n / perResource}
	s.Services = (n - s.Domains - s.Groups - s.Users - s.Systems - s.Resources) / 2
	s.Resources = n - s.Domains - s.Groups - s.Users - s.Systems - 2*s.Services
	return s
}

// Each calls fn with every file of a company with n entities.
func Each(n int, fn func(File) error) error {
	s := SizeOf(n)
	for division := range s.divisions {
		folder := Folder(division)
		for _, f := range []File{
			{Path: folder + "/org/groups/catalog-info.yaml", Content: s.groups(division)},
			{Path: folder + "/org/users/catalog-info.yaml", Content: s.users(division)},
			{Path: folder + "/systems/catalog-info.yaml", Content: s.systems(division)},
			{Path: folder + "/resources/catalog-info.yaml", Content: s.resources(division)},
		} {
			if err := fn(f); err != nil {
				return err
			}
		}
		for i := division; i < s.Services; i += s.divisions {
			path := fmt.Sprintf("%s/services/service-%05d/catalog-info.yaml", folder, i)
			if err := fn(File{Path: path, Content: s.Service(i, "")}); err != nil {
				return err
			}
		}
	}
	return nil
}

// Folder returns the name of a division's folder.
func Folder(division int) string { return fmt.Sprintf("division-%02d", division) }

// Write writes a company with n entities into a folder.
func Write(dir string, n int) error {
	return Each(n, func(f File) error {
		path := filepath.Join(dir, filepath.FromSlash(f.Path))
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			return err
		}
		return os.WriteFile(path, f.Content, 0o600)
	})
}

// Service returns the file of one service; note becomes part of its description.
func (s Size) Service(i int, note string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: service-%05[1]d
  title: Service %[1]d
  description: Takes the orders of region %[1]d and hands them on%[2]s
  labels: {tier: "%[3]d"}
  annotations:
    github.com/project-slug: acme/service-%05[1]d
    backstage.io/techdocs-ref: dir:.
  tags: [%[4]s, %[5]s]
  links:
    - {url: "https://grafana.acme.example/d/service-%05[1]d", title: Dashboard, icon: dashboard}
spec:
  type: %[6]s
  lifecycle: %[7]s
  owner: team-%04[8]d
  system: system-%04[9]d
  providesApis: [service-%05[1]d]
  consumesApis: [service-%05[10]d, service-%05[11]d]
  dependsOn: [resource:resource-%05[12]d]
---
apiVersion: backstage.io/v1alpha1
kind: API
metadata:
  name: service-%05[1]d
  description: What others may ask service %[1]d
spec:
  type: openapi
  lifecycle: %[7]s
  owner: team-%04[8]d
  system: system-%04[9]d
  definition: |
`, i, note, i%4, of(i, "go", "java", "typescript", "python"), of(i/4, "http", "events", "batch"),
		of(i, "service", "service", "website", "library", "worker"), of(i, "production", "production", "experimental", "deprecated"),
		i%s.Groups, i%s.Systems, (i*7+1)%s.Services, (i*13+5)%s.Services, i%s.Resources)
	document(&b, i)
	return b.Bytes()
}

// document writes an OpenAPI document of about 5 kB, indented for YAML.
func document(b *bytes.Buffer, i int) {
	const paths = 11
	fmt.Fprintf(b, "    openapi: 3.1.0\n    info: {title: Service %d, version: 1.%d.0}\n    paths:\n", i, i%20)
	for n := range paths {
		fmt.Fprintf(b, `      /orders-%[1]d/{id}:
        get:
          operationId: getOrder%[1]d
          summary: Return one order of region %[2]d by its id
          parameters:
            - {name: id, in: path, required: true, schema: {type: string, format: uuid}}
          responses:
            "200":
              description: The order
              content: {application/json: {schema: {type: object, properties: {id: {type: string}, total: {type: integer}}}}}
            "404": {description: There is no such order}
`, n, i)
	}
}

func (s Size) groups(division int) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "apiVersion: backstage.io/v1alpha1\nkind: Domain\nmetadata: {name: domain-%02d}\nspec: {owner: team-%04d}\n",
		division, division%s.Groups)
	for i := division; i < s.Groups; i += s.divisions {
		parent := ""
		if i >= 2*s.divisions {
			parent = fmt.Sprintf("parent: team-%04d, ", i%s.divisions)
		}
		fmt.Fprintf(&b, `---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: team-%04[1]d, description: Looks after its services}
spec: {type: team, %[2]schildren: [], profile: {displayName: Team %[1]d, email: team-%[1]d@acme.example}}
`, i, parent)
	}
	return b.Bytes()
}

func (s Size) users(division int) []byte {
	var b bytes.Buffer
	for i := division; i < s.Users; i += s.divisions {
		fmt.Fprintf(&b, `---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: {name: user-%05[1]d}
spec: {memberOf: [team-%04[2]d], profile: {displayName: Person %[1]d, email: user-%[1]d@acme.example}}
`, i, i%s.Groups)
	}
	return b.Bytes()
}

func (s Size) systems(division int) []byte {
	var b bytes.Buffer
	for i := division; i < s.Systems; i += s.divisions {
		fmt.Fprintf(&b, `---
apiVersion: backstage.io/v1alpha1
kind: System
metadata: {name: system-%04[1]d, description: Everything about region %[1]d}
spec: {owner: team-%04[2]d, domain: domain-%02[3]d}
`, i, i%s.Groups, i%s.divisions)
	}
	return b.Bytes()
}

func (s Size) resources(division int) []byte {
	var b bytes.Buffer
	for i := division; i < s.Resources; i += s.divisions {
		fmt.Fprintf(&b, `---
apiVersion: backstage.io/v1alpha1
kind: Resource
metadata: {name: resource-%05[1]d, annotations: {acme.example/account: "%[1]d"}}
spec: {type: %[2]s, owner: team-%04[3]d, system: system-%04[4]d}
`, i, of(i, "database", "bucket", "queue"), i%s.Groups, i%s.Systems)
	}
	return b.Bytes()
}

func of(i int, values ...string) string { return strings.TrimSpace(values[i%len(values)]) }
