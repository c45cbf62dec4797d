package catalog

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/goldenpath/platform/internal/pattern"
)

// Parse reads the entities of a file with any number of YAML documents. The
// entities that are right are returned even when others are not; the error then
// is a fault that names file and line of every problem. Placeholders stay as
// they are written, because no other file is read.
func Parse(source string, data []byte) ([]Entity, error) {
	entities, problems := parseFile(source, data, nil, DefaultLimits())
	return entities, asFault(source, problems)
}

// ParseFS reads the entities of a file and fills in their placeholders from
// the files around it.
func ParseFS(fsys fs.FS, file string) ([]Entity, error) {
	f := &files{fs: fsys}
	data, problem := f.read(file, DefaultLimits().File)
	if problem != nil {
		return nil, asFault(file, []Problem{*problem})
	}
	entities, problems := parseFile(file, data, f, DefaultLimits())
	return entities, asFault(file, problems)
}

// parseFile reads every document of a file; each stands for itself.
func parseFile(file string, data []byte, around *files, l Limits) ([]Entity, []Problem) {
	var entities []Entity
	var problems []Problem
	for _, c := range splitDocuments(data) {
		e, found := parseDocument(file, c, around, l)
		for i := range found {
			found[i].File = file
			found[i] = found[i].cleaned()
		}
		problems = append(problems, found...)
		if len(found) == 0 && e != nil {
			entities = append(entities, *e)
		}
	}
	return entities, problems
}

// parseDocument returns the entity of one document, nil when it holds none.
func parseDocument(file string, c chunk, around *files, l Limits) (*Entity, []Problem) {
	doc, problem := around.parseYAML(c, l)
	if problem != nil {
		return nil, []Problem{*problem}
	}
	if doc.kind == kindNull {
		return nil, nil
	}
	if doc.kind != kindObject {
		return nil, []Problem{{
			Line: doc.line, Column: doc.column, Message: "Expected object at root, got " + doc.typeName(),
			Hint: "An entity starts with apiVersion, kind and metadata.",
		}}
	}
	raw := doc.appendJSON(make([]byte, 0, len(c.data)+jsonRoom))
	var problems []Problem
	if around != nil {
		x := &expander{files: around, file: file, limits: l, left: l.Entity}
		doc = x.expand(doc, "")
		problems = x.problems
	}
	problems = append(problems, validate(doc)...)
	if len(problems) > 0 {
		ref, owner := refIn(doc), ownerIn(doc)
		for j := range problems {
			problems[j].Ref, problems[j].Owner = ref, owner
		}
		return nil, problems
	}
	if around != nil && around.targets != nil {
		noteTargets(doc, around.targets)
	}
	if around != nil && around.lines != nil {
		around.lines.note(doc)
	}
	normalize(doc)
	if around != nil && around.place != nil {
		around.place(file).mark(doc)
	}
	e := fromDocument(doc, len(raw))
	e.Raw = raw
	e.Source.Path, e.Source.Line = file, doc.line
	return &e, nil
}

// parseYAML parses a document when it is its turn.
func (f *files) parseYAML(c chunk, l Limits) (*value, *Problem) {
	if f != nil {
		defer f.parsers.take()()
	}
	return parseYAML(c, l)
}

// refIn returns what a document says it defines, "" when that cannot be read.
func refIn(doc *value) string {
	kind, metadata := doc.str("kind"), doc.get("metadata")
	if kind == "" || metadata.str("name") == "" {
		return ""
	}
	return NewRef(kind, metadata.str("namespace"), metadata.str("name")).String()
}

// ownerIn returns who a document says owns what it defines, "" when that cannot
// be read.
func ownerIn(doc *value) string {
	d := RefDefaults{Kind: KindGroup, Namespace: doc.get("metadata").str("namespace")}
	if !ValidNamespace(d.Namespace) {
		d.Namespace = DefaultNamespace
	}
	ref, err := ParseRef(doc.get("spec").str("owner"), d)
	if err != nil {
		return ""
	}
	return ref.String()
}

// jsonRoom is how much longer than in its file an entity may become as JSON
// before memory is moved.
const jsonRoom = 512

// normalize turns a valid document into that of an entity: what others wrote
// into it that only the catalog may say is left out, the namespace is set, lists
// of references are sorted.
func normalize(doc *value) {
	nullInfinite(doc)
	for _, key := range []string{"relations", "status"} {
		doc.unset(key)
	}
	metadata := doc.get("metadata")
	metadata.unset("uid")
	metadata.unset("etag")
	if metadata.get("namespace") == nil {
		metadata.set("namespace", text(DefaultNamespace))
	}
	if spec := doc.get("spec"); spec != nil {
		for _, key := range []string{
			"providesApis", "consumesApis", "dependsOn", "dependencyOf", "memberOf", "children", "members",
		} {
			sortStrings(spec.get(key))
		}
	}
	guardAnnotations(metadata.get("annotations"))
}

