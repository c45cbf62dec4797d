package broker

import (
	"errors"
	"strings"
	"time"

	"github.com/goldenpath/platform/internal/pattern"
)

// aDate is a date as clients and their pipelines write it, with or without a time and
// where that is: ISO 8601, with words between or without, RFC 2822, and what Ruby and
// other languages print. Texts in which day and month could be taken for each other are
// none.
var aDate = pattern.New(`^(\d{4}-\d{1,2}-\d{1,2}|\d{4}/\d{1,2}/\d{1,2}|\d{8}|(?:[A-Z][a-z]{2}, ?)?\d{1,2} [A-Z][a-z]{2} \d{4})` +
	`(?:[Tt ](\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?|\d{4}(?:\d{2})?)(?: ?([Zz]|UTC|GMT|[+-]\d{2}(?::?\d{2})?))?)?$`)

// parseDate reads a date, at its beginning unless a time is given, in UTC unless said
// otherwise.
func parseDate(text string) (time.Time, error) {
	parts := aDate().FindStringSubmatch(strings.TrimSpace(text))
	if parts == nil {
		return time.Time{}, errors.New("no date")
	}
	day, err := firstLayout(parts[1], "2006-1-2", "2006/1/2", "20060102", "Mon, 2 Jan 2006", "Mon,2 Jan 2006", "2 Jan 2006")
	if err != nil || parts[2] == "" {
		return day, err
	}
	clock, err := firstLayout(parts[2], "15:04:05", "15:04", "150405", "1504")
	if err != nil {
		return time.Time{}, err
	}
	place := time.UTC
	if strings.ContainsAny(parts[3], "+-") {
		at, err := firstLayout(parts[3], "-07:00", "-0700", "-07")
		if err != nil {
			return time.Time{}, err
		}
		place = at.Location()
	}
	return time.Date(day.Year(), day.Month(), day.Day(), clock.Hour(), clock.Minute(), clock.Second(), clock.Nanosecond(), place), nil
}

// firstLayout reads a text in the first of layouts that it has.
func firstLayout(text string, layouts ...string) (t time.Time, err error) {
	for _, layout := range layouts {
		if t, err = time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, err
}
