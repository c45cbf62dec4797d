package broker

import (
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

func queryInt(c echo.Context, names ...string) (int, bool) {
	for _, name := range names {
		if n, err := strconv.Atoi(c.QueryParam(name)); err == nil {
			return n, true
		}
	}
	return 0, false
}

func cut[T any](list []T, p page) []T {
	from := min((p.Number-1)*p.Size, len(list))
	return slices.Clip(list[from:min(from+p.Size, len(list))])
}
