package authoring_test

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/scaffolds"
	"github.com/goldenpath/platform/scaffolds/authoring"
)

func previewOf(tb testing.TB, dir string, a scaffolds.Answers) (*authoring.Template, *scaffolds.Tree) {
	tb.Helper()
	template, problems, err := authoring.Open(tb.Context(), dir)
	if err != nil || template == nil {
		tb.Fatal(err, problems)
	}
	p, err := template.Path(tb.Context(), false)
	if err != nil {
		tb.Fatal(err)
	}
	tree, err := template.Preview(p, a)
	if err != nil {
		tb.Fatal(err, fault.From(err).Fields)
	}
	return template, tree
}

// Each file tells where it comes from, of services consumed as well: their
// documents are the golden code's sample.
func TestPreviewTellsWhereFilesComeFrom(t *testing.T) {
	t.Parallel()
	template, tree := previewOf(t, filepath.Join("..", "paths", "go-http"), scaffolds.Answers{Name: "shop", Consumes: []string{"inventory"}})
	got := map[string]authoring.PreviewFile{}
	for _, f := range template.Describe(tree) {
		f.Bytes = 0
		got[f.Path] = f
	}
	for _, want := range []authoring.PreviewFile{
		{Path: "cmd/shop/main.go", Class: scaffolds.Merged, Origin: authoring.FromGolden, Source: "golden/cmd/goldensvc/main.go"},
		{Path: "README.md", Class: scaffolds.Seeded, Origin: authoring.FromTemplate, Source: "tmpl/README.md.tmpl"},
		{Path: "internal/clients/inventory/openapi/client.gen.go", Class: scaffolds.Generated, Origin: authoring.Made, Source: "go-client"},
		{
			Path: "internal/clients/inventory/contract_test.go", Class: scaffolds.Seeded, Origin: authoring.FromTemplate,
			Source: "tmpl/internal/clients/contract_test.go.tmpl",
		},
		{Path: scaffolds.LockFile, Class: scaffolds.Generated, Origin: authoring.Made},
	} {
		if diff := cmp.Diff(want, got[want.Path]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", want.Path, diff)
		}
	}
}

func TestCompareListsWhatDiffers(t *testing.T) {
	t.Parallel()
	clock := scaffolds.Answers{Packs: []string{"clock"}}
	_, older := previewOf(t, newPath(t), clock)
	_, newer := previewOf(t, newPath(t,
		[3]string{"golden/internal/clock/clock.go", "15:04", "15.04"}, [3]string{"golden/NEWS.md", "", "News of goldensvc.\n"},
		[3]string{"path.yaml", "packs:", "omit: [internal/greeting/greeting_test.go]\npacks:"},
	), clock)
	want := []authoring.Change{{"NEWS.md", "added"}, {"internal/clock/clock.go", "changed"}, {"internal/greeting/greeting_test.go", "removed"}}
	if diff := cmp.Diff(want, authoring.Compare(older, newer)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if same := authoring.Compare(older, older); len(same) > 0 {
		t.Errorf("a tree differs from itself: %v", same)
	}
}
