package scaffolds

import (
	"path"
	"slices"
	"strings"
	"testing"
)

// fits matches a glob as matches says it does, with nothing cut short.
func fits(glob, name []string) bool {
	if len(glob) == 0 {
		return len(name) == 0
	}
	if glob[0] == "**" {
		return fits(glob[1:], name) || len(name) > 0 && fits(glob, name[1:])
	}
	if len(name) == 0 {
		return false
	}
	ok, err := path.Match(glob[0], name[0])
	return ok && err == nil && fits(glob[1:], name[1:])
}

func TestGlobs(t *testing.T) {
	t.Parallel()
	tests := []struct {
		glob    string
		yes, no []string
	}{
		{"go.sum", []string{"go.sum"}, []string{"go.summer", "tools/go.sum", "go"}},
		{"docs/**", []string{"docs/a", "docs/a/b", "docs"}, []string{"docs2/a", "a/docs/b"}},
		{"**/*.gen.go", []string{"a.gen.go", "a/b.gen.go", "a/b/c.gen.go"}, []string{"gen.go", "a.gen.go/b"}},
		{"a/**/b", []string{"a/b", "a/x/b", "a/x/y/b"}, []string{"a", "b", "a/b/c"}},
		{"a/*/b", []string{"a/x/b"}, []string{"a/b", "a/x/y/b", "a/x"}},
		{"**", []string{"a", "a/b"}, nil},
		{"*", []string{"a"}, []string{"a/b"}},
		{"docs/Cache*.md", []string{"docs/Cache.md", "docs/CacheDown.md"}, []string{"docs/Cache", "docs/x/Cache.md"}},
		{`a\*b`, []string{"a*b"}, []string{"axb", `a\*b`}},
		{"[ab]/c", []string{"a/c"}, []string{"[ab]/c"}},
		{"[", nil, []string{"["}},
	}
	for _, tt := range tests {
		for _, name := range slices.Concat(tt.yes, tt.no) {
			if got, want := matches(tt.glob, name), slices.Contains(tt.yes, name); got != want {
				t.Errorf("%s fits %s: %v, want %v", name, tt.glob, got, want)
			}
		}
	}
}

func TestGlobsAreAsWithNothingCutShort(t *testing.T) {
	t.Parallel()
	// Every text of up to six of these letters, as a glob and as a path.
	const letters = "a/*"
	words := []string{""}
	for first, size := 0, 0; size < 6; size++ {
		end := len(words)
		for _, word := range words[first:end] {
			for _, letter := range letters {
				words = append(words, word+string(letter))
			}
		}
		first = end
	}
	for _, glob := range words {
		for _, name := range words {
			if strings.Contains(name, "*") {
				continue
			}
			if got, want := matches(glob, name), fits(strings.Split(glob, "/"), strings.Split(name, "/")); got != want {
				t.Fatalf("%q fits %q: %v, want %v", name, glob, got, want)
			}
		}
	}
}
