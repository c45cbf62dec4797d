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
			name: "a library with several APIs", from: proposal.Repository{Origin: "https://git.example/a/b/lib.git"},
			files: files("pom.xml", "<project/>", "proto/stock.proto", "service Stock {\n}", "events/asyncapi.json", `{"asyncapi": "2.6.0"}`,
				"graph/schema.graphql", "type Query { a: Int }", "v2/openapi.json", "{\n  \"openapi\": \"3.0.1\"}", "messages.proto", "message A {}"),
			has: []string{"name: lib", "type: library", "tags: [java]", "name: lib-stock", "type: grpc", "name: lib-events-asyncapi", "name: lib-graph-graphql", "name: lib-v2-openapi"},
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
			if p.Owner == "" {
				p.Owner = "checkout"
			}
			file := string(p.YAML())
			for _, want := range tt.has {
				if !strings.Contains(file, want) {
					t.Errorf("it lacks %q:\n%s", want, file)
				}
			}
			for _, no := range tt.lacks {
				if strings.Contains(file, no) {
					t.Errorf("it has %q:\n%s", no, file)
				}
			}
			tt.files["catalog-info.yaml"] = &fstest.MapFile{Data: []byte(file)}
			entities, problems := catalog.Check(tt.files, "catalog-info.yaml")
			if len(problems) > 0 || len(entities) != 1+len(p.APIs) {
				t.Errorf("%d entities, %v, in\n%s", len(entities), problems, file)
			}
		})
	}
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
