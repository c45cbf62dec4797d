package store

import (
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/goldenpath/platform/internal/database"
)

// stamp reads a time that timeColumn selects.
type stamp time.Time

// timeColumn selects a time for a stamp. As a text without a type, SQLite's
// driver hands it over as it is: finding out how the time is written takes the
// driver longer than everything else about a row.
func (q *contractsQuery) timeColumn(column string) string {
	if q.db.Dialect() == database.SQLite {
		return column + ` || ''`
	}
	return column
}

// Scan implements sql.Scanner.
func (s *stamp) Scan(value any) error {
	switch value := value.(type) {
	case time.Time:
		*s = stamp(value.UTC())
		return nil
	case string:
		return s.parse(value)
	case []byte:
		return s.parse(string(value))
	case nil:
		*s = stamp{}
		return nil
	}
	return fmt.Errorf("%v is no time", value)
}

// ScanTimestamptz implements pgtype.TimestamptzScanner: by Scan a time would be
// memory of its own.
func (s *stamp) ScanTimestamptz(v pgtype.Timestamptz) error {
	if v.InfinityModifier != pgtype.Finite {
		return fmt.Errorf("%v is no time", v.InfinityModifier)
	}
	*s = stamp{}
	if v.Valid {
		*s = stamp(v.Time.UTC())
	}
	return nil
}

// parse reads a time as SQLite keeps it, such as 2026-03-01 09:00:00.5+00:00.
func (s *stamp) parse(text string) error {
	if t, ok := parseUTC(text); ok {
		*s = stamp(t)
		return nil
	}
	t, err := time.Parse("2006-01-02 15:04:05.999999999Z07:00", text)
	*s = stamp(t.UTC())
	return err
}

// parseUTC reads the form that every time has which this program wrote.
func parseUTC(text string) (time.Time, bool) {
	const form = "0000-00-00 00:00:00"
	const zone = "+00:00"
	end := len(text) - len(zone)
	if end < len(form) || text[end:] != zone {
		return time.Time{}, false
	}
	var fields [7]int // year, month, day, hour, minute, second, fraction
	field, digits := 0, 0
	for i := range end {
		c := text[i]
		separator := i == len(form) && c == '.'
		if i < len(form) && form[i] != '0' {
			separator = c == form[i]
		}
		switch {
		case separator:
			field, digits = field+1, 0
		case c >= '0' && c <= '9' && (i > len(form) || (i < len(form) && form[i] == '0')):
			fields[field] = fields[field]*10 + int(c-'0')
			digits++
		default:
			return time.Time{}, false
		}
	}
	if digits == 0 || digits > 9 {
		return time.Time{}, false
	}
	if field == 6 {
		for ; digits < 9; digits++ {
			fields[6] *= 10
		}
	}
	t := time.Date(fields[0], time.Month(fields[1]), fields[2], fields[3], fields[4], fields[5], fields[6], time.UTC)
	return t, t.Month() == time.Month(fields[1]) && t.Day() == fields[2] && t.Hour() == fields[3] && t.Minute() == fields[4] && t.Second() == fields[5]
}
