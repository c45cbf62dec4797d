package broker

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/goldenpath/platform/internal/fault"
)

// A parameter whose name is misspelt must not count as left out: without its
// destination a question is another one, and its yes a yes by mistake. A Pact Broker
// passes it over. What is far from every name that is read is passed over here, too,
// because clients, proxies and browsers add what is theirs.

// parameters are the names that an address reads.
type parameters struct {
	names []string
	// lists are the names in the elements of lists.
	lists map[string][]string
	// instead says what other words mean here, by the word in small letters.
	instead map[string]string
}

// ofSelectors are the names in a selector of the matrix.
func ofSelectors() []string {
	return []string{"pacticipant", "version", "branch", "tag", "environment", "mainBranch", "latest"}
}

// ofMatrix is what the matrix reads.
func ofMatrix() parameters {
	return parameters{
		names: []string{"q", "ignore", "environment", "tag", "latest", "latestby", "mainBranch", "branch", "success", "limit"},
		lists: map[string][]string{"q": ofSelectors(), "ignore": ofSelectors()},
		instead: map[string]string{
			"to": "tag (and latest=true), or environment", "totag": "tag (and latest=true)",
			"toenvironment": "environment", "withmainbranches": "mainBranch",
			"pacticipant": "q[][pacticipant]", "version": "q[][version]",
		},
	}
}

// ofPair is what the matrix of a pair reads: its services are in the path.
func ofPair() parameters {
	p := ofMatrix()
	p.names = p.names[1:]
	p.instead["q"], p.instead["pacticipant"], p.instead["version"] = "q at /matrix", "q[][pacticipant] at /matrix", "q[][version] at /matrix"
	return p
}

// ofCanIDeploy is what the short form of a question reads.
func ofCanIDeploy() parameters {
	return parameters{
		names: []string{"pacticipant", "version", "environment", "to", "ignore", "latest"},
		lists: map[string][]string{"ignore": ofSelectors()},
		instead: map[string]string{
			"tag": "to", "totag": "to", "toenvironment": "environment", "q": "q at /matrix",
			"mainbranch": "mainBranch at /matrix", "withmainbranches": "mainBranch at /matrix", "branch": "branch at /matrix",
		},
	}
}

// ofAddress is what an address reads that has all of a question in its path.
func ofAddress() parameters {
	return parameters{instead: map[string]string{
		"environment": "environment at /can-i-deploy", "toenvironment": "environment at /can-i-deploy", "version": "version at /can-i-deploy",
		"pacticipant": "pacticipant at /can-i-deploy", "ignore": "ignore at /can-i-deploy", "to": "to at /can-i-deploy",
		"tag": "tag at /matrix", "totag": "tag at /matrix", "q": "q at /matrix", "latest": "latest at /matrix", "branch": "branch at /matrix",
		"mainbranch": "mainBranch at /matrix", "withmainbranches": "mainBranch at /matrix",
	}}
}

// ofCurrent is what narrows a list of what is in an environment.
func ofCurrent() parameters {
	return parameters{
		names:   []string{"pacticipant", "version", "applicationInstance", "target"},
		instead: map[string]string{"instance": "applicationInstance"},
	}
}

// read reads a query whose mistakes are answered by their field.
func (p parameters) read(query string) (nested, error) {
	in, err := parseNested(query)
	if err != nil {
		return nil, err
	}
	wrong := problems{}
	for _, text := range p.misnamed(in) {
		wrong.add("", "%s", text)
	}
	return in, wrong.err()
}

// misnamed says which parameters are not read though they look like one that is.
func (p parameters) misnamed(in nested) []string {
	var out []string
	say := func(name, meant string) {
		if text := fmt.Sprintf("There is no parameter %q here; did you mean %s?", name, meant); !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(in)) {
		if meant := p.meant(name); meant != "" {
			say(name, meant)
		}
	}
	for _, list := range slices.Sorted(maps.Keys(p.lists)) {
		fields := parameters{names: p.lists[list]}
		for _, item := range in.list(list) {
			element, _ := item.(nested)
			for _, name := range slices.Sorted(maps.Keys(element)) {
				if meant := fields.meant(name); meant != "" {
					say(list+"[]["+name+"]", list+"[]["+meant+"]")
				}
			}
		}
	}
	return out
}

// meant is the parameter whose name was probably meant, "" if name is read, or like
// none.
func (p parameters) meant(name string) string {
	if slices.Contains(p.names, name) {
		return ""
	}
	words := slices.Concat(p.names, slices.Sorted(maps.Keys(p.instead)))
	plain := plainly(name)
	meant := nearest(plain, words)
	for _, end := range []string{"name", "number"} { // clients have environment_name, and version_number
		if short := strings.TrimSuffix(plain, end); meant == "" && short != plain {
			meant = nearest(short, words)
		}
	}
	if other := p.instead[meant]; other != "" {
		return other
	}
	return meant
}

// nearest is the one of names that a plain word is nearest to, "" if it is near none:
// the same but for case and separators, its beginning or two letters of it swapped, or
// one letter in three of it differs. What differs in more than one letter has to
// begin alike: test is not meant for latest.
func nearest(word string, names []string) string {
	const shortest, longest, most = 3, 40, 3
	for differ := range most + 1 {
		for _, name := range names {
			plain := plainly(name)
			if word == plain {
				return name
			}
			if min(len(word), len(plain)) < shortest || len(word) > longest || differ == 0 || differ > max(1, len(plain)/3) {
				continue
			}
			if differ == 1 && (strings.HasPrefix(plain, word) || swapped(plain, word)) {
				return name
			}
			longer := max(len(word)-len(plain), len(plain)-len(word))
			if longer <= differ && (differ == 1 || word[0] == plain[0]) && len(fault.Nearest(word, []string{plain}, differ)) > 0 {
				return name
			}
		}
	}
	return ""
}

// swapped reports whether two neighbours among the letters of a make b of it.
func swapped(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) - 1 {
		if a[i] != b[i] {
			return a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
		}
	}
	return false
}

// plainly is a name without case and separators: mainBranch, main_branch and
// main-branch are one.
func plainly(name string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, name)
}
