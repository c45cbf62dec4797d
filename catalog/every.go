package catalog

import (
	"strconv"
	"strings"
	"time"

	"github.com/goldenpath/platform/internal/fault"
)

const (
	// Never is how often a location is read that is read only when somebody asks.
	Never = -time.Second
	// minEvery and maxEvery bound how often a location may be read: webhooks and
	// pushes are quicker than any schedule, and what is looked at less than once a
	// month is as good as never.
	minEvery, maxEvery = time.Minute, 30 * day

	day = 24 * time.Hour
)

// What people write instead of a time.
const everyDefault, everyNever = "default", "never"

// ParseEvery understands how often a location is to be read: 5m, 1h30m, 2d,
// 1d12h, 1w, never (only when asked), or default (0).
func ParseEvery(s string) (time.Duration, error) {
	word := strings.ToLower(strings.TrimSpace(s))
	switch word {
	case everyDefault:
		return 0, nil
	case everyNever:
		return Never, nil
	}
	text, below := strings.CutPrefix(word, "-")
	whole, rest, err := wholeDays(text)
	var d time.Duration
	if err == nil && (rest != "" || text == "") {
		d, err = time.ParseDuration(rest)
	}
	if d = min(max(d, -1), 1000*day) + whole; below {
		d = -d
	}
	if err != nil || strings.HasPrefix(rest, "-") || strings.HasPrefix(rest, "+") {
		return 0, fault.New(fault.Invalid, "%q does not say how often a location is to be read.", printable(s)).
			WithHint("Write a time such as 5m, 1h30m, 2d, 1d12h or 1w; never, to read it only when asked; or default.").WithCause(err)
	}
	if d < 0 { // never is a word
		return 0, negative(printable(word))
	}
	return d, soundEvery(d)
}

// wholeDays takes weeks and days from the beginning of a time, which Go does not
// know, and returns what is left.
func wholeDays(text string) (time.Duration, string, error) {
	var d time.Duration
	for _, unit := range []struct {
		letter string
		of     time.Duration
	}{{"w", 7 * day}, {"d", day}} {
		number, rest, found := strings.Cut(text, unit.letter)
		if !found {
			continue
		}
		n, err := strconv.ParseUint(number, 10, 31)
		if err != nil {
			return 0, text, err
		}
		d, text = d+time.Duration(min(n, 1000))*unit.of, rest
	}
	return d, text, nil
}

func negative(d string) error {
	return fault.New(fault.Invalid, "A location cannot be read every %s.", d).
		WithHint("Write never, to read it only when asked, or default.")
}

// soundEvery refuses times that are no schedule.
func soundEvery(d time.Duration) error {
	switch {
	case d == Never:
		return nil
	case d <= 0:
		return negative(d.String())
	case d < minEvery:
		return fault.New(fault.Invalid, "Every %s is too often to read a location.", d).
			WithHint("Choose a minute or more (1m). Changes are seen at once through webhooks, or with: platform catalog push")
	case d > maxEvery:
		return fault.New(fault.Invalid, "Every %s is too rare to read a location.", FormatEvery(d)).
			WithHint("Choose 30d or less; or never, to read it only when asked.")
	}
	return nil
}

// FormatEvery writes a time as ParseEvery reads it, without parts that are zero.
func FormatEvery(d time.Duration) string {
	switch {
	case d < 0:
		return everyNever
	case d == 0:
		return everyDefault
	case d%day == 0:
		return strconv.Itoa(int(d/day)) + "d"
	case d > day:
		return strconv.Itoa(int(d/day)) + "d" + FormatEvery(d%day)
	}
	s := d.Round(time.Second).String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// EverySource says who decided how often a location is read.
type EverySource string

// Who decides how often a location is read, the stronger first.
const (
	EveryOfLocation     EverySource = "location"     // somebody, for this location
	EveryOfOrganization EverySource = "organization" // somebody, for the organisation that it was found in
	EveryOfType         EverySource = "default"      // nobody: it is as its type is
)

// Every returns how often a location is read by itself, and who decided that:
// Never when it is paused, 0 when its type is not read at all.
func (l Location) Every() (time.Duration, EverySource) {
	switch {
	case !onSchedule(l.Type):
		return 0, EveryOfType
	case l.RefreshEvery != 0:
		return l.RefreshEvery, EveryOfLocation
	case l.InheritedEvery != 0:
		return l.InheritedEvery, EveryOfOrganization
	case l.Type == LocationFile:
		return 2 * time.Minute, EveryOfType
	case l.Type == LocationGitHubOrg:
		return time.Hour, EveryOfType
	}
	return 10 * time.Minute, EveryOfType
}

// paused reports whether a location is read only when somebody asks.
func (l Location) paused() bool {
	every, _ := l.Every()
	return every < 0
}
