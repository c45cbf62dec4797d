package broker

import (
	"encoding/json"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/goldenpath/platform/contracts"
)

// TestManyRowsAreWrittenAsFew compares rows that two write with the same rows
// written one after the other.
func TestManyRowsAreWrittenAsFew(t *testing.T) {
	t.Parallel()
	places := map[int64]contracts.VersionDetail{}
	rows := make([]contracts.Row, manyRows+1)
	for i := range rows {
		id := int64(i + 1)
		places[id] = contracts.VersionDetail{Branches: []contracts.VersionBranch{{Name: fmt.Sprint("b/", i%7)}}}
		rows[i] = contracts.Row{
			PactID: id, ConsumerVersionID: id, ProviderVersionID: 100_000 + id%3, VerificationID: id % 5, Success: i%2 == 0,
			Consumer: fmt.Sprint("web \"", i%11), Provider: "api", ConsumerVersion: strconv.Itoa(i), ProviderVersion: "a1", SHA: "x",
			PublishedAt: time.Date(2026, 3, 1, 9, 0, i, 0, time.UTC), VerifiedAt: time.Date(26, 12, 31, 23, 59, i%60, 5, time.FixedZone("", 3600)),
		}
	}
	h := &Handler{}
	writer := func() *matrixWriter {
		return &matrixWriter{u: "http://broker", details: places, versions: map[int64][2]int{}}
	}
	few, many := writer(), writer()
	few.each(rows)
	many.rows(h, rows)
	if string(few.written) != string(many.written) {
		t.Errorf("written by two:\n%.2000s\nby one:\n%.2000s", many.written, few.written)
	}
	var read []json.RawMessage
	if err := json.Unmarshal([]byte("["+string(many.written)+"]"), &read); err != nil || len(read) != len(rows) {
		t.Errorf("%d rows are read as %d: %v", len(rows), len(read), err)
	}
}

// TestDatesAreWrittenInTheirForm compares what is written by hand with what the
// form says.
func TestDatesAreWrittenInTheirForm(t *testing.T) {
	t.Parallel()
	for _, at := range []time.Time{
		{},
		time.Date(2026, 2, 3, 4, 5, 6, 789, time.UTC), time.Date(2026, 12, 31, 23, 59, 59, 0, time.FixedZone("", -7200)),
		time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC), time.Date(12026, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(7, 1, 1, 0, 0, 0, 0, time.UTC),
	} {
		var w written
		w.date(at)
		want := `"` + at.UTC().Format(dateForm) + `"`
		if at.IsZero() {
			want = `""`
		}
		if string(w) != want {
			t.Errorf("%v is written as %s, not %s", at, w, want)
		}
	}
}
