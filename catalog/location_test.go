package catalog_test

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/catalog/catalogtest"
	"github.com/goldenpath/platform/internal/fault"
)

func TestParseLocation(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text, branch string
		want               string
		path               string
		here               bool
		wantErr            string
	}{
		{name: "a relative folder", text: "./orders", want: "file:/home/ada/orders", here: true},
		{name: "the folder one is in", text: ".", want: "file:/home/ada", here: true},
		{name: "an absolute file", text: "/srv/x/../catalog-info.yaml", want: "file:/srv/catalog-info.yaml", here: true},
		{name: "a file address", text: "file:///srv/a.yaml", want: "file:/srv/a.yaml", here: true},
		{name: "a repository", text: "https://github.com/acme/orders.git", want: "git:https://github.com/acme/orders.git"},
		{name: "a repository's page", text: "https://github.com/acme/orders/", branch: "main", want: "git:https://github.com/acme/orders#main"},
		{name: "a file's page on GitHub", text: "https://github.com/acme/orders/blob/main/svc/catalog-info.yaml", want: "git:https://github.com/acme/orders#main:svc/catalog-info.yaml", path: "svc/catalog-info.yaml"},
		{name: "a folder's page on GitLab", text: "https://gitlab.com/a/b/c/-/tree/dev/svc", want: "git:https://gitlab.com/a/b/c#dev:svc", path: "svc"},
		{name: "a page of a tag", text: "https://github.com/acme/orders/tree/v1.2/svc", want: "git:https://github.com/acme/orders#v1.2:svc", path: "svc"},
		{name: "a page of a tag, all of it", text: "https://github.com/acme/orders/tree/v1.2/", want: "git:https://github.com/acme/orders#v1.2"},
		{name: "a page by its full branch", text: "https://github.com/acme/orders/blob/refs/heads/main/a.yaml", want: "git:https://github.com/acme/orders#main:a.yaml", path: "a.yaml"},
		{name: "a page by its full tag", text: "https://github.com/acme/orders/tree/refs/tags/v1", want: "git:https://github.com/acme/orders#refs/tags/v1"},
		{name: "a page of a branch with a slash, escaped", text: "https://github.com/acme/orders/blob/feature%2Fx/svc/a%20b.yaml", want: "git:https://github.com/acme/orders#feature/x:svc/a b.yaml", path: "svc/a b.yaml"},
		{name: "a page of a branch with a slash that is told", text: "https://github.com/acme/orders/tree/feature/x/svc", branch: "feature/x", want: "git:https://github.com/acme/orders#feature/x:svc", path: "svc"},
		{name: "a page, and another branch", text: "https://github.com/acme/orders/tree/main/svc", branch: "dev", want: "git:https://github.com/acme/orders#dev:svc", path: "svc"},
		{name: "a page on Gitea", text: "https://git.acme.io/acme/orders/src/branch/main/svc/a.yaml", want: "git:https://git.acme.io/acme/orders#main:svc/a.yaml", path: "svc/a.yaml"},
		{name: "a page of a tag on Gitea", text: "https://git.acme.io/acme/orders/src/tag/v1/a.yaml", want: "git:https://git.acme.io/acme/orders#refs/tags/v1:a.yaml", path: "a.yaml"},
		{name: "a page on Bitbucket", text: "https://bitbucket.org/acme/orders/src/main/catalog-info.yaml", want: "git:https://bitbucket.org/acme/orders#main:catalog-info.yaml", path: "catalog-info.yaml"},
		{name: "a file on the web below src", text: "https://acme.io/a/b/src/main/catalog-info.yaml", want: "url:https://acme.io/a/b/src/main/catalog-info.yaml"},
		{name: "a full branch", text: "https://github.com/acme/orders.git", branch: "refs/heads/feature/x", want: "git:https://github.com/acme/orders.git#feature/x"},
		{name: "a full tag", text: "https://github.com/acme/orders.git", branch: "refs/tags/v1", want: "git:https://github.com/acme/orders.git#refs/tags/v1"},
		{name: "a file's page on Bitbucket", text: "https://bitbucket.org/acme/orders/src/main/catalog-info.yaml", want: "git:https://bitbucket.org/acme/orders#main:catalog-info.yaml", path: "catalog-info.yaml"},
		{name: "a file's page on a company's own Bitbucket", text: "https://git.acme.io/projects/SHOP/repos/orders/browse/catalog-info.yaml?at=refs/heads/main", want: "git:https://git.acme.io/scm/shop/orders.git#main:catalog-info.yaml", path: "catalog-info.yaml"},
		{name: "a file's page on Gitea", text: "https://git.acme.io/acme/orders/src/branch/main/catalog-info.yaml", want: "git:https://git.acme.io/acme/orders#main:catalog-info.yaml", path: "catalog-info.yaml"},
		{name: "a file's page on Azure DevOps", text: "https://dev.azure.com/acme/shop/_git/orders?path=/catalog-info.yaml&version=GBmain", want: "git:https://dev.azure.com/acme/shop/_git/orders#main:catalog-info.yaml", path: "catalog-info.yaml"},
		{name: "the button Raw on GitHub", text: "https://github.com/acme/orders/raw/main/catalog-info.yaml", want: "git:https://github.com/acme/orders#main:catalog-info.yaml", path: "catalog-info.yaml"},
		{name: "content on GitHub", text: "https://raw.githubusercontent.com/acme/orders/main/catalog-info.yaml", want: "url:https://raw.githubusercontent.com/acme/orders/main/catalog-info.yaml"},
		{name: "an address for ssh", text: "git@github.com:acme/orders.git", want: "git:git@github.com:acme/orders.git"},
		{name: "a bare repository on this machine", text: "/srv/git/orders.git", want: "git:/srv/git/orders.git", here: true},
		{name: "a repository by file address", text: "file:///srv/git/orders.git", want: "git:file:///srv/git/orders.git", here: true},
		{name: "a file on the web", text: "https://acme.io/all/catalog-info.yaml?x=1#y", want: "url:https://acme.io/all/catalog-info.yaml?x=1"},
		{name: "an organisation", text: "github-org:https://github.com/acme/", want: "github-org:https://github.com/acme"},
		{name: "an organisation without a name", text: "github-org:https://github.com/", wantErr: "is no address of an organisation"},
		{name: "a password in a file's address", text: "https://ada:secret@acme.io/a.yaml", wantErr: "The address holds a name or a password"},
		{name: "a branch of a file on the web", text: "https://acme.io/a.yaml", branch: "main", wantErr: "only a repository has a branch"},
		{name: "nothing", text: " ", wantErr: "No location is given."},
		{name: "something that is no text", text: "/srv/a\x00b", wantErr: "is no readable text"},
		{name: "a password in the address", text: "https://ada:secret@github.com/a/b", wantErr: "The address holds a password"},
		{name: "a branch of a folder", text: "/srv/a", branch: "main", wantErr: "only a repository has a branch"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			raw, err := catalog.ParseLocation(tt.text, tt.branch, "/home/ada")
			if tt.wantErr != "" {
				if err == nil || !strings.Contains(err.Error(), tt.wantErr) || fault.From(err).Hint == "" {
					t.Fatalf("ParseLocation = %v, want %q with a hint", err, tt.wantErr)
				}
				return
			}
			if err != nil || raw.String() != tt.want || raw.Path != tt.path || raw.OnThisMachine() != tt.here {
				t.Errorf("ParseLocation = %s, %v (path %q, here %t), want %s", raw, err, raw.Path, raw.OnThisMachine(), tt.want)
			}
		})
	}
}

