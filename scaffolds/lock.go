package scaffolds

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/goldenpath/platform/internal/fault"
)

// LockFile is where a service remembers the golden path it was made from.
const LockFile = ".platform/lock.yaml"

const lockSchema = 1

// Lock is what a service remembers, so that it can be upgraded: the old version
// is rendered again from these answers and compared with the new one.
type Lock struct {
	Schema    int
	Path      string
	Version   string
	Digest    string // of the path's files
	Answers   Answers
	Packs     []string
	Providers map[string]LockedProvider // by the name in Answers.Consumes
	Files     map[string]LockedFile     // all but the lock file
}

// LockedProvider is what was known of a service consumed.
type LockedProvider struct {
	API     string `yaml:"api"`     // reference of the API consumed
	Package string `yaml:"package"` // of its client
	SHA256  string `yaml:"sha256"`  // of its OpenAPI document
}

// LockedFile is a file as it was rendered.
type LockedFile struct {
	Class  Class  `yaml:"class"`
	SHA256 string `yaml:"sha256"`
}

// newLock remembers files and the digests of their bodies.
func newLock(p *Path, a Answers, consumes []consumed, files []File, sums []string) Lock {
	l := Lock{
		Schema: lockSchema, Path: p.Name, Version: p.Version, Digest: p.Digest, Answers: a, Packs: a.Packs,
		Providers: map[string]LockedProvider{}, Files: make(map[string]LockedFile, len(files)),
	}
	for _, c := range consumes {
		l.Providers[c.written] = LockedProvider{API: c.API, Package: c.Package, SHA256: digest(c.document)}
	}
	for i, f := range files {
		l.Files[f.Path] = LockedFile{Class: f.Class, SHA256: sums[i]}
	}
	return l
}

func digest(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// YAML writes the lock file: every key in order and no time, so that the same
// service gives the same bytes.
func (l Lock) YAML() []byte {
	var out bytes.Buffer
	out.WriteString("# Where this service came from. \"platform upgrade\" and \"platform add\" read and write it; leave it alone.\nanswers:\n")
	answers := l.Answers.values()
	if len(l.Answers.Extra) > 0 {
		answers["extra"] = l.Answers.Extra
	}
	for _, name := range slices.Sorted(maps.Keys(answers)) {
		fmt.Fprintf(&out, "  %s: %s\n", name, flow(answers[name]))
	}
	fmt.Fprintf(&out, "digest: %s\nfiles:\n", flow(l.Digest))
	for _, name := range slices.Sorted(maps.Keys(l.Files)) {
		fmt.Fprintf(&out, "  %s:\n    class: %s\n    sha256: %s\n", key(name), l.Files[name].Class, flow(l.Files[name].SHA256))
	}
	packs := l.Packs
	if packs == nil {
		packs = []string{}
	}
	fmt.Fprintf(&out, "packs: %s\npath: %s\n", flow(packs), flow(l.Path))
	if len(l.Providers) > 0 {
		out.WriteString("providers:\n")
		for _, name := range slices.Sorted(maps.Keys(l.Providers)) {
			p := l.Providers[name]
			fmt.Fprintf(&out, "  %s:\n    api: %s\n    package: %s\n    sha256: %s\n", key(name), flow(p.API), flow(p.Package), flow(p.SHA256))
		}
	}
	fmt.Fprintf(&out, "schema: %d\nversion: %s\n", l.Schema, flow(l.Version))
	return out.Bytes()
}

// flow writes a value as JSON, which YAML reads as it is meant: a bare no or
// 1.10 would come back as something else. Commas have a space behind them, as
// linters of YAML want it.
func flow(v any) string {
	if s, ok := v.(string); ok && plainText(s) {
		return `"` + s + `"`
	}
	var compact, lines bytes.Buffer
	enc := json.NewEncoder(&compact)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return "null" // answers come from JSON, so this cannot be
	}
	if err := json.Indent(&lines, bytes.TrimSpace(compact.Bytes()), "", ""); err != nil {
		return "null"
	}
	// Texts have no line breaks in JSON, so these are between values.
	return strings.NewReplacer(",\n", ", ", "\n", "").Replace(lines.String())
}

// plainText reports whether JSON writes a text as it is. Nearly all of a lock file's
// are digests.
func plainText(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' || s[i] == '"' || s[i] == '\\' {
			return false
		}
	}
	return true
}

// key writes a map's key, without quotes where they are not needed: a path of
// letters with a dot or slash in it is nothing but text in YAML.
func key(name string) string {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	if strings.Trim(name, letters+"0123456789_./-") == "" && strings.ContainsAny(name, "./") &&
		strings.IndexAny(name, letters+".") == 0 &&
		strings.LastIndexAny(name, letters) == len(name)-1 {
		return name
	}
	return flow(name)
}

// ReadLock reads a lock file.
func ReadLock(body []byte) (Lock, error) {
	var head struct {
		Schema int `yaml:"schema"`
	}
	if err := yaml.Unmarshal(body, &head); err != nil {
		return Lock{}, badLock(err)
	}
	if head.Schema > lockSchema {
		return Lock{}, fault.New(fault.Unsupported, "%s was written by a newer platform (schema %d).", LockFile, head.Schema).
			WithHint("Get a newer platform; platform version tells which one this is.")
	}
	var raw struct {
		Schema    int                       `yaml:"schema"`
		Path      string                    `yaml:"path"`
		Version   string                    `yaml:"version"`
		Digest    string                    `yaml:"digest"`
		Answers   map[string]any            `yaml:"answers"`
		Packs     []string                  `yaml:"packs"`
		Providers map[string]LockedProvider `yaml:"providers"`
		Files     map[string]LockedFile     `yaml:"files"`
	}
	dec := yaml.NewDecoder(bytes.NewReader(body))
	dec.KnownFields(true)
	if err := dec.Decode(&raw); err != nil {
		return Lock{}, badLock(err)
	}
	l := Lock{
		Schema: raw.Schema, Path: raw.Path, Version: raw.Version, Digest: raw.Digest, Packs: raw.Packs,
		Providers: raw.Providers, Files: raw.Files,
	}
	text, err := json.Marshal(raw.Answers)
	if err == nil {
		err = json.Unmarshal(text, &l.Answers)
	}
	if err != nil {
		return Lock{}, badLock(err)
	}
	if l.Answers.Packs = l.Packs; l.Schema != lockSchema || l.Path == "" || l.Version == "" || l.Digest == "" {
		return Lock{}, badLock(errors.New("schema, path, version or digest is missing"))
	}
	return l, nil
}

func badLock(err error) error {
	return fault.New(fault.Invalid, "%s cannot be read: %s.", LockFile, strings.TrimPrefix(err.Error(), "yaml: ")).WithCause(err).
		WithHint("Take it from the repository's history: git log -- %s", LockFile)
}
