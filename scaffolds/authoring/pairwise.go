package authoring

// pairwise returns rows of choices, one for each factor, so that any two values
// of two factors meet in some row. Sizes says how many values each factor has.
// Most mistakes need two answers to meet; all combinations would be thousands.
// The same sizes give the same rows.
func pairwise(sizes []int) [][]int {
	missing := allPairs(sizes)
	var rows [][]int
	for len(missing) > 0 {
		row := make([]int, len(sizes))
		for i := range row {
			row[i] = -1
		}
		first := firstPair(missing, sizes)
		row[first.a], row[first.b] = first.x, first.y
		for f := range sizes {
			if row[f] < 0 {
				row[f] = bestValue(row, f, sizes[f], missing, len(rows))
			}
		}
		for a := range sizes {
			for b := a + 1; b < len(sizes); b++ {
				delete(missing, pair{a, b, row[a], row[b]})
			}
		}
		rows = append(rows, row)
	}
	if rows == nil { // with fewer than two factors there are no pairs
		for v := range product(sizes) {
			rows = append(rows, []int{v}[:len(sizes)])
		}
	}
	return rows
}

// pair is the value x of factor a together with the value y of factor b.
type pair struct{ a, b, x, y int }

func allPairs(sizes []int) map[pair]bool {
	all := map[pair]bool{}
	for a := range sizes {
		for b := a + 1; b < len(sizes); b++ {
			for x := range sizes[a] {
				for y := range sizes[b] {
					all[pair{a, b, x, y}] = true
				}
			}
		}
	}
	return all
}

// firstPair is the first that is missing, in the order of factors and values.
func firstPair(missing map[pair]bool, sizes []int) pair {
	for a := range sizes {
		for b := a + 1; b < len(sizes); b++ {
			for x := range sizes[a] {
				for y := range sizes[b] {
					if p := (pair{a, b, x, y}); missing[p] {
						return p
					}
				}
			}
		}
	}
	return pair{}
}

// bestValue is the value of a factor that meets most of what is missing. Turn
// spreads those that are equally good.
func bestValue(row []int, f, size int, missing map[pair]bool, turn int) int {
	best, most := 0, -1
	for i := range size {
		v, n := (i+turn)%size, 0
		for other, w := range row {
			if w < 0 || other == f {
				continue
			}
			p := pair{other, f, w, v}
			if other > f {
				p = pair{f, other, v, w}
			}
			if missing[p] {
				n++
			}
		}
		if n > most {
			best, most = v, n
		}
	}
	return best
}

func product(sizes []int) int {
	n := 1
	for _, size := range sizes {
		n *= size
	}
	return n
}
