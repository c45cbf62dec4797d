package authoring

import (
	"bytes"
	"encoding/json"
	"errors"
	"iter"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/goldenpath/platform/scaffolds"
)

var (
	namePattern        = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	placeholderPattern = regexp.MustCompile(`\{([^{}]*)\}`)
)

func isName(s string) bool { return namePattern.MatchString(s) }

// placeholders are the names in braces.
func placeholders(s string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, m := range placeholderPattern.FindAllStringSubmatch(s, -1) {
			if !yield(m[1]) {
				return
			}
		}
	}
}

// lineOfJSONError finds the line that cannot be read.
func lineOfJSONError(body []byte, err error) int {
	offset := int64(0)
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		offset = syntax.Offset
	} else if kind, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		offset = kind.Offset
	}
	return 1 + bytes.Count(body[:min(int(offset), len(body))], []byte("\n"))
}

// tokens checks what stands for the answers in the golden code.
func (l *linter) tokens() {
	everywhere, repeated := scaffolds.TokenValues()
	l.tokenList(l.manifest.Tokens, everywhere, "")
	for _, r := range l.manifest.Repeat {
		l.tokenList(r.Tokens, slices.Concat(everywhere, repeated), r.Dir.Value+"/")
	}
}

func (l *linter) tokenList(tokens []token, values []string, folder string) {
	seen := map[string]bool{}
	for _, t := range tokens {
		find := t.Find.Value
		switch {
		case find == "":
			l.wrong(t.Value, "a token without text to find")
			continue
		case seen[find]:
			l.wrong(t.Find, "the token %q is there twice", find)
			continue
		}
		seen[find] = true
		if !slices.Contains(values, t.Value.Value) {
			l.wrong(t.Value, "the token %q stands for %q, which nothing answers: there are %s", find, t.Value.Value, strings.Join(values, ", "))
		}
		if shortened := strings.Contains(t.Value.Value, "name") || t.Value.Value == "team" || t.Value.Value == "feature"; t.Max != 0 && (t.Max < scaffolds.ShortestMax || !shortened) {
			l.wrong(t.Find, "the token %q has max %d: names alone are shortened, to %d characters or more", find, t.Max, scaffolds.ShortestMax)
		}
		l.occurrences(t, tokens, folder)
	}
}

// occurrences tells a token that never occurs, and one inside a longer word,
// which would be replaced there by accident. Names in camel case and in
// settings are meant to be parts of words.
func (l *linter) occurrences(t token, all []token, folder string) {
	find, found := t.Find.Value, false
	part := strings.HasPrefix(t.Value.Value, "provider.") && t.Value.Value != "provider.name"
	for _, f := range l.goldenFiles() {
		// What templates make of a repeated folder has its tokens elsewhere.
		found = found || strings.Contains(f.Name, find) || l.isMade(f.Name) && bytes.Contains(f.Body, []byte(find))
		if !strings.HasPrefix(f.Name, folder) {
			continue
		}
		if bytes.IndexByte(f.Body, 0) >= 0 || l.isMade(f.Name) {
			continue
		}
		for at := range allIndexes(string(f.Body), find) {
			found = true
			if word := wordAround(string(f.Body), at, find); word != find && !part && !isLongerToken(all, word, find) {
				l.add(golden+f.Name, 1+bytes.Count(f.Body[:at], []byte("\n")),
					"the token %q is inside the word %q and would be replaced there, too: choose another word", find, word)
			}
		}
	}
	if !found {
		l.wrong(t.Find, "the token %q occurs in no file under %s", find, golden)
	}
}

func isLongerToken(all []token, word, find string) bool {
	return slices.ContainsFunc(all, func(t token) bool {
		return len(t.Find.Value) > len(find) && strings.Contains(t.Find.Value, find) && strings.Contains(word, t.Find.Value)
	})
}

func allIndexes(s, find string) iter.Seq[int] {
	return func(yield func(int) bool) {
		for at := 0; ; at += len(find) {
			next := strings.Index(s[at:], find)
			if next < 0 {
				return
			}
			if at += next; !yield(at) {
				return
			}
		}
	}
}

// wordAround returns a token with the letters and digits that stick to it: to
// its own letters and digits, as nothing sticks to a mark.
func wordAround(s string, at int, find string) string {
	start, end := at, at+len(find)
	if first, _ := utf8.DecodeRuneInString(find); isWord(first) {
		for start > 0 {
			r, size := utf8.DecodeLastRuneInString(s[:start])
			if !isWord(r) || start > 1 && s[start-2:start] == `\n` {
				break
			}
			start -= size
		}
	}
	if last, _ := utf8.DecodeLastRuneInString(find); isWord(last) {
		for end < len(s) {
			r, size := utf8.DecodeRuneInString(s[end:])
			if !isWord(r) {
				break
			}
			end += size
		}
	}
	return s[start:end]
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
