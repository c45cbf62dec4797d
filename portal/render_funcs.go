package portal

import (
	"fmt"
	"html/template"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goldenpath/platform/internal/pattern"
)

// funcs are what templates may call.
func (r *renderer) funcs() template.FuncMap {
	return template.FuncMap{
		"asset":    r.asset,
		"icon":     r.icon,
		"badge":    r.badge,
		"age":      r.age,
		"due":      r.due,
		"duration": showDuration,
		"elapsed":  r.elapsed,
		"short":    shortVersion,
		"count":    showCount,
		"plural":   plural,
		"code":     highlight,
		"words":    words,
		"join":     strings.Join,
		"stamp":    func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"clock":    func(t time.Time) string { return t.UTC().Format(time.TimeOnly) },
		"day":      func(t time.Time) string { return t.UTC().Format(time.DateOnly) },
		"language": languageName,
		"breaks":   breaksAtSlashes,
		"commits":  shortCommits,
		"deed":     deedWords,

		"arguments": keepArguments,
		"web":       webAddress,
	}
}

// webAddress returns an address from outside as a page may lead to it, "" for one
// that it may not lead to. Who publishes a build or a catalog file writes there
// what he likes, a script too, and a broker keeps it as it is. Also names schemes
// that are wanted beside the web's. A password is left out: everybody would see it.
func webAddress(address string, also ...string) string {
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return ""
	case slices.Contains(also, u.Scheme):
		return address
	case u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return ""
	case u.User == nil:
		return address
	}
	u.User = nil
	return u.String()
}

// icon returns one icon of the sprite. It says nothing a screen reader should
// read: the words beside it do.
func (r *renderer) icon(name string) template.HTML {
	href := template.HTMLEscapeString(r.asset("icons.svg") + "#" + name)
	return template.HTML(`<svg class="icon" width="16" height="16" aria-hidden="true" focusable="false"><use href="` + href + `"></use></svg>`) //nolint:gosec // escaped above
}

// badge is a state in a word, an icon and a tone, so that it never depends on
// colour alone.
type badge struct{ Tone, Icon, Word string }

func (r *renderer) badge(b badge) template.HTML {
	if b.Word == "" {
		return ""
	}
	return template.HTML(`<span class="badge `+template.HTMLEscapeString(b.Tone)+`">`) + //nolint:gosec // escaped
		r.icon(b.Icon) + template.HTML(template.HTMLEscapeString(b.Word)+`</span>`) //nolint:gosec // escaped
}

// age shows how long ago t was; the exact time in UTC is in its title. A
// script keeps it up to date.
func (r *renderer) age(t time.Time) template.HTML {
	if t.IsZero() {
		return `<span class="muted">never</span>`
	}
	t = t.UTC()
	return template.HTML(fmt.Sprintf(`<time datetime="%s" title="%s" data-age>%s</time>`, //nolint:gosec // times hold no markup
		t.Format(time.RFC3339), t.Format("2006-01-02 15:04:05 UTC"), ageText(r.now().Sub(t))))
}

// due shows how long it is until t; the exact time in UTC is in its title.
func (r *renderer) due(t time.Time) template.HTML {
	if t.IsZero() {
		return `<span class="muted">never by itself</span>`
	}
	t = t.UTC()
	return template.HTML(fmt.Sprintf(`<time datetime="%s" title="%s">%s</time>`, //nolint:gosec // times hold no markup
		t.Format(time.RFC3339), t.Format("2006-01-02 15:04:05 UTC"), dueText(t.Sub(r.now()))))
}

// dueText says how long it is until something, in one unit.
func dueText(d time.Duration) string {
	if d <= 0 {
		return "now"
	}
	return "in " + strings.TrimSuffix(ageText(max(d, 10*time.Second)), " ago")
}

