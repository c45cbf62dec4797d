package contracts

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // the digest is an identity shared with Pact clients, not a protection
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/goldenpath/platform/internal/fault"
)

// MaxContent is the largest pact in bytes that is accepted.
const MaxContent = 8 << 20

// Document is a parsed pact.
type Document struct {
	Consumer      string
	Provider      string
	Specification string // such as 3.0.0
	SHA           string // identity of what affects verification
	Interactions  int

	root any
}

// ParsePact reads a pact leniently, as the Pact Broker does: any JSON is content.
// Use Document.Check for what a pact must have. file names it in faults.
func ParsePact(file string, data []byte) (*Document, error) {
	if len(data) > MaxContent {
		return nil, fault.New(fault.TooLarge, "%s is %d bytes; a pact may have %d.", orPact(file), len(data), MaxContent).
			WithField(orPact(file), "larger than %d bytes", MaxContent).
			WithHint("Pacts hold examples, not data: shorten the example bodies.")
	}
	root, err := parseJSON(data)
	if err != nil {
		return nil, badJSON(file, data, err)
	}
	d := &Document{root: root}
	if o, ok := root.(object); ok {
		d.Consumer = o.text("consumer", "name")
		d.Provider = o.text("provider", "name")
		d.Specification = specification(o)
		d.Interactions = len(d.interactions())
	}
	d.SHA = d.identity()
	return d, nil
}

