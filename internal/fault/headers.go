package fault

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"
)

const (
	// shortest is the length of the shortest value that is hidden: shorter ones would be
	// hidden in the middle of words.
	shortest = 4

	// shortestPart is that of a part of a list, such as a cookie's.
	shortestPart = 8

	// longestEntity is that of a character's name in HTML.
	longestEntity = 10
)

// Hider hides values in texts.
type Hider struct{ values []string } // the longest first: one may be the beginning of another

// HeaderValues returns what hides the values of headers in what a program says that
// was given them, or talked to somebody who was: they are often passwords and tokens.
// A value is found also without its scheme (Bearer), decoded (Basic), and however it
// is written in JSON, in an address, in HTML or in base64.
func HeaderValues(headers map[string]string) Hider {
	var values []string
	for name, value := range headers {
		if !isPublic(name) {
			values = append(values, secretsIn(name, strings.TrimSpace(value))...)
		}
	}
	for _, value := range values {
		values = append(values, inBase64(value)...)
	}
	slices.SortFunc(values, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), strings.Compare(a, b)) })
	return Hider{slices.Compact(values)}
}

// Hide shows a text without the values.
func (h Hider) Hide(text string) string {
	if len(h.values) == 0 {
		return text
	}
	var b strings.Builder
	b.Grow(len(text))
	for at := 0; at < len(text); {
		if n := h.valueAt(text, at); n > 0 {
			b.WriteString(hiddenPart)
			at += n
			continue
		}
		b.WriteByte(text[at])
		at++
	}
	return b.String()
}

// valueAt returns how much of the text from a place on is a value, 0 for nothing.
func (h Hider) valueAt(text string, at int) int {
	for _, value := range h.values {
		n := writtenAs(text[at:], value)
		if n == 0 {
			continue
		}
		// A short word is meant only by itself, not as a part of another.
		if len(value) < shortestPart && n == len(value) && (at > 0 && isPlain(rune(text[at-1])) || at+n < len(text) && isPlain(rune(text[at+n]))) {
			continue
		}
		return n
	}
	return 0
}

// isPublic reports whether a header says what everybody says. Without its value one
// could not read what was expected.
func isPublic(name string) bool {
	switch strings.ToLower(name) {
	case "accept", "accept-charset", "accept-encoding", "accept-language", "cache-control", "content-type", "host", "user-agent":
		return true
	}
	return false
}

// secretsIn returns what must not be seen of a header's value.
func secretsIn(name, value string) (secrets []string) {
	add := func(secret string, least int) {
		if len(secret) >= least && !slices.Contains([]string{"true", "false", "null"}, secret) {
			secrets = append(secrets, secret)
		}
	}
	add(value, shortest)
	if scheme, rest, given := strings.Cut(value, " "); given && isScheme(name, scheme) {
		rest = strings.TrimSpace(rest)
		add(rest, shortest)
		if login, err := base64.StdEncoding.DecodeString(rest); err == nil && strings.EqualFold(scheme, "basic") {
			_, password, _ := strings.Cut(string(login), ":")
			add(string(login), shortest)
			add(password, shortest)
		}
		value = rest
	}
	parts := strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ';' })
	for _, part := range parts {
		_, of, named := strings.Cut(part, "=")
		if named {
			add(strings.Trim(of, `" `), shortestPart)
		}
		if len(parts) > 1 {
			add(strings.TrimSpace(part), shortestPart)
		}
	}
	return secrets
}

// inBase64 returns what a value is in the middle of a text in base64, as metadata of
// messages are: it depends on where in a group of three bytes the value begins. What
// is left out shares a letter with what is before or behind it.
func inBase64(value string) (written []string) {
	if len(value) < shortestPart {
		return nil
	}
	for before := range 3 {
		text := base64.RawStdEncoding.EncodeToString([]byte("\x00\x00"[:before] + value))
		written = append(written, text[(8*before+5)/6:8*(before+len(value))/6])
	}
	return written
}

// isScheme reports whether the first word of a header says of what kind the rest is.
func isScheme(name, word string) bool {
	switch strings.ToLower(name) {
	case "authorization", "proxy-authorization":
		return true
	}
	switch strings.ToLower(word) {
	case "bearer", "basic", "token", "apikey":
		return true
	}
	return false
}

// writtenAs returns how much of the beginning of a text is a value, however it is
// written, 0 for nothing.
func writtenAs(text, value string) int {
	read := 0
	for i, r := range value {
		if r == '\\' && i > 0 && value[i-1] == '\\' {
			continue // the one before took all there are
		}
		n := characterAs(text[read:], r)
		if n == 0 {
			return 0
		}
		read += n
	}
	return read
}

// characterAs returns how much of the beginning of a text is a character: itself,
// behind backslashes, as in JSON (\u00e9), in an address (%C3%A9) or in HTML (&eacute;).
func characterAs(text string, r rune) int {
	if text == "" {
		return 0
	}
	if isPlain(r) {
		if strings.EqualFold(text[:1], string(r)) {
			return 1
		}
		return 0
	}
	slashes := 0
	for slashes < len(text) && text[slashes] == '\\' {
		slashes++
	}
	after, itself := text[slashes:], string(r)
	if slashes > 0 {
		if n := unicodeAs(after, r); n > 0 {
			return slashes + n
		}
		if r == '\\' {
			return slashes
		}
	}
	if n := entityAs(after); n > 0 && (r != '&' || strings.HasPrefix(after, "&amp;") || after[1] == '#') {
		return slashes + n
	}
	if strings.HasPrefix(after, itself) {
		return slashes + len(itself)
	}
	switch {
	case slashes > 0:
		return 0
	case text[0] == '+' && r == ' ':
		return 1
	case text[0] == '%':
		percent := "%" + strings.ReplaceAll(fmt.Sprintf("% x", itself), " ", "%")
		if len(text) >= len(percent) && strings.EqualFold(text[:len(percent)], percent) {
			return len(percent)
		}
	}
	return 0
}

// entityAs returns how much of the beginning of a text is the name or number of a
// character in HTML. Which one is not looked at.
func entityAs(text string) int {
	if text == "" || text[0] != '&' {
		return 0
	}
	end := strings.IndexByte(text[:min(len(text), longestEntity)], ';')
	if end < 2 || strings.ContainsFunc(text[1:end], func(r rune) bool { return r != '#' && !isPlain(r) }) {
		return 0
	}
	return 1 + end
}

// unicodeAs returns how much of a text, which is behind a backslash, is a character as
// JSON writes it: one or two times u and four digits.
func unicodeAs(text string, r rune) (read int) {
	if text == "" || text[0]|' ' != 'u' {
		return 0
	}
	for _, unit := range utf16.AppendRune(nil, r) {
		text, had := text[read:], read
		if had > 0 {
			trimmed := strings.TrimLeft(text, `\`)
			read += len(text) - len(trimmed)
			text = trimmed
		}
		digits := fmt.Sprintf("u%04x", unit)
		if len(text) < len(digits) || !strings.EqualFold(text[:len(digits)], digits) {
			return 0
		}
		read += len(digits)
	}
	return read
}

// isPlain reports whether a letter or digit is always written as it is.
func isPlain(c rune) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}