// ageText says how long ago something was, in one unit.
func ageText(d time.Duration) string {
	switch {
	case d < 10*time.Second:
		return "just now"
	case d < time.Minute:
		return fmt.Sprintf("%d s ago", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min ago", int(d.Minutes()))
	case d < 24*time.Hour:
		return fmt.Sprintf("%d h ago", int(d.Hours()))
	case d < 60*24*time.Hour:
		return plural(int(d.Hours()/24), "day", "days") + " ago"
	case d < 730*24*time.Hour:
		return plural(int(d.Hours()/24/30), "month", "months") + " ago"
	}
	return plural(int(d.Hours()/24/365), "year", "years") + " ago"
}

// elapsed returns the time between from and to, or until now while to is zero.
func (r *renderer) elapsed(from, to time.Time) string {
	if from.IsZero() {
		return ""
	}
	if to.IsZero() {
		to = r.now()
	}
	return showDuration(to.Sub(from))
}

func showDuration(d time.Duration) string {
	switch {
	case d < 0:
		return "0 ms"
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < 10*time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min %d s", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
}

// shortVersion cuts a commit to the seven characters people recognise it by.
// Other versions are shown whole.
func shortVersion(version string) string {
	if len(version) != 40 && len(version) != 64 {
		return version
	}
	for _, c := range version {
		if !strings.ContainsRune("0123456789abcdef", c) {
			return version
		}
	}
	return version[:7]
}

// showCount writes a number with thousands apart.
func showCount(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// breaksAtSlashes lets a browser break a long path where people would.
func breaksAtSlashes(path string) template.HTML {
	return template.HTML(strings.ReplaceAll(template.HTMLEscapeString(path), "/", "/<wbr>")) //nolint:gosec // escaped
}

// deedWords says what somebody did: an operation of the API, or a form of a
// page by its route.
func deedWords(action string) string {
	switch action {
	case "POST /create/:path":
		return "create service"
	case "POST /runs/:id/retry":
		return "retry run"
	case "POST /runs/:id/undo":
		return "undo run"
	case "POST /runs/:id/cancel":
		return "cancel run"
	case "POST /admin/locations":
		return "register location"
	case "POST /admin/locations/:id/refresh":
		return "refresh location"
	case "POST /admin/locations/:id/schedule":
		return "set location schedule"
	case "POST /admin/locations/:id/remove":
		return "remove location"
	case "POST /admin/tokens":
		return "create token"
	case "POST /admin/tokens/:id/revoke":
		return "revoke token"
	case "POST /login":
		return "sign in"
	case "POST /logout":
		return "sign out"
	}
	if strings.Contains(action, "/") {
		return action
	}
	return words(action)
}

// commitWord is a commit in a sentence.
var commitWord = pattern.New(`\b[0-9a-f]{40}\b`)

// shortCommits writes the commits in a sentence as people know them; the whole
// of each is in its title.
func shortCommits(sentence string) template.HTML {
	return template.HTML(commitWord().ReplaceAllStringFunc(template.HTMLEscapeString(sentence), func(commit string) string { //nolint:gosec // escaped
		return `<code title="` + commit + `">` + shortVersion(commit) + `</code>`
	}))
}

// keepArguments writes a command so that a browser breaks it between its
// arguments only: one that ends with "--" reads as another command.
func keepArguments(command string) template.HTML {
	words := strings.Split(command, " ")
	for i, word := range words {
		words[i] = `<span>` + template.HTMLEscapeString(word) + `</span>`
	}
	return template.HTML(strings.Join(words, " ")) //nolint:gosec // escaped
}

// languageName writes the name of a programming language as its people do.
func languageName(language string) string {
	switch strings.ToLower(language) {
	case "go":
		return "Go"
	case "typescript", "ts":
		return "TypeScript"
	case "python":
		return "Python"
	}
	return language
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return showCount(n) + " " + many
}

// words turns an identifier such as dependencyOf or create-service into words.
func words(identifier string) string {
	var b strings.Builder
	for i, c := range identifier {
		switch {
		case c == '-' || c == '_':
			b.WriteByte(' ')
		case c >= 'A' && c <= 'Z' && i > 0:
			b.WriteByte(' ')
			b.WriteRune(c + 'a' - 'A')
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}
