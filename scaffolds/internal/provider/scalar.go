package provider

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"net/mail"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
)

// Samples by format: of those the generated client reads into a type of its
// own, and of those a provider is likely to check.
var sampleOf = map[string]string{ //nolint:gochecknoglobals // a constant table
	"uuid": "5f2b7c1e-6d0a-4c8e-9b3f-2a1d4e6f8a90", "date": "2026-01-02", "date-time": "2026-01-02T15:04:05Z", "time": "15:04:05Z",
	"email": "ada@example.com", "uri": "https://example.com/", "url": "https://example.com/", "uri-reference": "/example",
	"hostname": "example.com", "ipv4": "192.0.2.1", "ipv6": "2001:db8::1", "byte": "c2FtcGxl", "duration": "PT1M",
}

// scalar returns a plain value: the example where it fits, else one made up.
func (s *shape) scalar(hint any) any {
	kind := s.kind()
	for _, candidate := range append([]any{hint}, s.enum...) {
		if v := s.normal(candidate); v != nil && s.fits(kind, v) {
			return v
		}
	}
	switch kind {
	case openapi3.TypeString:
		return s.madeUp()
	case openapi3.TypeInteger:
		return s.within(1)
	case openapi3.TypeNumber:
		return s.within(1.5)
	case openapi3.TypeBoolean:
		return true
	}
	return nil
}

// normal undoes what YAML makes of dates and numbers.
func (s *shape) normal(v any) any {
	switch v := v.(type) {
	case time.Time:
		if s.format == "date" {
			return v.Format(time.DateOnly)
		}
		return v.Format(time.RFC3339)
	case json.Number:
		if f, err := v.Float64(); err == nil {
			return f
		}
		return nil
	case nil, string, bool, float64:
		return v
	}
	if r := reflect.ValueOf(v); r.CanInt() {
		return float64(r.Int())
	} else if r.CanUint() {
		return float64(r.Uint())
	}
	return nil
}

// fits reports whether the generated client could read the value, and the
// provider accept it.
func (s *shape) fits(kind string, v any) bool {
	if len(s.enum) > 0 && !slices.ContainsFunc(s.enum, func(e any) bool { return s.normal(e) == v }) {
		return false
	}
	switch v := v.(type) {
	case string:
		return kind == openapi3.TypeString && s.fitsFormat(v)
	case bool:
		return kind == openapi3.TypeBoolean
	case float64:
		if s.min != nil && v < *s.min || s.max != nil && v > *s.max {
			return false
		}
		if kind == openapi3.TypeInteger {
			limit := math.MaxInt64 / 2.0
			if s.format == "int32" {
				limit = math.MaxInt32
			}
			return v == math.Trunc(v) && math.Abs(v) <= limit
		}
		return kind == openapi3.TypeNumber && !math.IsInf(v, 0) && !math.IsNaN(v)
	}
	return false
}

func (s *shape) fitsFormat(v string) bool {
	var err error
	switch s.format {
	case "uuid":
		return uuid.MatchString(v)
	case "date":
		_, err = time.Parse(time.DateOnly, v)
	case "date-time":
		_, err = time.Parse(time.RFC3339, v)
	case "email":
		_, err = mail.ParseAddress(v)
	case "byte":
		_, err = base64.StdEncoding.DecodeString(v)
	}
	return err == nil
}

var uuid = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// madeUp returns a text of the wanted format and length.
func (s *shape) madeUp() string {
	if v, ok := sampleOf[s.format]; ok {
		return v
	}
	v := "sample"
	if least := min(s.minLength, 1000); uint64(len(v)) < least {
		v += strings.Repeat("x", int(least)-len(v)) //nolint:gosec // at most 1,000
	}
	if s.maxLength != nil && uint64(len(v)) > *s.maxLength {
		v = v[:*s.maxLength]
	}
	return v
}

// within returns a number inside of the limits.
func (s *shape) within(v float64) float64 {
	whole := func(f func(float64) float64, v float64) float64 {
		if s.kind() == openapi3.TypeInteger {
			return f(v)
		}
		return v
	}
	if s.min != nil && v < *s.min {
		v = whole(math.Ceil, *s.min)
	}
	if s.max != nil && v > *s.max {
		v = whole(math.Floor, *s.max)
	}
	return v
}