// Check says what a pact must have: both names and a list of interactions or
// messages, or both, each with a description.
func (d *Document) Check(file string) error {
	name := orPact(file)
	bad := fault.New(fault.Invalid, "%s is not a pact.", name).
		WithHint("Publish the file a Pact consumer test writes, usually pacts/CONSUMER-PROVIDER.json.")
	root, ok := d.root.(object)
	if !ok {
		return bad.WithField(name, "must be a JSON object")
	}
	if d.Consumer == "" {
		bad = bad.WithField(name+"#/consumer/name", "is missing; it names the service that consumes")
	}
	if d.Provider == "" {
		bad = bad.WithField(name+"#/provider/name", "is missing; it names the service that provides")
	}
	lists := verifiable(root)
	if len(lists) == 0 {
		bad = bad.WithField(name+"#/interactions", "is missing; a pact has interactions or messages")
	}
	for _, list := range lists {
		items, ok := list.value.([]any)
		if !ok {
			bad = bad.WithField(name+"#/"+list.key, "must be a list")
		}
		for i, item := range items {
			if o, ok := item.(object); !ok || o.text("description") == "" {
				bad = bad.WithField(fmt.Sprintf("%s#/%s/%d/description", name, list.key, i), "is missing")
			}
		}
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	return nil
}

// WithIDs returns the pact as JSON with an _id first in every interaction. The
// verifier hands the ids back with its results.
func (d *Document) WithIDs() []byte {
	root, ok := d.root.(object)
	if !ok {
		return appendJSON(nil, d.root)
	}
	out := slices.Clone(root)
	for _, key := range listKeys() {
		v, _ := root.get(key)
		list, ok := v.([]any)
		if !ok {
			continue
		}
		withIDs := make([]any, len(list))
		for i, item := range list {
			withIDs[i] = withID(item)
		}
		out = out.set(key, withIDs)
	}
	return appendJSON(nil, out)
}

// withID puts the digest of an interaction first in it. Only its own keys are
// sorted for the digest, not those below; so does the Pact Broker.
func withID(item any) any {
	o, ok := item.(object)
	if !ok {
		return item
	}
	rest := slices.DeleteFunc(slices.Clone(o), func(m member) bool { return m.key == "_id" })
	return append(object{{"_id", interactionID(rest)}}, rest...)
}

func interactionID(o object) string {
	bySorted := slices.Clone(o)
	slices.SortFunc(bySorted, func(a, b member) int { return bytes.Compare([]byte(a.key), []byte(b.key)) })
	return digest(bySorted)
}

// identity is the digest of what affects verification: interactions, messages
// and the specification's version, whatever the order they were written in.
func (d *Document) identity() string {
	root, ok := d.root.(object)
	if !ok {
		return digest(d.root)
	}
	lists := verifiable(root)
	if len(lists) == 0 {
		return digest(root)
	}
	ordered, _ := sorted(root).(object)
	if items, ok := lists[0].value.([]any); ok { // of two lists the Pact Broker sorts the first
		ordered = ordered.set(lists[0].key, byText(items))
	}
	var affecting object
	for _, k := range listKeys() {
		if v, _ := ordered.get(k); truthy(v) {
			affecting = append(affecting, member{k, v})
		}
	}
	if v := specificationValue(root); v != nil {
		affecting = append(affecting, member{"pact_specification_version", v})
	}
	return digest(affecting)
}

// byText sorts interactions by their JSON text with sorted keys.
func byText(items []any) []any {
	type textual struct {
		text  []byte
		value any
	}
	list := make([]textual, len(items))
	for i, item := range items {
		v := sorted(item)
		list[i] = textual{appendJSON(nil, v), v}
	}
	slices.SortStableFunc(list, func(a, b textual) int { return bytes.Compare(a.text, b.text) })
	out := make([]any, len(list))
	for i := range list {
		out[i] = list[i].value
	}
	return out
}

// listKeys are where a pact has its interactions: messages have a list of their own
// until specification 3, and a pact may have both.
func listKeys() []string { return []string{"interactions", "messages"} }

// verifiable returns what a provider verifies, by its key.
func verifiable(root object) (lists []member) {
	for _, key := range listKeys() {
		if v, _ := root.get(key); truthy(v) {
			lists = append(lists, member{key, v})
		}
	}
	return lists
}

// Parts returns the pact as pacts with one list each, in the order of People: libpact
// passes over the requests where there is a list of messages, and calls it a success.
// A pact without interactions is its only part.
func (d *Document) Parts() []*Document {
	root, ok := d.root.(object)
	if !ok {
		return []*Document{d}
	}
	var parts []*Document
	for _, list := range verifiable(root) {
		items, _ := list.value.([]any)
		if len(items) == 0 {
			continue
		}
		part := *d
		part.Interactions = len(items)
		part.root = slices.DeleteFunc(slices.Clone(root), func(m member) bool {
			return m.key != list.key && slices.Contains(listKeys(), m.key)
		})
		parts = append(parts, &part)
	}
	if len(parts) == 0 {
		return []*Document{d}
	}
	return parts
}

// truthy is Ruby's idea of it: anything but null and false.
func truthy(v any) bool { return v != nil && v != false }

func (d *Document) interactions() (items []any) {
	root, ok := d.root.(object)
	if !ok {
		return nil
	}
	for _, list := range verifiable(root) {
		some, _ := list.value.([]any)
		items = append(items, some...)
	}
	return items
}

func specification(root object) string {
	s, _ := specificationValue(root).(string)
	return s
}

func specificationValue(root object) any {
	v, _ := root.get("metadata")
	metadata, ok := v.(object)
	if !ok {
		return nil
	}
	for _, key := range []string{"pactSpecification", "pact-specification"} {
		if spec, _ := metadata.get(key); spec != nil {
			if o, ok := spec.(object); ok {
				if version, _ := o.get("version"); version != nil {
					return version
				}
			}
		}
	}
	version, _ := metadata.get("pactSpecificationVersion")
	return version
}

func digest(v any) string {
	sum := sha1.Sum(appendJSON(nil, v)) //nolint:gosec // see the import
	return hex.EncodeToString(sum[:])
}

// badJSON turns a syntax error into a fault with line and column.
func badJSON(file string, data []byte, err error) error {
	name := orPact(file)
	var ignored any
	if exact := json.Unmarshal(data, &ignored); exact != nil {
		err = exact // a decoder of tokens counts from the token, this from the start
	}
	offset := int64(len(data))
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		offset = min(syntax.Offset, offset)
	} else {
		return fault.New(fault.Invalid, "%s is not JSON that can be read: %s.", name, err).
			WithField(name, "%s", err).WithCause(err)
	}
	before := data[:offset]
	line := 1 + bytes.Count(before, []byte("\n"))
	column := len(before) - bytes.LastIndexByte(before, '\n') - 1
	return fault.New(fault.Invalid, "%s is not JSON: %s at line %d, column %d.", name, err, line, column).
		WithField(fmt.Sprintf("%s:%d:%d", name, line, column), "%s", err).
		WithHint("Publish the file a Pact consumer test writes, usually pacts/CONSUMER-PROVIDER.json.").
		WithCause(err)
}

func orPact(file string) string {
	if file == "" {
		return "The pact"
	}
	return file
}
