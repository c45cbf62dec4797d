package portal

import (
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/goldenpath/platform/catalog"
)

// forkliftFile is where the world's entity is written down that never became
// visible: its file names no owner.
const forkliftFile = "forklift/catalog-info.yaml"

// depot is a repository of the world in which things go wrong.
type depot struct{ files fstest.MapFS }

func newDepot() depot {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	return depot{fstest.MapFS{
		"printer/catalog-info.yaml": file(printerFile("  lifecycle: production\n")),
		"printer/mkdocs.yml":        file("site_name: Label printer\n"),
		"printer/docs/index.md":     file("# The label printer\n\nIt prints labels.\n"),
		"lift/catalog-info.yaml":    file("apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: lift}\nspec: {type: service, lifecycle: production, owner: warehouse}\n"),
		"crane/catalog-info.yaml":   file("apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: crane}\nspec: {type: service, lifecycle: production, owner: warehouse}\n"),
		"belt/catalog-info.yaml":    file("apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: old-belt}\nspec: {type: service, lifecycle: production, owner: warehouse}\n"),
	}}
}

// printerFile describes the label printer; lines are the end of its spec.
func printerFile(lines string) string {
	return "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: label-printer\n" +
		"  annotations: {backstage.io/techdocs-ref: dir:., backstage.io/source-location: url:https://git.example.com/acme/printer/}\n" +
		"spec:\n  type: service\n  owner: warehouse\n" + lines
}

func (d depot) fs() fs.FS { return d.files }

// change takes files away and gives an entity a new name.
func (d depot) change() {
	delete(d.files, "lift/catalog-info.yaml")
	delete(d.files, "crane/catalog-info.yaml")
	d.files["belt/catalog-info.yaml"] = &fstest.MapFile{Data: []byte("apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: belt}\nspec: {type: service, lifecycle: production, owner: warehouse}\n")}
}

// spoil adds an entity that another location defines too, one that nobody can
// own, and a file that nobody can read any more, from its line 9 on.
func (d depot) spoil() {
	d.files["orders/catalog-info.yaml"] = &fstest.MapFile{Data: []byte("apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: orders}\nspec: {type: service, lifecycle: production, owner: warehouse}\n")}
	d.files[forkliftFile] = &fstest.MapFile{Data: []byte("apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: forklift}\nspec: {type: service, lifecycle: production}\n")}
	d.files["printer/catalog-info.yaml"] = &fstest.MapFile{Data: []byte(printerFile("  lifecycle: [production\n"))}
}

// fillDepot reads the depot, and again whenever something went wrong, and deletes
// one of its orphans.
func fillDepot(t *testing.T, cat *catalog.Catalog, d depot) {
	t.Helper()
	ctx := catalog.WithActor(t.Context(), "ada")
	r, err := cat.Register(ctx, catalog.Location{Type: catalog.LocationFile, Target: "/srv/depot"})
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []func(){d.change, d.spoil} {
		step()
		if _, err := cat.Refresh(ctx, r.Location.ID); err != nil {
			t.Fatal(err)
		}
	}
	crane, err := cat.Get(ctx, catalog.NewRef("component", "", "crane"))
	if err != nil {
		t.Fatal(err)
	}
	if err := cat.DeleteEntity(ctx, crane.UID); err != nil {
		t.Fatal(err)
	}
}
