package catalog

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/goldenpath/platform/internal/pattern"
)

// learnMore ends the messages about fields, as it does in Backstage, so that
// people find what is written about them.
const learnMore = " To learn more about catalog file format, visit: " +
	"https://github.com/backstage/backstage/blob/master/docs/architecture-decisions/adr002-default-catalog-file-format.md"

// What each format expects, in Backstage's words.
const (
	wantName   = "a string that is sequences of [a-zA-Z0-9] separated by any of [-_.], at most 63 characters in total"
	wantPrefix = "a valid prefix and/or suffix"
	wantLabel  = "a string that is sequences of [a-z0-9] separated by [-], at most 63 characters in total"
	wantTag    = "a string that is sequences of [a-z0-9+#] separated by [-], at most 63 characters in total"
	wantKind   = "a string that is a sequence of [a-zA-Z][a-z0-9A-Z], at most 63 characters in total"
	wantURL    = "a string that is a valid url"
	wantText   = "a non empty string"
	wantString = "a string"
)

var (
	namePattern        = pattern.New(`^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$`)
	namePatternKind    = pattern.New(`^[a-zA-Z][a-z0-9A-Z]*$`)
	namePatternVersion = pattern.New(`^[a-z0-9A-Z]+$`)
	namePatternLabel   = pattern.New(`^[a-z0-9]+(?:-+[a-z0-9]+)*$`)
	namePatternTag     = pattern.New(`^[a-z0-9:+#]+(-[a-z0-9:+#]+)*$`)
	namePatternScheme  = pattern.New(`^[a-zA-Z][-+.a-zA-Z0-9]*:`)
)

const maxPart = 63

func matches(s string, p *regexp.Regexp) bool {
	return s != "" && len(s) <= maxPart && p.MatchString(s)
}

// ValidName reports whether s can be an entity's name.
func ValidName(s string) bool { return matches(s, namePattern()) }

// ValidNamespace reports whether s can be a namespace.
func ValidNamespace(s string) bool { return matches(s, namePatternLabel()) }

func validKind(s string) bool { return matches(s, namePatternKind()) }
func validTag(s string) bool  { return matches(s, namePatternTag()) }
func validText(s string) bool { return strings.TrimSpace(s) != "" }
func validVersion(s string) bool {
	return prefixed(s, func(s string) bool { return matches(s, namePatternVersion()) })
}
func validKey(s string) bool { return prefixed(s, ValidName) }

func validLabelValue(s string) bool { return s == "" || ValidName(s) }

// prefixed checks [dnsSubdomain/]suffix.
func prefixed(s string, suffix func(string) bool) bool {
	prefix, rest, found := strings.Cut(s, "/")
	if !found {
		return suffix(s)
	}
	if prefix == "" || len(prefix) > 253 || strings.Contains(rest, "/") {
		return false
	}
	for label := range strings.SplitSeq(prefix, ".") {
		if !ValidNamespace(label) {
			return false
		}
	}
	return suffix(rest)
}

// validURL accepts what JavaScript's URL parser does: any scheme, and a host
// where the scheme has one.
func validURL(s string) bool {
	s = strings.TrimSpace(s)
	scheme := namePatternScheme().FindString(s)
	if scheme == "" {
		return false
	}
	switch strings.ToLower(scheme) {
	case "http:", "https:", "ws:", "wss:", "ftp:":
	default:
		return true
	}
	host := strings.TrimLeft(s[len(scheme):], `/\`)
	if i := strings.IndexAny(host, `/\?#`); i >= 0 {
		host = host[:i]
	}
	host = host[strings.LastIndexByte(host, '@')+1:]
	if i := strings.LastIndexByte(host, ':'); i >= 0 && !strings.HasSuffix(host, "]") {
		if port, err := strconv.Atoi("0" + host[i+1:]); err != nil || port > 65535 {
			return false
		}
		host = host[:i]
	}
	return host != "" && !strings.ContainsAny(host, " \t<>^|%")
}

// checker collects what is wrong with one entity.
type checker struct {
	problems []Problem
	ref      string
	kind     string
}

func (c *checker) report(v *value, field, message, hint string) {
	p := Problem{Ref: c.ref, Field: field, Message: message, Hint: hint}
	if v != nil {
		p.Line, p.Column = v.line, v.column
	}
	c.problems = append(c.problems, p)
}

// format checks one value against a format. shown is how Backstage calls the
// field, field is its path.
func (c *checker) format(v *value, field, shown string, valid func(string) bool, want string) {
	if v.kind == kindNull {
		c.report(v, field, shown+" must have a value", v.insteadOf("must have a value"))
		return
	}
	if v.kind == kindString && valid(v.text) {
		return
	}
	found := v.text
	if v.kind != kindString {
		found = string(v.appendJSON(nil))
	}
	if len(found) > 200 {
		found = found[:200] + "…"
	}
	c.report(v, field, `"`+shown+`" is not valid; expected `+want+` but found "`+found+`".`+learnMore, "")
}

