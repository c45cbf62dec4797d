package proposal_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/catalog/proposal"
)

// files makes a repository from pairs of path and content.
func files(pairs ...string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for i := 0; i+1 < len(pairs); i += 2 {
		fsys[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return fsys
}

func TestProposals(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		from  proposal.Repository
		files fstest.MapFS
		has   []string
		lacks []string
	}{
		{
			name: "a Go service with everything", from: proposal.Repository{Folder: "x", Origin: "git@github.com:acme/order-service.git"},
			files: files(
				"go.mod", "module x", "cmd/orders/main.go", "package main", "api/openapi.yaml", "openapi: 3.1.0\ninfo: {title: Orders}\n",
				"deploy/app.yaml", "kind: Deployment\n", "mkdocs.yml", "site_name: x", ".github/CODEOWNERS", "# who\n*.md @ada\n* @acme/checkout @ada\n",
				"README.md", "# Orders: *all* of them\n\n[![badge](x)](y)\n\nTakes [orders](http://x) and\nhands them on.\n\nMore.\n",
				"vendor/other/openapi.yaml", "openapi: 3.0.0", "node_modules/p/package.json", "{}",
			),
			has: []string{
				"name: order-service # from the remote origin", "title: 'Orders: all of them'", "description: Takes orders and hands them on. # from README.md",
				"tags: [go] # from go.mod", "type: service # from deploy/app.yaml", "lifecycle: production # from deploy/app.yaml",
				"owner: checkout # from .github/CODEOWNERS", "github.com/project-slug: acme/order-service", "backstage.io/techdocs-ref: dir:.",
				"backstage.io/kubernetes-id: order-service", "providesApis:\n    - order-service", "$text: ./api/openapi.yaml",
			},
			lacks: []string{"vendor/other"},
		},
		{
			name: "a website", from: proposal.Repository{Folder: "shop front"},
			files: files("package.json", `{"dependencies": {"next": "1", "react-dom": "2"}}`, "tsconfig.json", "{}", "CODEOWNERS", "/src @grace\n"),
			has:   []string{"name: shop-front # from the folder", "type: website", "tags: [typescript]", "owner: user:grace", "lifecycle: experimental"},
			lacks: []string{"providesApis", "github.com/project-slug"},
		},
		{
			name: "a service with several APIs", from: proposal.Repository{Origin: "https://git.example/a/b/lib.git"},
			files: files("pom.xml", "<project/>", "proto/stock.proto", "service Stock {\n}", "events/asyncapi.json", `{"asyncapi": "2.6.0"}`,
				"graph/schema.graphql", "type Query { a: Int }", "v2/openapi.json", "{\n  \"openapi\": \"3.0.1\"}", "messages.proto", "message A {}"),
			has: []string{"name: lib", "type: service # from events/asyncapi.json", "tags: [java]", "name: lib-stock", "type: grpc", "name: lib-events", "name: lib-graph", "name: lib-v2"},
		},
		{
			name: "nothing at all", from: proposal.Repository{Folder: "___"}, files: files("a.txt", "x"),
			has: []string{"name: service", "type: service # because nothing says otherwise"}, lacks: []string{"tags:", "description:"},
		},
		{
			name: "names that YAML takes for something else", from: proposal.Repository{Folder: "1234"}, files: files("README.md", "# yes\n\n- no paragraph\n\n"),
			has: []string{`name: "1234"`, "title: "},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := proposal.Look(tt.files, tt.from)
			for _, one := range append(p.Components(), &p) {
				if one.Owner == "" {
					one.Owner = "checkout"
				}
			}
			checkFile(t, tt.files, p, tt.has, tt.lacks)
		})
	}
}

