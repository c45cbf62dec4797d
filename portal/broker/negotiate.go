package broker

import (
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
)

// forms are the media types in which a resource is read.
func (r route) forms() []string {
	forms := jsonForms()
	if r.text {
		forms = append(forms, echo.MIMETextPlain)
	}
	if r.pact {
		forms = append(forms, extendedPact)
	}
	if r.page {
		forms = append(forms, echo.MIMETextHTML)
	}
	return forms
}

func jsonForms() []string { return []string{"application/hal+json", "application/json", problem} }

// wish is how much a client wants a media type: its quality, and how exactly it
// was named, in parts: the type, its group or just anything.
type wish struct {
	quality float64
	parts   int
}

// wanted finds the best of forms for a request. Of several ranges that hold for
// a form the most exact one counts, and whoever says nothing takes anything (RFC
// 9110, section 12.5.1).
func wanted(r *http.Request, forms ...string) wish {
	ranges := strings.Join(r.Header.Values("Accept"), ",")
	if strings.TrimSpace(ranges) == "" {
		ranges = "*/*"
	}
	var best wish
	for _, form := range forms {
		group, _, _ := strings.Cut(form, "/")
		var most wish
		for text := range strings.SplitSeq(ranges, ",") {
			kind, parameters, err := mime.ParseMediaType(text)
			parts := slices.Index([]string{"*/*", group + "/*", form}, kind)
			if err == nil && parts >= most.parts {
				most = wish{quality(parameters["q"]), parts}
			}
		}
		if most.preferredTo(best) {
			best = most
		}
	}
	return best
}

// quality reads a weight; what is none counts like the absent one.
func quality(q string) float64 {
	if value, err := strconv.ParseFloat(q, 64); err == nil && value >= 0 && value < 1 {
		return value
	}
	return 1
}

func (w wish) preferredTo(other wish) bool {
	return w.quality > other.quality || w.quality == other.quality && w.parts > other.parts
}

// acceptable reports whether a request takes one of the forms.
func acceptable(r *http.Request, forms ...string) bool { return wanted(r, forms...).quality > 0 }

// prefersText reports whether a request would rather have text than JSON.
func prefersText(r *http.Request) bool {
	return wanted(r, echo.MIMETextPlain).preferredTo(wanted(r, jsonForms()...))
}

func isRead(method string) bool { return method == http.MethodGet || method == http.MethodHead }
