package provider

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"net/mail"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
)

// sampleOf returns a text of a format: of those the generated client reads into
// a type of its own, and of those a provider is likely to check.
func sampleOf(format string) string {
	switch format {
	case "uuid":
		return "5f2b7c1e-6d0a-4c8e-9b3f-2a1d4e6f8a90"
	case "date":
		return "2026-01-02"
	case "date-time":
		return "2026-01-02T15:04:05Z"
	case "time":
		return "15:04:05Z"
	case "email":
		return "ada@example.com"
	case "uri", "url":
		return "https://example.com/"
	case "uri-reference":
		return "/example"
	case "hostname":
		return "example.com"
	case "ipv4":
		return "192.0.2.1"
	case "ipv6":
		return "2001:db8::1"
	case "byte":
		return "c2FtcGxl"
	case "duration":
		return "PT1M"
	}
	return ""
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
		return isUUID(v)
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

func isUUID(v string) bool {
	parts := strings.Split(v, "-")
	for i, length := range []int{8, 4, 4, 4, 12} {
		if len(parts) != 5 || len(parts[i]) != length || strings.Trim(parts[i], "0123456789abcdefABCDEF") != "" {
			return false
		}
	}
	return true
}

// madeUp returns a text of the wanted format and length.
func (s *shape) madeUp() string {
	if v := sampleOf(s.format); v != "" {
		return v
	}
	v := "sample"
	if least := min(s.minLength, 1000); uint64(len(v)) < least {
		v += strings.Repeat("x", int(least)-len(v))
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
