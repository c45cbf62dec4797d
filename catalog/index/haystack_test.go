package index_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/goldenpath/platform/catalog/index"
)

// TestPartsOfValuesAgainstLooking puts and deletes documents whose values are
// made of two letters, so that one value goes on in the next, and compares what
// is found with looking through all of them.
func TestPartsOfValuesAgainstLooking(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(7, 8))
	word := func(longest int) string {
		var b strings.Builder
		for range random.IntN(longest + 1) {
			b.WriteString([]string{"a", "b", "A"}[random.IntN(3)])
		}
		return b.String()
	}
	x := index.New()
	values := map[string][]string{}
	for round := range 300 {
		ref := fmt.Sprintf("component:%02d", random.IntN(40))
		if random.IntN(4) == 0 {
			x.Apply(nil, []string{ref})
			delete(values, ref)
		} else {
			d := index.Doc{ID: ref, Ref: ref, Name: ref, Terms: []index.Term{{Key: "metadata.name", Value: ref}}}
			values[ref] = nil
			for range random.IntN(3) {
				value := word(4)
				values[ref] = append(values[ref], value)
				d.Terms = append(d.Terms, index.Term{Key: "title", Value: value})
			}
			x.Apply([]index.Doc{d}, nil)
		}
		text := word(3)
		var want []string
		for ref, all := range values {
			holds := func(value string) bool { return strings.Contains(strings.ToLower(value), strings.ToLower(text)) }
			if text == "" || slices.ContainsFunc(all, holds) {
				want = append(want, ref)
			}
		}
		slices.Sort(want)
		got := refs(t, x, index.Query{Text: text, TextKeys: []string{"title"}})
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Fatalf("round %d: %q is in %v, want %v", round, text, got, want)
		}
	}
}