// validate returns everything that is wrong with the entity doc; none when it
// may enter the catalog.
func validate(doc *value) []Problem {
	c := &checker{kind: doc.str("kind"), ref: refIn(doc)}
	c.envelope(doc)
	if len(c.problems) > 0 {
		return c.problems // the rest would only repeat it
	}
	c.formats(doc)
	c.kindRules(doc)
	c.references(doc)
	c.keysByCase(doc)
	return c.problems
}

// envelope checks the parts that all kinds have.
func (c *checker) envelope(doc *value) {
	for i, key := range doc.keys {
		switch key {
		case "apiVersion", "kind", "metadata", "spec", "relations", "status":
		default:
			c.report(doc.items[i], key, "Unknown field "+key,
				"Only apiVersion, kind, metadata and spec stand at the top; indent what belongs to spec.")
		}
	}
	for _, key := range []string{"apiVersion", "kind", "metadata"} {
		v := doc.get(key)
		switch {
		case v == nil:
			c.report(doc, key, "Malformed envelope, <root> must have required property '"+key+"'", hintFor(key))
		case key == "metadata" && v.kind != kindObject:
			c.malformed(v, "metadata", "must be object")
		case key != "metadata":
			c.filled(v, key)
		}
	}
	if v := doc.get("spec"); v != nil && v.kind != kindObject {
		c.malformed(v, "spec", "must be object")
	}
	if metadata := doc.get("metadata"); metadata != nil && metadata.kind == kindObject {
		c.metadata(metadata)
	}
}

func (c *checker) malformed(v *value, field, message string) {
	path := "/" + strings.ReplaceAll(field, ".", "/")
	c.report(v, field, "Malformed envelope, "+path+" "+message, v.insteadOf(message))
}

// insteadOf says what to write where v breaks a rule.
func (v *value) insteadOf(rule string) string {
	switch {
	case strings.HasPrefix(rule, "must NOT have fewer"), v.kind == kindNull:
		return "Fill it in or leave it out."
	case strings.Contains(rule, "'url'"):
		return "Add where it leads, such as url: https://example.com"
	case rule == "must be string" && (v.kind == kindNumber || v.kind == kindBool):
		return "Put it in quotes: \"" + v.text + "\"."
	case rule == "must be string":
		return "It is " + article(v.typeName()) + " here; write one text."
	case rule == "must be array":
		return "It is " + article(v.typeName()) + " here; write a list, such as [a, b]."
	}
	return "It is " + article(v.typeName()) + " here; write keys with values below it."
}

// filled checks that a part of the envelope is a text and not an empty one.
func (c *checker) filled(v *value, field string) {
	switch {
	case v.kind != kindString:
		c.malformed(v, field, "must be string")
	case v.text == "":
		c.malformed(v, field, "must NOT have fewer than 1 characters")
	}
}

func (c *checker) metadata(m *value) {
	if m.get("name") == nil {
		c.report(m, "metadata.name", "Malformed envelope, /metadata must have required property 'name'", hintFor("name"))
	}
	for i, key := range m.keys {
		v, field := m.items[i], "metadata."+key
		switch key {
		case "name", "namespace", "title", "uid", "etag":
			c.filled(v, field)
		case "description":
			if v.kind != kindString {
				c.malformed(v, field, "must be string")
			}
		case "labels", "annotations":
			c.stringsIn(v, field)
		case "tags":
			c.tags(v)
		case "links":
			c.links(v)
		}
	}
}

func (c *checker) stringsIn(v *value, field string) {
	if v.kind != kindObject {
		c.malformed(v, field, "must be object")
		return
	}
	for i, item := range v.items {
		if item.kind != kindString {
			key := strings.NewReplacer("~", "~0", "/", "~1").Replace(v.keys[i])
			c.report(item, field+"."+v.keys[i],
				"Malformed envelope, /"+strings.ReplaceAll(field, ".", "/")+"/"+key+" must be string",
				`Put the value in quotes: "`+string(item.appendJSON(nil))+`".`)
		}
	}
}

func (c *checker) tags(v *value) {
	if v.kind != kindList {
		c.malformed(v, "metadata.tags", "must be array")
		return
	}
	for i, item := range v.items {
		c.filled(item, "metadata.tags."+strconv.Itoa(i))
	}
}

func (c *checker) links(v *value) {
	if v.kind != kindList {
		c.malformed(v, "metadata.links", "must be array")
		return
	}
	for i, item := range v.items {
		field := "metadata.links." + strconv.Itoa(i)
		switch {
		case item.kind != kindObject:
			c.malformed(item, field, "must be object")
		case item.get("url") == nil:
			c.malformed(item, field, "must have required property 'url'")
		default:
			for j, key := range item.keys {
				switch key {
				case "url", "title", "icon", "type":
					c.filled(item.items[j], field+"."+key)
				}
			}
		}
	}
}
