package scaffolds_test

import (
	"strings"
	"testing"

	"github.com/goldenpath/platform/scaffolds"
)

// A page shows a description as it was typed: nothing of it is taken for a mark.
func TestPagesShowDescriptionsAsTheyAre(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"Takes orders.":                       "Takes orders.",
		"# 1: <b>bold</b>, *x* [y](z) `a` \\": "\\# 1: \\<b>bold\\</b>, \\*x\\* \\[y\\](z) \\`a\\` \\\\",
		"- für Ärzte_und_日本 & co | so":        "\\- für Ärzte\\_und\\_日本 \\& co \\| so",
	} {
		tree, err := goHTTP(t).Render(scaffolds.Answers{Name: "orders", Owner: "checkout", Description: typed}, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range tree.Files {
			if f.Path == "README.md" && !strings.Contains(string(f.Body), "\n"+want+"\n") {
				t.Errorf("%s is written as\n%.200s\nwant %s", typed, f.Body, want)
			}
		}
	}
}
