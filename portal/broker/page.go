package broker

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
)

// page describes a cut of a list.
type page struct {
	Number        int `json:"number"`
	Size          int `json:"size"`
	TotalElements int `json:"totalElements"`
	TotalPages    int `json:"totalPages"`
}

// askedPage is the page a client asked for; what it left out is 0.
type askedPage struct{ number, size int }

// askedPageOf reads page and size or, where neither is sent, their older names
// pageNumber and pageSize. What is no number from 1 on is refused: another page would
// pass for the one that was meant.
func askedPageOf(c echo.Context) (askedPage, error) {
	in, err := parseNested(c.Request().URL.RawQuery)
	if err != nil {
		return askedPage{}, err
	}
	wrong, numbers := problems{}, map[string]int{}
	for _, name := range []string{"page", "size", "pageNumber", "pageSize"} {
		numbers[name] = wrong.fromOne(in, name)
	}
	asked := askedPage{numbers["page"], numbers["size"]}
	if asked == (askedPage{}) {
		asked = askedPage{numbers["pageNumber"], numbers["pageSize"]}
	}
	return asked, wrong.err()
}

// fromOne reads a number from 1 on, 0 where nothing is sent.
func (p problems) fromOne(in nested, name string) int {
	if p.once(in, name); in.text(name) == "" {
		return 0
	}
	n, err := strconv.Atoi(in.text(name))
	switch {
	case errors.Is(err, strconv.ErrRange) && !strings.HasPrefix(in.text(name), "-"):
		p.add(name, "is too large")
	case err != nil && !errors.Is(err, strconv.ErrRange):
		p.add(name, "must be an integer")
	case n < 1:
		p.add(name, "must be greater than or equal to 1")
	}
	return n
}

// of is the page that was asked for, of a list that has so many.
func (a askedPage) of(total int) page {
	const standard, most = 100, 1000
	size := min(a.size, most)
	if size == 0 {
		size = standard
	}
	return page{Number: max(1, a.number), Size: size, TotalElements: total, TotalPages: (total + size - 1) / size}
}

// beside links to the pages beside this one of a list at address, by relation.
func (p page) beside(address string) links {
	separator := "?"
	if strings.Contains(address, "?") {
		separator = "&"
	}
	to := func(number int, title string) link {
		return link{Href: fmt.Sprintf("%s%ssize=%d&page=%d", address, separator, p.Size, number), Title: title}
	}
	out := links{}
	if p.Number < p.TotalPages {
		out["next"] = to(p.Number+1, "Next page")
	}
	if p.Number > 1 {
		out["previous"] = to(p.Number-1, "Previous page")
	}
	return out
}

// page writes the page of a list at address, and the links to those beside it as the
// first of its links, when there is a page.
func (s *stream) page(p *page, address string, rest func()) {
	var beside links
	if p != nil {
		s.text(`,"page":`)
		s.value(*p)
		beside = p.beside(address)
	}
	s.text(`,"_links":{`)
	for _, rel := range []string{"next", "previous"} {
		if link, is := beside[rel]; is {
			s.text(`"` + rel + `":`)
			s.value(link)
			s.text(`,`)
		}
	}
	rest()
	s.text(`}`)
}

// paged cuts a list when the client asked for a page of it.
func paged[T any](c echo.Context, list []T) ([]T, *page, error) {
	asked, err := askedPageOf(c)
	if err != nil || asked == (askedPage{}) {
		return list, nil, err
	}
	p := asked.of(len(list))
	return cut(list, p), &p, nil
}

func cut[T any](list []T, p page) []T {
	if p.Number > p.TotalPages { // far behind the end the product below is too large for a number
		return list[:0:0]
	}
	from := (p.Number - 1) * p.Size
	return slices.Clip(list[from:min(from+p.Size, len(list))])
}
