package authoring

import (
	"fmt"
	"slices"
	"testing"
)

// Every pair of values is in some row, in far fewer rows than there are
// combinations.
func TestPairwiseCoversEveryPair(t *testing.T) {
	t.Parallel()
	for _, sizes := range [][]int{{2, 2}, {3, 1, 4}, {12, 3, 3, 4, 3, 2, 2}, {2, 2, 2, 2, 2, 2, 2, 2, 2, 2}, {5}, {1, 1}, {}} {
		t.Run(fmt.Sprint(sizes), func(t *testing.T) {
			t.Parallel()
			rows := pairwise(sizes)
			if !slices.EqualFunc(rows, pairwise(sizes), slices.Equal[[]int]) {
				t.Error("the same sizes gave other rows")
			}
			for p := range allPairs(sizes) {
				if !slices.ContainsFunc(rows, func(row []int) bool { return row[p.a] == p.x && row[p.b] == p.y }) {
					t.Errorf("no row has value %d of factor %d with value %d of factor %d", p.x, p.a, p.y, p.b)
				}
			}
			for _, row := range rows {
				for f, v := range row {
					if v < 0 || v >= sizes[f] {
						t.Errorf("row %v: factor %d has no value %d", row, f, v)
					}
				}
			}
			largest, second := 1, 1
			for _, n := range sizes {
				largest, second = max(largest, n), max(second, min(largest, n))
			}
			if len(rows) == 0 || len(rows) > 2*largest*second+largest {
				t.Errorf("%d rows for %v", len(rows), sizes)
			}
			if len(sizes) == 1 && len(rows) != sizes[0] {
				t.Errorf("%d rows for one factor of %d values", len(rows), sizes[0])
			}
		})
	}
}
