package config

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/goldenpath/platform/internal/fault"
)

// fileVariable names the settings file. It cannot be set in that file.
const fileVariable = "PLATFORM_CONFIG"

// fileFlag is the same on the command line.
const fileFlag = "config"

// given is a value and where it was given.
type given struct {
	value  string
	source string // for Effective
	where  string // for a problem: as the person typed it
}

// reader collects what the sources have, and every problem in them.
type reader struct {
	env       map[string]string
	flags     map[string]string
	dir       string
	path      string // of the file
	named     bool   // somebody named it, so it must be there
	file      map[string]given
	problems  []fault.Field
	effective []Setting
}

func newReader(sources Sources) *reader {
	r := &reader{env: map[string]string{}, flags: sources.Flags, dir: sources.Dir, file: map[string]given{}}
	for _, pair := range sources.Environ {
		if name, value, ok := strings.Cut(pair, "="); ok {
			r.env[name] = value
		}
	}
	r.findFile()
	return r
}

// findFile decides which file is read, and notes it as a setting of its own.
func (r *reader) findFile() {
	source := "default"
	switch {
	case r.flags[fileFlag] != "":
		r.path, r.named, source = r.flags[fileFlag], true, "flag"
	case r.env[fileVariable] != "":
		r.path, r.named, source = r.env[fileVariable], true, "environment"
	case r.configDir() != "":
		r.path = filepath.Join(r.configDir(), "platform.conf")
	}
	r.path = r.absolute(r.path)
	r.effective = append(r.effective, Setting{Name: fileVariable, Flag: fileFlag, Value: r.path, Source: source})
}

// find returns what the strongest source says. An empty variable says nothing:
// that is how scripts and containers unset one.
func (r *reader) find(s setting) (given, bool) {
	if value, ok := r.flags[s.flag]; ok && s.flag != "" {
		return given{value: value, source: "flag", where: "--" + s.flag}, true
	}
	if value := r.env[s.name]; value != "" {
		return given{value: value, source: "environment", where: s.name}, true
	}
	got, ok := r.file[s.name]
	return got, ok && got.value != ""
}

// apply puts one setting into c.
func (r *reader) apply(c *Config, s setting) {
	got, ok := r.find(s)
	if !ok {
		got = given{source: "default", where: s.name}
		if s.fallback != nil {
			got.value = s.fallback(r, c)
		}
	}
	value := got.value
	if s.flag == "database" {
		value = strings.TrimPrefix(value, "sqlite:") // database.Open calls it that
	}
	if s.flag == "data" || (s.flag == "database" && !strings.Contains(value, "://")) {
		value = r.absolute(value)
	}
	shown := value
	switch {
	case value == "":
	case s.secret:
		shown = "(hidden)"
	case s.shown != nil:
		shown = s.shown(value)
	}
	r.effective = append(r.effective, Setting{Name: s.name, Flag: s.flag, Value: shown, Source: got.source})
	if value == "" && got.source == "default" && s.flag != "data" {
		return
	}
	if wrong := s.parse(c, value); wrong != "" {
		r.problem(got.where, wrong)
	}
}

// together checks what only several settings can tell.
func (r *reader) together(c *Config) {
	if c.GitHost == HostGitHub && c.GitHub.Token == "" {
		r.problem("PLATFORM_GITHUB_TOKEN", "is needed to make repositories on GitHub. Make a fine-grained token with write access to administration, contents and workflows.")
	}
	if len(c.Replicas) > 0 && !c.Postgres() {
		r.problem("PLATFORM_DATABASE_REPLICAS", "only PostgreSQL has replicas, and PLATFORM_DATABASE is an SQLite file.")
	}
	for i := range r.effective {
		if s := &r.effective[i]; s.Name == "PLATFORM_PUBLIC_URL" && s.Value == "" {
			s.Value = c.PublicURL(c.Listen)
		}
	}
}

func (r *reader) problem(where, sentence string) {
	r.problems = append(r.problems, fault.Field{Name: where, Message: sentence})
}

// fault returns one fault for all problems, or nil.
func (r *reader) fault() error {
	if len(r.problems) == 0 {
		return nil
	}
	f := fault.New(fault.Invalid, "%s.", count(len(r.problems))).
		WithHint("Mend them and try again. What is in effect, and where it comes from: platform config")
	f.Fields = r.problems
	return f
}

// warnings names variables that look like a setting and are none.
func (r *reader) warnings() []string {
	var out []string
	for name := range r.env {
		if !strings.HasPrefix(name, "PLATFORM_") || known(name) {
			continue
		}
		if near := nearest(name, 2); near != "" {
			out = append(out, name+" is set and is no setting. Is it meant to be "+near+"?")
		}
	}
	slices.Sort(out)
	return out
}

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