func TestEvidence(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		files fstest.MapFS
		has   []string
		lacks []string
	}{
		{
			name: "what a pom.xml says, and API files deep in a Java project",
			files: files("pom.xml", "<project><parent><artifactId>spring-boot-starter-parent</artifactId></parent><artifactId>billing-service</artifactId>"+
				"<description>Writes bills\n and sends them.</description></project>",
				"src/main/resources/static/openapi.yaml", "openapi: 3.0.0\n", "src/main/resources/openapi/admin-api.yaml", "openapi: 3.0.0\n", "src/main/resources/openapi/admin-api.json", `{"openapi": "3.0.0"}`),
			has: []string{
				"name: billing-service # from pom.xml", "description: Writes bills and sends them. # from pom.xml", "type: service # from src/main/resources/openapi/admin-api.json",
				"- billing-service\n", "- billing-service-admin\n",
			},
			lacks: []string{"java-src", "static-", "admin-api.yaml"},
		},
		{
			name:  "a scope is no part of the name",
			files: files("package.json", `{"name": "@acme/date-tools", "description": "Dates.", "peerDependencies": {"react": "18"}, "devDependencies": {"react-dom": "18"}}`),
			has:   []string{"name: date-tools # from package.json", "description: Dates. # from package.json", "type: library"},
		},
		{name: "a name that everybody has", files: files("package.json", `{"name": "my-app", "dependencies": {"express": "4"}}`), has: []string{"name: shop # from the folder", "type: service # from package.json needs express"}},
		{
			name:  "what a pyproject.toml says",
			files: files("pyproject.toml", "[project]\nname = \"Price_Tool\" # x\ndescription = 'Knows prices.'\ndependencies = [\n  \"fastapi\",\n]\n[tool.x]\nname = \"no\"\n"),
			has:   []string{"name: Price_Tool # from pyproject.toml", "description: Knows prices.", "type: service # from pyproject.toml needs fastapi"},
		},
		{name: "a Procfile starts something", files: files("Gemfile", "gem 'rack'", "Procfile", "web: x"), has: []string{"type: service # from Procfile"}},
		{name: "a chart deploys something", files: files("Cargo.toml", "[package]\nname = 'gull'\n", "helm/Chart.yaml", "name: gull\n"), has: []string{"name: gull", "type: service # from helm/Chart.yaml"}},
		{name: "pages", files: files("index.html", "<html>"), has: []string{"type: website # from index.html"}},
		{name: "a role is nobody", files: files("CODEOWNERS", "* @@ bad\n* @@maintainer\n/a @acme/ops\n"), has: []string{"owner: ops # from CODEOWNERS"}},
		{name: "owners on GitLab", files: files(".gitlab/CODEOWNERS", "[Code] @acme/sub/team\n*\n"), has: []string{"owner: team # from .gitlab/CODEOWNERS"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := proposal.Look(tt.files, proposal.Repository{Folder: "shop"})
			if p.Owner == "" {
				p.Owner = "checkout"
			}
			checkFile(t, tt.files, p, tt.has, tt.lacks)
		})
	}
}

