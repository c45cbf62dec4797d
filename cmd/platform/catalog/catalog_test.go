package catalog

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/goldenpath/platform/cmd/internal/cli/clitest"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/types"
)

func entity(name string) types.Entity {
	return types.Entity{
		Ref: "component:default/" + name, Kind: "Component", Metadata: types.EntityMetadata{Name: name, Namespace: "default", Title: "T " + name},
		Spec:      map[string]any{"type": "service", "owner": "checkout", "lifecycle": "production"},
		Relations: []types.Relation{{Type: "ownedBy", TargetRef: "group:default/checkout"}},
	}
}

func TestCatalog(t *testing.T) {
	t.Parallel()
	good := types.Registration{Location: types.Location{Target: "/x"}, Entities: []string{"component:default/orders"}, Problems: []types.SourceProblem{}}
	problem := types.SourceProblem{Where: "catalog-info.yaml:7", Field: "metadata.name", Message: "is not valid.", Hint: "Use dashes."}
	partly := types.Registration{Location: types.Location{Target: "/x"}, Entities: []string{"component:default/orders"}, Problems: []types.SourceProblem{problem}}
	nothing := types.Registration{Location: types.Location{Target: "/x"}, Entities: []string{}, Problems: []types.SourceProblem{problem}}
	for _, tt := range []struct {
		name  string
		line  string
		setup func(*clitest.Server)
		want  int
		out   string
		err   string
		asked string
	}{
		{
			name: "list", line: "list order --kind component,api --owner checkout --limit 2", asked: "GET /entities?kind=component&kind=api&owner=checkout&q=order&limit=2",
			setup: func(s *clitest.Server) {
				s.Answer("GET /entities", 200, types.EntityPage{Items: []types.Entity{entity("orders")}, Total: 3})
			},
			out: "component:default/orders   service   checkout   production   T orders\n", err: "1 of 3 shown.",
		},
		{
			name: "an empty catalog teaches", line: "list", out: "", err: "The catalog is empty. Fill it: platform catalog register",
			setup: func(s *clitest.Server) { s.Answer("GET /entities", 200, types.EntityPage{Items: []types.Entity{}}) },
		},
		{
			name: "nothing matches", line: "list --owner x", err: "Nothing in the catalog matches.",
			setup: func(s *clitest.Server) { s.Answer("GET /entities", 200, types.EntityPage{Items: []types.Entity{}}) },
		},
		{
			name: "get by bare name", line: "get orders", asked: "GET /entities/component/default/orders", out: "ownedBy    group:default/checkout\n",
			setup: func(s *clitest.Server) { s.Answer("GET /entities/component/default/orders", 200, entity("orders")) },
		},
		{
			name: "get by whole name", line: "get api:shop/orders", asked: "GET /entities/api/shop/orders", out: "Owner:      checkout\n",
			setup: func(s *clitest.Server) { s.Answer("GET /entities/api/shop/orders", 200, entity("orders")) },
		},
		{
			name: "get what is not there", line: "get oders", want: 4, err: "Error: component:default/oders is not in the catalog.\nHint:  Did you mean orders?\n",
			setup: func(s *clitest.Server) {
				s.Fail("GET /entities/component/default/oders", fault.New(fault.NotFound, "component:default/oders is not in the catalog.").WithHint("Did you mean orders?"))
			},
		},
		{name: "get what is no name", line: "get a:b:c", want: 2, err: "does not name an entity"},
		{
			name: "register a file", line: "register info.yaml", out: "component:default/orders\n", err: "1 entity registered.", asked: `POST /locations {"target":"DIR/info.yaml","type":"file"}`,
			setup: func(s *clitest.Server) { s.Answer("POST /locations", 200, good) },
		},
		{
			name: "register a repository", line: "register https://example.com/acme/orders.git --branch main --path sub", asked: `POST /locations {"branch":"main","path":"sub","target":"https://example.com/acme/orders.git"}`,
			setup: func(s *clitest.Server) { s.Answer("POST /locations", 200, good) }, out: "component",
		},
		{
			name: "register parts of an organisation", line: "register github-org:https://github.com/acme --repositories team-* --topic platform,go --path x/*.yaml --archived --forks",
			asked: `POST /locations {"organization":{"archived":true,"forks":true,"path":"x/*.yaml","repositories":"team-*","topics":["platform","go"]},"target":"github-org:https://github.com/acme"}`,
			setup: func(s *clitest.Server) { s.Answer("POST /locations", 200, good) }, out: "component",
		},
		{name: "settings of what is no organisation", line: "register https://github.com/acme/orders.git --topic x", want: 2, err: "is no organisation"},
		{
			name: "register an organisation", line: "register github-org:https://github.com/acme", asked: `POST /locations {"target":"github-org:https://github.com/acme"}`,
			setup: func(s *clitest.Server) {
				s.Answer("POST /locations", 200, types.Registration{Location: types.Location{Type: types.LocationTypeGithubOrg}, Entities: []string{}, Problems: []types.SourceProblem{}, Repositories: &types.RepositoryCount{All: 9, Looked: 7, Found: 2}})
			},
			err: "Of 7 repositories, 2 have a catalog file and are being read",
		},
		{
			name: "register by ssh", line: "register git@example.com:acme/orders.git", asked: `POST /locations {"target":"git@example.com:acme/orders.git"}`,
			setup: func(s *clitest.Server) { s.Answer("POST /locations", 200, good) }, out: "component",
		},
		{name: "register what is not there", line: "register gone.yaml", want: 4, err: "There is no file or folder gone.yaml."},
		{name: "register as what it cannot be", line: "register info.yaml --type ftp", want: 2, err: "There is no location type \"ftp\"."},
		{
			name: "register a file with a problem", line: "register info.yaml", want: 1, out: "component:default/orders\n",
			err:   "Error: 1 problem in /x.\n  catalog-info.yaml:7: metadata.name is not valid. Use dashes.\n",
			setup: func(s *clitest.Server) { s.Answer("POST /locations", 200, partly) },
		},
		{
			name: "register a file that holds nothing", line: "register info.yaml", want: 2, out: "", err: "Error: /x is registered and will be read again, but it defines nothing yet.\n",
			setup: func(s *clitest.Server) { s.Answer("POST /locations", 200, nothing) },
		},
		{
			name: "refresh by the path it was registered with", line: "refresh info.yaml", out: "component:default/orders\n",
			setup: func(s *clitest.Server) { s.Answer("POST /locations/l1/refresh", 200, good) },
		},
		{
			name: "remove by id", line: "remove l1", err: "l1 and its entities are no longer in the catalog.",
			setup: func(s *clitest.Server) {
				s.Handle("DELETE /locations/l1", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
			},
		},
		{name: "remove what is not registered", line: "remove other", want: 4, err: "No location other is registered."},
		{
			name: "errors of an owner", line: "errors --owner checkout", want: 1, asked: "GET /problems?owner=checkout",
			out: "catalog-info.yaml:7   component:default/orders   metadata.name   is not valid. Use dashes.\n",
			setup: func(s *clitest.Server) {
				p := problem
				p.Entity = "component:default/orders"
				s.Answer("GET /problems", 200, types.ProblemList{Items: []types.SourceProblem{p}})
			},
		},
		{
			name: "no errors", line: "errors --location info.yaml", err: "No problems.",
			setup: func(s *clitest.Server) {
				s.Answer("GET /problems", 200, types.ProblemList{Items: []types.SourceProblem{}})
			},
		},
		{name: "locations", line: "locations", out: "l0          /well"},
		{
			name: "history", line: "history orders --limit 2", asked: "GET /entities/component/default/orders/history?limit=2",
			out: "renamed from component:default/sales, spec.owner: checkout to none   component:default/orders   user:default/ada   0123456789\n" +
				"0001-01-01 00:00:00   changed a, b, c and 1 more                                           component:default/orders   Bob                c0ffee Mend it\n",
			setup: func(s *clitest.Server) {
				s.Answer("GET /entities/component/default/orders/history", 200, types.History{Items: []types.EntityChange{
					{
						Operation: types.ChangePut, What: types.WhatRenamed, Entity: "component:default/orders", Previous: "component:default/sales",
						Actor: "user:default/ada", Commit: "0123456789abcdef", Fields: []types.FieldChange{{Path: "spec.owner", Before: "checkout"}},
					},
					{
						Operation: types.ChangePut, What: types.WhatChanged, Entity: "component:default/orders", Actor: "schedule", Commit: "beef",
						Fields:    []types.FieldChange{{Path: "a"}, {Path: "b"}, {Path: "c"}, {Path: "d"}},
						ChangedBy: []types.CommitOfChange{{Commit: "c0ffee", Author: "Bob", Subject: "Mend it"}},
					},
				}})
			},
		},
		{
			name: "owners", line: "owners orders", out: "group:default/retail     not in the catalog   group:default/checkout\n",
			setup: func(s *clitest.Server) {
				s.Answer("GET /entities/component/default/orders/owners", 200, types.OwnerList{Items: []types.EntityOwner{
					{Ref: "group:default/checkout", Title: "Checkout", Via: []string{}},
					{Ref: "group:default/retail", Title: "retail", Missing: true, Via: []string{"group:default/checkout"}},
				}})
			},
		},
		{
			name: "owned by a bare name", line: "owned checkout --transitive", asked: "GET /entities/group/default/checkout/owned?transitive=true", out: "component:default/orders\n",
			setup: func(s *clitest.Server) {
				s.Answer("GET /entities/group/default/checkout/owned", 200, types.RefList{Items: []string{"component:default/orders"}})
			},
		},
		{
			name: "graph", line: "graph orders --depth 2 --direction in", out: "component:default/orders   consumesApi   api:default/stock   not in the catalog\n",
			asked: "GET /entities/component/default/orders/graph?depth=2&direction=in&limit=500",
			setup: func(s *clitest.Server) { s.Answer("GET /entities/component/default/orders/graph", 200, drawn()) },
		},
		{
			name: "graph for Mermaid", line: "graph orders --draw mermaid", out: "graph LR\n  n0[\"Component: Orders #lt;new#gt;\"]\n  n1[\"API: stock\"]\n  n0 -->|consumesApi| n1\n",
			setup: func(s *clitest.Server) { s.Answer("GET /entities/component/default/orders/graph", 200, drawn()) },
		},
		{
			name: "graph for Graphviz", line: "graph orders --draw dot", out: `"component:default/orders" -> "api:default/stock" [label="consumesApi"];`,
			setup: func(s *clitest.Server) { s.Answer("GET /entities/component/default/orders/graph", 200, drawn()) },
		},
		{name: "graph as what nobody draws", line: "graph orders --draw png", want: 2, err: "Use --draw dot or --draw mermaid."},
		{
			name: "health that nobody knows", line: "health orders", want: 3, out: "component:default/orders   owner-exists   unknown   Nobody looked.   nobody looked\n",
			setup: func(s *clitest.Server) {
				s.Answer("GET /entities/component/default/orders/health", 200, types.FindingList{Items: []types.Finding{finding(types.FindingUnknown)}})
			},
		},
		{
			name: "health that is bad", line: "health --owner checkout", want: 1, asked: "GET /ownership?owner=checkout",
			setup: func(s *clitest.Server) {
				s.Answer("GET /ownership", 200, types.FindingList{Items: []types.Finding{finding(types.FindingUnknown), finding(types.FindingFail)}})
			},
		},
		{
			name: "health that is good", line: "health", asked: "GET /ownership",
			setup: func(s *clitest.Server) {
				s.Answer("GET /ownership", 200, types.FindingList{Items: []types.Finding{finding(types.FindingPass)}})
			},
		},
		{name: "health of two things", line: "health orders --owner checkout", want: 2, err: "not both"},
		{
			name: "documents", line: "docs orders", out: "index.md   techdocs   Orders   7\n",
			setup: func(s *clitest.Server) {
				s.Answer("GET /entities/component/default/orders/documents", 200, documents())
			},
		},
		{
			name: "one document", line: "docs orders index.md", out: "# Orders",
			setup: func(s *clitest.Server) {
				s.Answer("GET /entities/component/default/orders/documents", 200, documents())
				s.Handle("GET /documents/d1", func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Content-Type", "text/markdown")
					_, _ = w.Write([]byte("# Orders"))
				})
			},
		},
		{
			name: "a document that is not there", line: "docs orders none.md", want: 4, err: "has no document none.md",
			setup: func(s *clitest.Server) {
				s.Answer("GET /entities/component/default/orders/documents", 200, documents())
			},
		},
		{
			name: "delete", line: "delete orders", err: "component:default/orders is no longer in the catalog.\nservices/catalog-info.yaml defines it",
			setup: func(s *clitest.Server) {
				e := entity("orders")
				e.Source.Path = "services/catalog-info.yaml"
				s.Answer("GET /entities/component/default/orders", 200, e)
				s.Handle("DELETE /entities/component/default/orders", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
			},
		},
		{
			name: "refresh by an entity", line: "refresh component:orders", out: "component:default/orders\n",
			setup: func(s *clitest.Server) { s.Answer("POST /entities/component/default/orders/refresh", 200, good) },
		},
		{name: "push outside of a repository", line: "push info.yaml", want: 2, err: "is no git work tree"},
		{
			name: "push", line: "push info.yaml --repository https://example.com/acme/orders --branch main --commit c0ffee", out: "component:default/orders\n",
			asked: `POST /pushes {"branch":"main","commit":"c0ffee","entries":["info.yaml"],"files":[{"content":"","path":"info.yaml"}],"target":"https://example.com/acme/orders"}`,
			setup: func(s *clitest.Server) { s.Answer("POST /pushes", 200, good) },
		},
		{name: "push what is not there", line: "push gone.yaml --repository https://example.com/acme/orders --commit c0ffee", want: 4, err: "There is no file gone.yaml."},
		{name: "export to nowhere", line: "export", want: 2, err: "No folder is given."},
		{name: "export over files", line: "export --into .", want: 5, err: "The folder . is not empty."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server := clitest.NewServer()
			s := clitest.New(t, server)
			if err := os.WriteFile(filepath.Join(s.Env.Dir, "info.yaml"), nil, 0o600); err != nil {
				t.Fatal(err)
			}
			server.Answer("GET /locations", 200, types.LocationList{Items: []types.Location{
				{ID: "l0", Target: "/well", Problems: []types.SourceProblem{}},
				{ID: "l1", Target: filepath.Join(s.Env.Dir, "info.yaml"), Problems: []types.SourceProblem{problem}},
			}})
			if tt.setup != nil {
				tt.setup(server)
			}
			got := s.Run(t.Context(), Command(s.Env), append([]string{"catalog"}, strings.Fields(tt.line)...)...)
			if got != tt.want || !strings.Contains(s.Out.String(), tt.out) || !strings.Contains(s.Err.String(), tt.err) {
				t.Errorf("exit %d, want %d\nprinted %q\nsaid %q", got, tt.want, s.Out.String(), s.Err.String())
			}
			want := strings.ReplaceAll(tt.asked, "DIR", s.Env.Dir)
			if asked := server.Asked(); want != "" && (len(asked) == 0 || asked[0] != want) {
				t.Errorf("asked %v, want %q first", asked, want)
			}
		})
	}
}

