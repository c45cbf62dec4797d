package broker

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"
)

// page describes a cut of a list.
type page struct {
	Number        int `json:"number"`
	Size          int `json:"size"`
	TotalElements int `json:"totalElements"`
	TotalPages    int `json:"totalPages"`
}

// pageOf reads pageNumber and pageSize (or page and size, as in next links);
// false when neither was sent.
func pageOf(c echo.Context, total int) (page, bool) {
	number, hasNumber := queryInt(c, "pageNumber", "page")
	size, hasSize := queryInt(c, "pageSize", "size")
	if !hasNumber && !hasSize {
		return page{}, false
	}
	return newPage(number, size, total), true
}

func newPage(number, size, total int) page {
	const standard, most = 100, 1000
	if size < 1 {
		size = standard
	}
	size = min(size, most)
	return page{Number: max(1, number), Size: size, TotalElements: total, TotalPages: (total + size - 1) / size}
}

// next links to the page after this one; false on the last.
func (p page) next(address string) (link, bool) {
	if p.Number >= p.TotalPages {
		return link{}, false
	}
	return link{Href: fmt.Sprintf("%s?size=%d&page=%d", address, p.Size, p.Number+1), Title: "Next page"}, true
}

// page writes the page of a list at address, and the link to the one after it as
// the first of its links, when there is a page.
func (s *stream) page(p *page, address string, rest func()) {
	if p != nil {
		s.text(`,"page":`)
		s.value(*p)
	}
	s.text(`,"_links":{`)
	if p != nil {
		if next, more := p.next(address); more {
			s.text(`"next":`)
			s.value(next)
			s.text(`,`)
		}
	}
	rest()
	s.text(`}`)
}

// paged cuts a list when the client asked for a page of it.
func paged[T any](c echo.Context, list []T) ([]T, *page) {
	p, asked := pageOf(c, len(list))
	if !asked {
		return list, nil
	}
	return cut(list, p), &p
}

func queryInt(c echo.Context, names ...string) (int, bool) {
	for _, name := range names {
		if n, err := strconv.Atoi(c.QueryParam(name)); err == nil {
			return n, true
		}
	}
	return 0, false
}

func cut[T any](list []T, p page) []T {
	if p.Number > p.TotalPages { // far behind the end the product below is too large for a number
		return list[:0:0]
	}
	from := (p.Number - 1) * p.Size
	return slices.Clip(list[from:min(from+p.Size, len(list))])
}