func TestSeveralComponents(t *testing.T) {
	t.Parallel()
	owners := "* @acme/platform\n/services/a/ @acme/alpha\npackages/* @acme/web\n**/c @cleo\n"
	for _, tt := range []struct {
		name  string
		files fstest.MapFS
		want  []string // name, type, owner, folder
	}{
		{
			name: "services side by side",
			files: files("CODEOWNERS", owners, "README.md", "# Mono", "services/a/Dockerfile", "", "services/a/go.mod", "module a", "services/a/openapi.yaml", "openapi: 3.0.0\n",
				"services/b/package.json", `{"name": "@acme/bee", "description": "Buzzes."}`, "services/c/Dockerfile", ""),
			want: []string{"a service alpha services/a", "bee library platform services/b", "c service user:cleo services/c"},
		},
		{
			name: "workspaces of npm",
			files: files("CODEOWNERS", owners, "package.json", `{"name": "mono", "private": true, "workspaces": ["packages/*", "apps/web"]}`,
				"packages/ui/package.json", `{"name": "@acme/ui"}`, "packages/api-client/package.json", `{"name": "@acme/api-client"}`, "packages/none/x.txt", "",
				"apps/web/package.json", `{"name": "web", "dependencies": {"next": "1"}}`),
			want: []string{"mono-web website platform apps/web", "api-client library web packages/api-client", "mono-ui library web packages/ui"},
		},
		{
			name: "workspaces of pnpm", files: files("package.json", "{}", "pnpm-workspace.yaml", "packages:\n  - 'libs/**'\n  - '!libs/x'\n", "libs/a/package.json", `{"name": "alpha"}`, "libs/deep/b/package.json", `{"name": "beta"}`),
			want: []string{"alpha library  libs/a", "beta library  libs/deep/b"},
		},
		{
			name: "a workspace of Go", files: files("go.work", "go 1.24\n\nuse (\n\t./cart // x\n\t./pay\n)\n", "cart/go.mod", "module x", "cart/main.go", "", "pay/go.mod", "module y"),
			want: []string{"cart service  cart", "pay library  pay"},
		},
		{
			name: "modules of Maven",
			files: files("pom.xml", "<project><artifactId>parent</artifactId><modules><module>core</module><module>more</module></modules></project>",
				"core/pom.xml", "<project><artifactId>bank-core</artifactId></project>", "more/pom.xml", "<project><artifactId>more</artifactId><modules><module>web</module><module>db</module></modules></project>",
				"more/web/pom.xml", "<project><artifactId>bank-web</artifactId><dependencies><dependency><artifactId>spring-boot-starter-web</artifactId></dependency></dependencies></project>",
				"more/db/pom.xml", "<project><artifactId>bank-db</artifactId></project>"),
			want: []string{"bank-core library  core", "bank-db library  more/db", "bank-web service  more/web"},
		},
		{
			name: "a program beside its packages", files: files("go.mod", "module x", "main.go", "", "packages/a/package.json", "{}", "packages/b/package.json", "{}"),
			want: []string{"mono service  ", "a library  packages/a", "b library  packages/b"},
		},
		{
			name: "two at the top", files: files("frontend/package.json", `{"dependencies": {"vue": "3"}}`, "backend/pom.xml", "<project/>", "backend/Dockerfile", "", "docs/index.md", "# D"),
			want: []string{"mono-backend service  backend", "mono-frontend website  frontend"},
		},
		{name: "one package is no monorepo", files: files("package.json", `{"name": "one", "workspaces": ["packages/*"]}`, "packages/a/package.json", "{}"), want: []string{"one library  "}},
		{name: "a Go program with web pages is one thing", files: files("go.mod", "module x", "main.go", "", "web/package.json", "{}", "api/Dockerfile", ""), want: []string{"mono service  "}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := proposal.Look(tt.files, proposal.Repository{Folder: "mono"})
			var got []string
			for _, one := range p.Components() {
				got = append(got, strings.Join([]string{one.Name, one.Type, one.Owner, one.Folder}, " "))
				if one.Owner == "" {
					one.Owner = "checkout"
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("proposed %q, want %q", got, tt.want)
			}
			checkFile(t, tt.files, p, nil, nil)
		})
	}
}

// checkFile writes a proposal and reads it as the catalog does.
func checkFile(t *testing.T, fsys fstest.MapFS, p proposal.Proposal, has, lacks []string) {
	t.Helper()
	file := string(p.YAML())
	for _, want := range has {
		if !strings.Contains(file, want) {
			t.Errorf("it lacks %q:\n%s", want, file)
		}
	}
	for _, no := range lacks {
		if strings.Contains(file, no) {
			t.Errorf("it has %q:\n%s", no, file)
		}
	}
	fsys["catalog-info.yaml"] = &fstest.MapFile{Data: []byte(file)}
	entities, problems := catalog.Check(fsys, "catalog-info.yaml")
	count := 0
	for _, one := range p.Components() {
		count += 1 + len(one.APIs)
	}
	if len(problems) > 0 || len(entities) != count {
		t.Errorf("%d entities, %v, in\n%s", len(entities), problems, file)
	}
}

// FuzzManifests looks for manifests that make names nobody can have.
func FuzzManifests(f *testing.F) {
	f.Add("<project><artifactId>a</artifactId>", `{"name": "@a/b", "workspaces": {"packages": ["*"]}}`, "[project]\nname = 'x'\n", "use ( ./a")
	f.Add("<a><b>", `{"workspaces": ["**", "../x", "[a"]}`, "[workspace]\nmembers = [\n\"a\"", "include(':a:b')")
	f.Fuzz(func(t *testing.T, pom, npm, toml, more string) {
		fsys := files("a/pom.xml", pom, "b/package.json", npm, "c/pyproject.toml", toml, "d/Cargo.toml", toml, "go.work", more, "settings.gradle", more, "pnpm-workspace.yaml", more, "package.json", npm, "CODEOWNERS", more)
		p := proposal.Look(fsys, proposal.Repository{Folder: more})
		for _, one := range p.Components() {
			if one.Owner == "" {
				one.Owner = "checkout"
			}
		}
		if _, err := catalog.Parse("catalog-info.yaml", p.YAML()); err != nil {
			t.Errorf("%v in\n%s", err, p.YAML())
		}
	})
}

