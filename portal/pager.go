package portal

import (
	"net/url"
	"strconv"
)

// perPage is how many rows of a long list are shown at once.
const perPage = 100

// pager leads through a long list.
type pager struct {
	Previous, Next  string // addresses
	From, To, Total int    // which rows are shown; the first is 1
}

// pageOf returns the part of a list that the parameter key asks for, counted
// from 1, and where to go from there. Nonsense is the first part; what lies behind
// the end is the last one, because a list may get shorter while somebody reads it.
func pageOf[T any](list []T, values url.Values, key string) ([]T, pager) {
	last := max(1, (len(list)+perPage-1)/perPage)
	n, _ := strconv.Atoi(values.Get(key)) // nonsense counts as 0
	n = min(max(n, 1), last)
	at := func(n int) string { return with(values, key, strconv.Itoa(n)) + "#" + key }
	from, to := (n-1)*perPage, min(n*perPage, len(list))
	p := pager{From: min(from+1, to), To: to, Total: len(list)}
	if n > 1 {
		p.Previous = at(n - 1)
	}
	if n < last {
		p.Next = at(n + 1)
	}
	return list[from:to], p
}
