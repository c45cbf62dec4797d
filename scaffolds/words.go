package scaffolds

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	gotoken "go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/goldenpath/platform/scaffolds/internal/provider"
)

// nameOf returns the name of a written reference: inventory of
// component:default/inventory.
func nameOf(ref string) string {
	return ref[strings.LastIndexAny(ref, ":/")+1:]
}

// consumed is a service that the new one calls, under every name that code,
// settings and documents need.
type consumed struct {
	Name     string // golden-provider
	Package  string // goldenprovider
	Env      string // GOLDEN_PROVIDER
	Pascal   string // GoldenProvider
	BasePath string // of its document's first server: /v2
	API      string // the catalog's reference
	Ref      string // its own: component:golden-provider

	written  string // in Answers.Consumes
	document []byte
	api      *provider.Document
}

// values are what a repeated folder's tokens stand for.
func (c consumed) values() map[string]string {
	return map[string]string{
		"provider.name": c.Name, "provider.package": c.Package, "provider.env": c.Env, "provider.pascal": c.Pascal,
	}
}

// nameConsumed finds the names of services in the order they were answered, so
// that one added later does not rename those before it. Reserved are the names
// that a package must not have.
func nameConsumed(refs, reserved []string) []consumed {
	all := make([]consumed, 0, len(refs))
	for _, ref := range refs {
		name := nameOf(ref)
		words := wordsOf(name)
		for n := 1; ; n++ {
			c := consumed{Name: name, Ref: ref, written: ref}
			if !strings.Contains(ref, ":") {
				c.Ref = "component:" + ref
			}
			for _, w := range words {
				lower := strings.ToLower(w)
				c.Package += lower
				c.Pascal += strings.ToUpper(lower[:1]) + lower[1:]
				c.Env += "_" + strings.ToUpper(w)
			}
			c.Env = c.Env[1:]
			if n > 1 {
				c.Package += strconv.Itoa(n)
				c.Pascal += strconv.Itoa(n)
				c.Env += "_" + strconv.Itoa(n)
			}
			if isReserved(c.Package, reserved) {
				c.Package += "svc"
			}
			if !slices.ContainsFunc(all, func(o consumed) bool {
				return o.Package == c.Package || o.Pascal == c.Pascal || o.Env == c.Env
			}) {
				all = append(all, c)
				break
			}
		}
	}
	return all
}

// wordsOf splits a name at what separates words. Code and shell know no name
// that starts with a digit.
func wordsOf(name string) []string {
	words := strings.FieldsFunc(name, func(r rune) bool {
		return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	if len(words) == 0 || unicode.IsDigit(rune(words[0][0])) {
		words = append([]string{"svc"}, words...)
	}
	return words
}

// isReserved reports whether a package of that name would not compile, or
// would hide something that the code around it uses.
func isReserved(name string, reserved []string) bool {
	return slices.Contains(reserved, name) || gotoken.IsKeyword(name) || types.Universe.Lookup(name) != nil ||
		slices.Contains([]string{"main", "init", "internal", "vendor", "testdata"}, name)
}

// reviewerOf is what the owner is called where the code is kept, if the module's
// path tells the organisation: @acme/checkout of github.com/acme/orders.
func reviewerOf(a Answers) string {
	if strings.HasPrefix(a.Owner, "user:") {
		return "@" + nameOf(a.Owner)
	}
	parts := strings.Split(a.Module, "/")
	if len(parts) < 3 {
		return ""
	}
	return "@" + parts[1] + "/" + nameOf(a.Owner)
}

// sourceOf is where the repository's files are read, if the module's path tells:
// https://github.com/acme/orders/blob/main/ of github.com/acme/orders. A link to
// a host that was made up would be worse than none.
func sourceOf(a Answers) string {
	if strings.Count(a.Module, "/") < 2 {
		return ""
	}
	return "https://" + a.Module + "/blob/main/"
}

// ShortestMax is the smallest number of characters that leaves something of a
// name beside what tells it from others.
const ShortestMax = 16

// Shorten returns a name of at most so many characters: the name itself when it
// fits, or its beginning and a digest of all of it, because names that begin
// alike must not become one.
func Shorten(most int, name string) string {
	if len(name) <= most {
		return name
	}
	digest := sha256.Sum256([]byte(name))
	end := "-" + hex.EncodeToString(digest[:4])
	return strings.TrimRight(name[:most-len(end)], "-") + end
}

// valuesOf are what a path's tokens stand for.
func valuesOf(a Answers) map[string]string {
	return map[string]string{
		"module": a.Module, "name": a.Name, "team": nameOf(a.Owner), "system_name": nameOf(a.System),
		"description": a.Description, "source": sourceOf(a),
		// What costs are added up by: the system, or a service of none itself.
		"feature": cmp.Or(nameOf(a.System), a.Name),
	}
}
