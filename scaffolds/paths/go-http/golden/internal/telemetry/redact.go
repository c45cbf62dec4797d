package telemetry

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"regexp"
	"slices"
	"strings"
)

const redacted = "[redacted]"

// What makes a key secret, in lower case and without separators: "X-Api-Key",
// "api_key" and "APIKey" are one.
var secretKeys = []string{
	"password", "passwd", "pwd", "passphrase", "secret", "token", "authorization",
	"cookie", "apikey", "accesskey", "privatekey", "credential", "signature",
}

var separators = strings.NewReplacer("-", "", "_", "", ".", "", " ", "")

func secretKey(key string) bool {
	key = separators.Replace(strings.ToLower(key))
	return slices.ContainsFunc(secretKeys, func(secret string) bool { return strings.Contains(key, secret) })
}

// Keeps secrets out of the log: what a secret key or group names, and what
// looks like a secret in a message, an error or any other text. It rather
// hides too much: a secret that was logged once has to be changed everywhere.
func redact(groups []string, attr slog.Attr) slog.Attr {
	if secretKey(attr.Key) || slices.ContainsFunc(groups, secretKey) {
		return slog.String(attr.Key, redacted)
	}
	// Numbers, times and the like hold no secrets.
	if kind := attr.Value.Kind(); kind == slog.KindString {
		attr.Value = slog.StringValue(redactText(attr.Value.String()))
	} else if kind == slog.KindAny {
		attr.Value = redactAny(attr.Value)
	}
	return attr
}

// Headers, maps and structs are looked through in the form that is logged.
func redactAny(value slog.Value) slog.Value {
	v := value.Any()
	if _, ok := v.(slog.Level); ok {
		return value
	}
	if err, ok := v.(error); ok {
		if _, ok := v.(json.Marshaler); !ok {
			return slog.StringValue(redactText(err.Error()))
		}
	}
	text, err := json.Marshal(v)
	if err != nil {
		return slog.StringValue("not logged: " + redactText(err.Error()))
	}
	var tree any
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber() // Ids are not to lose digits.
	if err := dec.Decode(&tree); err != nil {
		return slog.StringValue("not logged: " + redactText(err.Error()))
	}
	// Fields keep their order when there was nothing to hide.
	if tree, changed := redactTree(tree); changed {
		return slog.AnyValue(tree)
	}
	return value
}

func redactTree(tree any) (clean any, changed bool) {
	switch t := tree.(type) {
	case string:
		clean := redactText(t)
		return clean, clean != t
	case []any:
		for i := range t {
			var c bool
			t[i], c = redactTree(t[i])
			changed = changed || c
		}
	case map[string]any:
		for key := range t {
			c := secretKey(key)
			if c {
				t[key] = redacted
			} else {
				t[key], c = redactTree(t[key])
			}
			changed = changed || c
		}
	}
	return tree, changed
}

var (
	// A header's whole line: cookies are several, credentials have spaces.
	headerLine = regexp.MustCompile(`(?i)\b((?:set-)?cookie|(?:proxy-)?authorization)("?\s*:\s*)[^\r\n]+`)
	// Bearer abc123, Basic dXNlcjpwYXNz.
	scheme = regexp.MustCompile(`(?i)\b(bearer|basic)\s+([\w.~+/=-]+)`)
	// scheme://user:password@host; the second also when the password has a
	// slash that should have been escaped, as in errors of URLs that do not parse.
	userInfo = regexp.MustCompile(`://[^\s"'/?#]*@`)
	userPass = regexp.MustCompile(`://[^\s"'/?#@:]*:([^\s"'@]*)@`)
	port     = regexp.MustCompile(`^\d{1,5}(?:[/?#]|$)`)
	// password=x in connection strings and queries, "password":"x", password: x.
	keyValue = regexp.MustCompile(`(?i)([\w.-]*(?:password|passwd|pwd|passphrase|secret|token|api[_-]?key|access[_-]?key|` +
		`private[_-]?key|credential|signature)[\w.-]*"?)(\s*[=:]\s*)("[^"]*"|'[^']*'|[^\s&;,"')\]}]+)`)
	jsonWebToken = regexp.MustCompile(`\beyJ[\w-]+\.[\w-]+\.[\w-]*`)
	privateKey   = regexp.MustCompile(`(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)`)
	// "bearer token is missing" and "read token: open x" are language.
	plainWord = regexp.MustCompile(`^[a-z]{1,20}$`)
)

func redactText(text string) string {
	// Most texts are words and paths: they cannot hold any of it.
	if !strings.ContainsAny(text, " =:") && !strings.Contains(text, "eyJ") {
		return text
	}
	text = privateKey.ReplaceAllString(text, redacted)
	text = headerLine.ReplaceAllString(text, "${1}${2}"+redacted)
	text = replace(scheme, text, func(m []string) string {
		if plainWord.MatchString(m[2]) {
			return m[0]
		}
		return m[1] + " " + redacted
	})
	text = userInfo.ReplaceAllString(text, "://"+redacted+"@")
	text = replace(userPass, text, func(m []string) string {
		if port.MatchString(m[1]) {
			return m[0]
		}
		return "://" + redacted + "@"
	})
	text = replace(keyValue, text, func(m []string) string {
		if strings.HasSuffix(m[2], ": ") && plainWord.MatchString(m[3]) {
			return m[0]
		}
		return m[1] + m[2] + redacted
	})
	return jsonWebToken.ReplaceAllString(text, redacted)
}

func replace(pattern *regexp.Regexp, text string, with func(match []string) string) string {
	return pattern.ReplaceAllStringFunc(text, func(found string) string {
		return with(pattern.FindStringSubmatch(found))
	})
}