func drawn() types.Graph {
	return types.Graph{
		Nodes: []types.GraphNode{
			{Ref: "component:default/orders", Kind: "Component", Title: "Orders <new>"}, {Ref: "api:default/stock", Kind: "API", Title: "stock", Missing: true, Depth: 1},
		},
		Edges: []types.GraphEdge{{Source: "component:default/orders", Type: "consumesApi", Target: "api:default/stock"}},
	}
}

func finding(state types.FindingState) types.Finding {
	return types.Finding{Entity: "component:default/orders", Check: "owner-exists", State: state, Message: "Nobody looked.", Source: "nobody looked"}
}

func documents() types.DocumentList {
	return types.DocumentList{Items: []types.EntityDocument{{Kind: types.DocumentTechDocs, Path: "index.md", Title: "Orders", Digest: "d1", Size: 7}}}
}

func TestListFetchesEveryPage(t *testing.T) {
	t.Parallel()
	server := clitest.NewServer()
	server.Handle("GET /entities", func(w http.ResponseWriter, r *http.Request) {
		var from int
		_, _ = fmt.Sscan(r.URL.Query().Get("cursor"), &from)
		page := types.EntityPage{Items: []types.Entity{entity(fmt.Sprint("e", from))}, Total: 3}
		if from < 2 {
			page.Next = strconv.Itoa(from + 1)
		}
		clitest.JSON(w, http.StatusOK, page)
	})
	s := clitest.New(t, server)
	if got := s.Run(t.Context(), Command(s.Env), "catalog", "list"); got != 0 || strings.Count(s.Out.String(), "component:default/e") != 3 {
		t.Errorf("exit %d, printed %q", got, s.Out.String())
	}
}