func group(name string) *fstest.MapFile {
	return &fstest.MapFile{Data: fmt.Appendf(nil, "apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: %s}\nspec: {type: team, children: []}\n", name)}
}

func location(name, spec string) *fstest.MapFile {
	return &fstest.MapFile{Data: fmt.Appendf(nil, "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: %s}\nspec: %s\n", name, spec)}
}

func TestWhichFilesAreRead(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		files    fstest.MapFS
		target   string
		want     []string // names
		problems []string
		wantErr  string
	}{
		{
			name: "a file at the top speaks for the folder", target: "/r", want: []string{"top"},
			files: fstest.MapFS{"catalog-info.yaml": group("top"), "svc/catalog-info.yaml": group("svc")},
		},
		{
			name: "files below count when there is none at the top", target: "/r", want: []string{"a", "b"},
			files: fstest.MapFS{
				"svc/a/catalog-info.yaml": group("a"), "svc/b/catalog-info.yml": group("b"), "other.yaml": group("other"),
				"node_modules/x/catalog-info.yaml": group("x"), ".git/catalog-info.yaml": group("git"),
			},
		},
		{
			name: "without any, files that start like entities", target: "/r", want: []string{"a"},
			files: fstest.MapFS{"org/groups.yaml": group("a"), "deploy.yaml": {Data: []byte("apiVersion: apps/v1\nkind: Deployment\n")}, "notes.txt": group("n")},
		},
		{
			name: "a file is read whatever it is called", target: "/r/entities.txt", want: []string{"a"},
			files: fstest.MapFS{"entities.txt": group("a"), "catalog-info.yaml": group("other")},
		},
		{
			name: "locations name further files, by pattern too", target: "/r", want: []string{"a", "b", "c", "d", "root"},
			files: fstest.MapFS{
				"catalog-info.yaml": location("root", "{targets: [./x/a.yaml, teams/*.yaml, \"deep/**/d.yaml\"], target: other/b.yaml}"),
				"x/a.yaml":          group("a"), "other/b.yaml": group("b"), "teams/c.yaml": group("c"), "deep/1/2/d.yaml": group("d"),
			},
		},
		{
			name: "each star of a pattern is one level", target: "/r", want: []string{"b", "root"},
			files: fstest.MapFS{
				"catalog-info.yaml": location("root", "{targets: ['./*/*/g.yaml']}"), "x/g.yaml": group("a"), "x/y/g.yaml": group("b"), "x/y/z/g.yaml": group("c"),
			},
		},
		{
			name: "a missing target is a problem, an optional one is not", target: "/r", want: []string{"one", "two"},
			files: fstest.MapFS{
				"catalog-info.yaml": {Data: append(append(location("one", "{target: none.yaml}").Data, "---\n"...), location("two", "{target: nil.yaml, presence: optional}").Data...)},
			},
			problems: []string{"catalog-info.yaml:4: Target cannot be read: There is no file none.yaml."},
		},
		{
			name: "a problem with a target is where the target is written", target: "/r", want: []string{"one"},
			files: fstest.MapFS{"catalog-info.yaml": {Data: []byte("apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: one}\nspec:\n  target: one.yaml\n  targets:\n  - ../two.yaml\n")}},
			problems: []string{
				"catalog-info.yaml:7: Target cannot be read: ../two.yaml leads out of the location.",
				"catalog-info.yaml:5: Target cannot be read: There is no file one.yaml.",
			},
		},
		{
			name: "locations that name each other end", target: "/r", want: []string{"a", "b"},
			files: fstest.MapFS{"catalog-info.yaml": location("a", "{targets: [b.yaml]}"), "b.yaml": location("b", "{targets: [catalog-info.yaml, ./b.yaml]}")},
		},
		{name: "a pattern that matches nothing", target: "/r", want: []string{"a"}, files: fstest.MapFS{"catalog-info.yaml": location("a", "{target: none/*.yaml}")}, problems: []string{"catalog-info.yaml:4: Nothing matches the target none/*.yaml."}},
		{
			name: "braces stand for either", target: "/r", want: []string{"a", "b", "root"},
			files: fstest.MapFS{
				"catalog-info.yaml": location("root", "{targets: ['./{x,y}/*.{yaml,yml}']}"), "x/g.yaml": group("a"), "y/g.yml": group("b"), "z/g.yaml": group("c"),
			},
		},
		{
			name: "a name with brackets is a name first", target: "/r", want: []string{"a", "root"},
			files: fstest.MapFS{"catalog-info.yaml": location("root", "{targets: ['./app/[id]/g.yaml']}"), "app/[id]/g.yaml": group("a"), "app/i/g.yaml": group("b")},
		},
		{
			name: "a pattern that stands for too many", target: "/r", want: []string{"a"},
			files:    fstest.MapFS{"catalog-info.yaml": location("a", "{target: './"+strings.Repeat("{a,b}", 8)+".yaml'}")},
			problems: []string{"catalog-info.yaml:4: The braces of the pattern " + strings.Repeat("{a,b}", 8) + ".yaml stand for more than 200 patterns."},
		},
		{
			name: "a pattern that is not closed", target: "/r", want: []string{"a"}, files: fstest.MapFS{"catalog-info.yaml": location("a", "{target: './{a,b.yaml'}")},
			problems: []string{"catalog-info.yaml:4: A bracket or brace of the pattern {a,b.yaml is not closed."},
		},
		{
			name: "what git keeps for itself", target: "/r", want: []string{"a"}, files: fstest.MapFS{"catalog-info.yaml": location("a", "{target: .git/config}"), ".git/config": group("b")},
			problems: []string{"catalog-info.yaml:4: Target cannot be read: .git/config leads into the folder of git itself."},
		},
		{name: "a file that is no YAML", target: "/r/passwd", files: fstest.MapFS{"passwd": {Data: []byte("root:x:0:0:root:/root:/bin/sh\nada:x:1:\t- a\n")}}, wantErr: "/r/passwd holds no catalog entity."},
		{name: "YAML that is no entity", target: "/r/compose.yaml", files: fstest.MapFS{"compose.yaml": {Data: []byte("services: {db: {image: postgres}}\n")}}, wantErr: "/r/compose.yaml holds no catalog entity."},
		{name: "an entity that is no YAML is kept as a problem", target: "/r/a.yaml", files: fstest.MapFS{"a.yaml": {Data: []byte("apiVersion: backstage.io/v1alpha1\nkind: [\n")}}, problems: []string{"a.yaml:2: This is not valid YAML: did not find expected node content."}},
		{name: "no entity anywhere", target: "/r", files: fstest.MapFS{"README.md": {Data: []byte("hello")}}, wantErr: "/r holds no catalog entity."},
		{name: "an empty file", target: "/r/catalog-info.yaml", files: fstest.MapFS{"catalog-info.yaml": {}}, wantErr: "/r/catalog-info.yaml holds no catalog entity."},
		{name: "no such file", target: "/r/none.yaml", files: fstest.MapFS{}, wantErr: "There is no file or folder /r/none.yaml."},
		{name: "a relative path", target: "r", files: fstest.MapFS{}, wantErr: "r is not an absolute path."},
		{name: "only broken entities are kept as problems", target: "/r", files: fstest.MapFS{"catalog-info.yaml": {Data: []byte("kind: Group\n")}}, problems: []string{
			"catalog-info.yaml:1: Malformed envelope, <root> must have required property 'apiVersion'",
			"catalog-info.yaml:1: Malformed envelope, <root> must have required property 'metadata'",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := catalogtest.New(map[string]fs.FS{"/r": tt.files})
			r, err := c.Register(t.Context(), catalog.Location{Target: tt.target})
			locations, listErr := c.Locations(t.Context())
			if listErr != nil {
				t.Fatal(listErr)
			}
			if tt.wantErr != "" {
				if err == nil || err.Error() != tt.wantErr || fault.From(err).Hint == "" {
					t.Errorf("Register = %v, want %q with a hint", err, tt.wantErr)
				}
				if len(locations) != 0 {
					t.Errorf("left behind: %v", locations)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var names, problems []string
			for _, ref := range r.Entities {
				names = append(names, ref.Name)
			}
			for _, p := range r.Problems {
				problems = append(problems, p.String())
			}
			if diff := cmp.Diff(tt.want, names); diff != "" {
				t.Errorf("entities (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.problems, problems); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLimitsOfALocation(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{}
	for i := range 12 {
		files[fmt.Sprintf("s%02d/catalog-info.yaml", i)] = group(fmt.Sprintf("g%02d", i))
	}
	chain := fstest.MapFS{"catalog-info.yaml": location("l0", "{target: l1.yaml}")}
	for i := range 9 {
		chain[fmt.Sprintf("l%d.yaml", i+1)] = location(fmt.Sprintf("l%d", i+1), fmt.Sprintf("{target: l%d.yaml}", i+2))
	}
	base := catalog.DefaultLimits()
	tests := []struct {
		name   string
		files  fs.FS
		change func(l *catalog.Limits)
		want   int
		says   string
	}{
		{"files", files, func(l *catalog.Limits) { l.Files = 5 }, 5, "The location has more than 5 catalog files."},
		{"files that are passed by", files, func(l *catalog.Limits) { l.Walked = 9 }, 4, "The location has more than 9 files and folders."},
		{"entities", files, func(l *catalog.Limits) { l.Entities = 7 }, 7, "The location has more than 7 entities."},
		{"levels", chain, func(l *catalog.Limits) { l.Locations = 3 }, 4, "Locations name each other on more than 3 levels."},
		{"bytes of a file", fstest.MapFS{"catalog-info.yaml": group(strings.Repeat("a", 2000))}, func(l *catalog.Limits) { l.File = 1000 }, 0, "is larger than 1000 bytes."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			limits := base
			tt.change(&limits)
			r, err := catalogtest.New(map[string]fs.FS{"/r": tt.files}).WithLimits(limits).Register(t.Context(), catalog.Location{Target: "/r"})
			if err != nil {
				t.Fatal(err)
			}
			if len(r.Entities) != tt.want || len(r.Problems) == 0 || !strings.Contains(r.Problems[0].Message, tt.says) {
				t.Errorf("%d entities, problems %v; want %d and %q", len(r.Entities), r.Problems, tt.want, tt.says)
			}
		})
	}
}