// FuzzLook looks for files that make the proposal wrong or never ending.
func FuzzLook(f *testing.F) {
	f.Add("# T\n\nText", "* @a/b", "openapi: 3.1.0", "name")
	f.Fuzz(func(t *testing.T, readme, owners, api, folder string) {
		fsys := files("README.md", readme, "CODEOWNERS", owners, "api.yaml", api)
		p := proposal.Look(fsys, proposal.Repository{Folder: folder})
		if p.Owner == "" {
			p.Owner = "checkout"
		}
		p.APIs = nil // what they say is not ours
		if _, err := catalog.Parse("catalog-info.yaml", p.YAML()); err != nil {
			t.Errorf("%v in\n%s", err, p.YAML())
		}
	})
}

// TestLookingAtFewFiles asks for files one by one, as over a network.
func TestLookingAtFewFiles(t *testing.T) {
	t.Parallel()
	content := map[string]string{
		"README.md": "# Orders\n\nTakes them.\n", "CODEOWNERS": "* @acme/checkout\n", "package.json": "{}", "go.mod": "module x", "tsconfig.json": "{}",
		"contract/orders-openapi.yaml": "openapi: 3.1.0\n", "zz/service.proto": "service X {\n", "vendor/x/openapi.yaml": "openapi: 3.0.0", "../x/openapi.yaml": "openapi: 3.0.0",
		"a\nb-openapi.yaml": "openapi: 3.0.0", "deploy/zz.yaml": "kind: Deployment\n",
	}
	for i := range 50 {
		content[fmt.Sprintf("deploy/%02d.yaml", i)] = "kind: ConfigMap\n"
		content[fmt.Sprintf("data/%02d.json", i)] = "{}"
	}
	asked := map[string]int{}
	head := func(name string) string {
		asked[name]++
		return content[name]
	}
	p := proposal.LookAt(slices.Collect(maps.Keys(content)), head, proposal.Repository{Folder: "orders", Reads: 12})
	for name, times := range asked {
		if times > 1 || strings.HasPrefix(name, "vendor/") || strings.HasPrefix(name, "..") || name == "tsconfig.json" || name == "go.mod" {
			t.Errorf("%q is asked for %d times", name, times)
		}
	}
	if len(asked) != 12 || p.Unread < 80 || p.Unread > 100 {
		t.Errorf("%d files are asked for, %d are not: %v", len(asked), p.Unread, asked)
	}
	if p.Title != "Orders" || p.Owner != "checkout" || len(p.APIs) != 2 || p.APIs[0].Type != "openapi" || p.APIs[1].Type != "grpc" {
		t.Errorf("proposed: %+v", p)
	}
}

// TestFewFilesOfManyPackages asks for no more of a repository with many packages
// than may be read, and says how many were not.
func TestFewFilesOfManyPackages(t *testing.T) {
	t.Parallel()
	content := map[string]string{"CODEOWNERS": "* @acme/all\n/services/s7/ @acme/seven\n"}
	for i := range 10 {
		folder := fmt.Sprintf("services/s%d/", i)
		content[folder+"package.json"] = fmt.Sprintf(`{"name": "@acme/shop-%d"}`, i)
		content[folder+"openapi.yaml"] = "openapi: 3.0.0\n"
		content[folder+"deploy/app.yaml"] = "kind: Deployment\n"
	}
	asked := map[string]int{}
	p := proposal.LookAt(slices.Collect(maps.Keys(content)), func(name string) string {
		asked[name]++
		return content[name]
	}, proposal.Repository{Folder: "mono", Reads: 8})
	if len(asked) != 8 || p.Unread == 0 || !p.Holder || len(p.Parts) != 10 {
		t.Errorf("%d files are asked for, %d are not; %d parts", len(asked), p.Unread, len(p.Parts))
	}
	for i, part := range p.Parts {
		want := "all"
		if i == 7 {
			want = "seven"
		}
		if part.Owner != want || part.Name == "" {
			t.Errorf("%s of %s in %s, want it of %s", part.Name, part.Owner, part.Folder, want)
		}
	}
}