// nullInfinite makes null of numbers that are none to JavaScript, which would
// write them so: an unquoted 4e81234 is 4 with 81,234 zeros. What the file says
// stays in the raw text.
func nullInfinite(v *value) {
	if v.kind == kindNumber {
		if n, err := strconv.ParseFloat(v.text, 64); err != nil || math.IsInf(n, 0) {
			v.kind, v.text = kindNull, ""
		}
	}
	for _, item := range v.items {
		nullInfinite(item)
	}
}

// fromDocument fills an entity from a document of about some bytes of JSON.
func fromDocument(doc *value, size int) Entity {
	body := doc.appendJSON(make([]byte, 0, size+jsonRoom))
	e := Entity{APIVersion: doc.str("apiVersion"), Kind: doc.str("kind"), Body: body}
	if metadata, ok := doc.get("metadata").goValue().(map[string]any); ok {
		e.Metadata = metadataOf(metadata)
	}
	if spec := doc.get("spec"); spec != nil {
		e.Spec, _ = spec.goValue().(map[string]any)
	}
	e.Etag = etagOf(e.Body)
	return e
}

func etagOf(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:20])
}

// sortStrings sorts a list that holds only strings.
func sortStrings(v *value) {
	if v == nil || v.kind != kindList {
		return
	}
	for _, item := range v.items {
		if item.kind != kindString {
			return
		}
	}
	slices.SortStableFunc(v.items, func(a, b *value) int { return strings.Compare(a.text, b.text) })
}

// RejectedURL replaces an address that would run a script when clicked.
const RejectedURL = "https://backstage.io/annotation-rejected-for-security-reasons"

// namePatternScript finds javascript: however it is disguised with white space.
var namePatternScript = pattern.New(
	`(?i)^[\x00-\x1f ]*j[\r\n\t]*a[\r\n\t]*v[\r\n\t]*a[\r\n\t]*s[\r\n\t]*c[\r\n\t]*r[\r\n\t]*i[\r\n\t]*p[\r\n\t]*t[\r\n\t]*:`)

func guardAnnotations(annotations *value) {
	for _, key := range []string{AnnotationViewURL, AnnotationEditURL} {
		if v := annotations.get(key); v != nil && namePatternScript().MatchString(v.text) {
			annotations.set(key, text(RejectedURL))
		}
	}
}

// unset removes a key.
func (v *value) unset(key string) {
	if i := slices.Index(v.keys, key); i >= 0 {
		v.keys = slices.Delete(v.keys, i, i+1)
		v.items = slices.Delete(v.items, i, i+1)
	}
}

// placement is where an entity is written down, as annotations say it.
type placement struct{ location, origin, source string }

// mark writes the annotations into an entity's document.
func (p placement) mark(doc *value) {
	metadata := doc.get("metadata")
	annotations := metadata.get("annotations")
	if annotations == nil {
		annotations = &value{kind: kindObject}
		metadata.set("annotations", annotations)
	}
	annotations.set(AnnotationLocation, text(p.location))
	annotations.set(AnnotationOriginLocation, text(p.origin))
	if p.source != "" && annotations.get(AnnotationSourceLocation) == nil {
		annotations.set(AnnotationSourceLocation, text(p.source))
	}
}

// JSON returns e as Backstage shows it: the body with uid, etag, relations and
// status. Everything its file said is in it as the file said it.
func (e Entity) JSON() ([]byte, error) {
	doc, err := parseJSON(e.Body, DefaultLimits())
	if err != nil {
		return nil, fmt.Errorf("read the body of %s: %w", e.Ref(), err)
	}
	if metadata := doc.get("metadata"); metadata != nil {
		metadata.set("uid", text(e.UID))
		metadata.set("etag", text(e.Etag))
	}
	relations := &value{kind: kindList}
	for _, r := range e.Relations {
		relations.items = append(relations.items, &value{
			kind: kindObject, keys: []string{"type", "targetRef"}, items: []*value{text(r.Type), text(r.TargetRef)},
		})
	}
	doc.set("relations", relations)
	if len(e.Status.Items) > 0 {
		doc.set("status", statusOf(e.Status.Items))
	}
	return doc.appendJSON(nil), nil
}
