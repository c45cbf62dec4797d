package catalog

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/goldenpath/platform/internal/fault"
)

// DefaultNamespace is where an entity lives that names no namespace.
const DefaultNamespace = "default"

// maxRef bounds what ParseRef looks at: three parts of 63 characters fit many
// times, a document pasted by mistake does not.
const maxRef = 1024

// Ref names one entity. Two refs that differ only in case name the same one;
// a Ref made by ParseRef is lower-cased, so refs compare with ==.
type Ref struct{ Kind, Namespace, Name string }

// RefDefaults fills the parts a reference leaves out. An empty Namespace means
// DefaultNamespace; an empty Kind means that the kind must be written.
type RefDefaults struct{ Kind, Namespace string }

// NewRef returns the lower-cased ref of the parts; an empty namespace is the
// default one.
func NewRef(kind, namespace, name string) Ref {
	if namespace == "" {
		namespace = DefaultNamespace
	}
	return Ref{Kind: strings.ToLower(kind), Namespace: strings.ToLower(namespace), Name: strings.ToLower(name)}
}

// ParseRef reads [<kind>:][<namespace>/]<name>. The first ":" separates the
// kind unless a "/" comes before it.
func ParseRef(s string, d RefDefaults) (Ref, error) {
	kind, namespace, name, message := splitRef(s, d)
	if message != "" {
		return Ref{}, fault.New(fault.Invalid, "%s.", message).
			WithHint("Write <kind>:<namespace>/<name>, for example component:default/orders")
	}
	return NewRef(kind, namespace, name), nil
}

// splitRef returns the parts as written, or what is wrong with the text in the
// words of Backstage.
func splitRef(s string, d RefDefaults) (kind, namespace, name, message string) {
	if s == "" {
		return "", "", "", "Entity reference must not be empty"
	}
	if len(s) > maxRef {
		return "", "", "", "Entity reference is longer than 1,024 characters"
	}
	colon, slash := strings.IndexByte(s, ':'), strings.IndexByte(s, '/')
	if slash >= 0 && slash < colon {
		colon = -1
	}
	kind, namespace = d.Kind, d.Namespace
	if namespace == "" {
		namespace = DefaultNamespace
	}
	malformed := false
	if colon >= 0 {
		kind, malformed = s[:colon], colon == 0
	}
	if slash >= 0 {
		namespace = s[colon+1 : slash]
		malformed = malformed || namespace == ""
	}
	name = s[max(colon, slash)+1:]
	switch {
	case malformed || name == "":
		return "", "", "", "Entity reference " + quote(s) + " was not on the form [<kind>:][<namespace>/]<name>"
	case kind == "":
		return "", "", "", "Entity reference " + quote(s) +
			` had missing or empty kind (e.g. did not start with "component:" or similar)`
	}
	return kind, namespace, name, ""
}

// String returns the canonical form, component:default/orders.
func (r Ref) String() string {
	return strings.ToLower(r.Kind + ":" + r.Namespace + "/" + r.Name)
}

// IsZero reports whether r names nothing.
func (r Ref) IsZero() bool { return r == Ref{} }

// Short returns the ref as people say it where the kind and namespace are
// known: the parts that equal the defaults are left out.
func (r Ref) Short(d RefDefaults) string {
	namespace := d.Namespace
	if namespace == "" {
		namespace = DefaultNamespace
	}
	s := r.Name
	if !strings.EqualFold(r.Namespace, namespace) {
		s = r.Namespace + "/" + s
	}
	if !strings.EqualFold(r.Kind, d.Kind) {
		s = r.Kind + ":" + s
	}
	return s
}

// MarshalText writes the canonical form.
func (r Ref) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads the canonical form.
func (r *Ref) UnmarshalText(text []byte) error {
	parsed, err := ParseRef(string(text), RefDefaults{})
	if err != nil {
		return err
	}
	*r = parsed
	return nil
}

// quote writes s as JSON does, as the messages we take over do.
func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return `"` + s + `"`
	}
	return string(b)
}

// sortRefs sorts by how references are written. Each is written once: there may
// be tens of thousands.
func sortRefs(refs []Ref) {
	type written struct {
		text string
		ref  Ref
	}
	all := make([]written, len(refs))
	for i, ref := range refs {
		all[i] = written{ref.String(), ref}
	}
	slices.SortFunc(all, func(a, b written) int { return strings.Compare(a.text, b.text) })
	for i, w := range all {
		refs[i] = w.ref
	}
}
