package broker

import (
	"fmt"
	"slices"
	"strings"
)

// What a question has and cannot be read must not count as left out: that would be
// another question, and its yes a yes by mistake. A Pact Broker takes an empty
// environment for none, for one.

// unreadable says what of a matrix's query cannot be read.
func unreadable(in nested) []string {
	var out []string
	for _, name := range []string{"environment", "tag", "branch"} {
		out = append(out, given{in, name, "", ""}.filled()...)
	}
	for _, name := range []string{"latest", "mainBranch"} {
		out = append(out, given{in, name, "", ""}.boolean()...)
	}
	out = append(out, given{in, "latestby", "", ""}.oneOf("", "cvp", "cvpv", "cp")...)
	out = append(out, given{in, "limit", "", ""}.text()...)
	out = append(out, unreadableSuccess(in)...)
	return append(out, append(unreadableSelectors(in, "q"), unreadableSelectors(in, "ignore")...)...)
}

// unreadableSuccess says what of the results to show cannot be read: one or a list of
// true, false and nothing, which is not verified.
func unreadableSuccess(in nested) []string {
	list, is := in["success"].([]any)
	if !is {
		return given{in, "success", "", ""}.oneOf("", "true", "false")
	}
	for _, item := range list {
		if out := (given{nested{"success[]": item}, "success[]", "", ""}).oneOf("", "true", "false"); out != nil {
			return out
		}
	}
	return nil
}

// unreadableSelectors says what of a list of selectors cannot be read.
func unreadableSelectors(in nested, list string) []string {
	items, is := in[list].([]any)
	if _, has := in[list]; has && !is {
		return []string{list + " " + mustBeList(list)}
	}
	var out []string
	for _, item := range items {
		s, is := item.(nested)
		if !is {
			continue // a name, or nothing, which is refused as such
		}
		at := func(field string) given { return given{s, field, list + "[]", s.text("pacticipant")} }
		out = append(out, at("pacticipant").text()...)
		for _, field := range []string{"version", "branch", "tag", "environment"} {
			out = append(out, at(field).filled()...)
		}
		for _, field := range []string{"latest", "mainBranch"} {
			out = append(out, at(field).boolean()...)
		}
	}
	return out
}

// mustBeList says how a list of selectors is written.
func mustBeList(list string) string {
	return fmt.Sprintf("must be a list: %s[][pacticipant]=TEXT", list)
}

// given is a parameter by its name, in a selector of a list and of a service or in
// neither.
type given struct {
	in            nested
	name          string
	list, service string
}

// key is the parameter as it is written.
func (g given) key() string {
	if g.list == "" {
		return g.name
	}
	return g.list + "[" + g.name + "]"
}

func (g given) must(be string) []string {
	of := ""
	if g.service != "" {
		of = " of " + g.service
	}
	return []string{g.key() + of + " must " + be}
}

// text demands one text, or that nothing is given.
func (g given) text() []string {
	switch value := g.in[g.name].(type) {
	case nil, string:
		return nil
	case twice: // one of two questions would go unanswered
		return g.must(fmt.Sprintf("be given once, not as %q and as %q", value.first, value.last))
	}
	return g.must("be one text: " + g.key() + "=TEXT")
}

// once adds what is wrong with a parameter that is one text, or nothing.
func (p problems) once(in nested, name string) {
	for _, text := range (given{in, name, "", ""}).text() {
		p.add(name, "%s", strings.TrimPrefix(text, name+" "))
	}
}

// filled demands one text that is not blank, or that nothing is given.
func (g given) filled() []string {
	if text, is := g.in[g.name].(string); is && strings.TrimSpace(text) == "" {
		return g.must("not be blank")
	}
	return g.text()
}

// boolean demands true or false, or that nothing is given.
func (g given) boolean() []string { return g.oneOf("true", "false") }

// oneOf demands one of a few words, or that nothing is given.
func (g given) oneOf(words ...string) []string {
	switch value := g.in[g.name].(type) {
	case nil:
		return nil
	case twice:
		return g.text()
	case string:
		if slices.Contains(words, value) {
			return nil
		}
	}
	words = slices.DeleteFunc(words, func(word string) bool { return word == "" })
	last := len(words) - 1
	return g.must("be " + strings.Join(words[:last], ", ") + " or " + words[last])
}
