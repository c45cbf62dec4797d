package store

import (
	"testing"
	"time"
)

func TestTimesAreReadAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text string
		want time.Time // zero: is no time
	}{
		{"2026-03-01 09:00:00+00:00", time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)},
		{"2026-03-01 09:00:00.5+00:00", time.Date(2026, 3, 1, 9, 0, 0, 500_000_000, time.UTC)},
		{"2026-03-01 09:00:00.123456+00:00", time.Date(2026, 3, 1, 9, 0, 0, 123_456_000, time.UTC)},
		{"2026-03-01 09:00:00.123456789+00:00", time.Date(2026, 3, 1, 9, 0, 0, 123_456_789, time.UTC)},
		{"2026-03-01 09:00:00.5+02:00", time.Date(2026, 3, 1, 7, 0, 0, 500_000_000, time.UTC)},
		{"2026-03-01 09:00:00Z", time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)},
		{"2026-02-30 09:00:00+00:00", time.Time{}},
		{"2026-03-01 25:00:00+00:00", time.Time{}},
		{"2026-03-01 09:60:00+00:00", time.Time{}},
		{"2026-03-01 09:00:60+00:00", time.Time{}},
		{"2026-3-1 9:00:00+00:00", time.Time{}},
		{"20260-3-01 09:00:00+00:00", time.Time{}},
		{"2026-03-01 09:00:00.+00:00", time.Time{}},
		{"2026-03-01", time.Time{}},
		{"+00:00", time.Time{}},
		{"", time.Time{}},
	} {
		var s stamp
		err := s.Scan(tt.text)
		if got := time.Time(s); (err == nil) != !tt.want.IsZero() || (err == nil && !got.Equal(tt.want)) {
			t.Errorf("%q is read as %v, %v; want %v", tt.text, got, err, tt.want)
		}
	}
	var s stamp
	if err := s.Scan(nil); err != nil || !time.Time(s).IsZero() {
		t.Errorf("no time is read as %v, %v", time.Time(s), err)
	}
	if err := s.Scan(7); err == nil {
		t.Error("a number is read as a time")
	}
}
