package catalog

import (
	"fmt"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

func TestDifferences(t *testing.T) {
	t.Parallel()
	many := func(from, to int) string {
		var fields []string
		for i := range 60 {
			fields = append(fields, fmt.Sprintf(`"f%d": %d`, i, from+i%(to+1)))
		}
		return `{"spec": {"deep": {` + strings.Join(fields, ", ") + `}, "x": 1}, "kind": "K"}`
	}
	for _, tt := range []struct {
		name, before, after string
		want                []string
	}{
		{"nothing", `{"a": {"b": 1, "c": [1, {"d": 2, "e": 3}]}}`, `{"a": {"c": [1, {"e": 3, "d": 2}], "b": 1}}`, nil},
		{"values", `{"a": 1, "b": true, "c": null, "d": "x"}`, `{"a": 2, "b": false, "c": "", "d": null}`, []string{
			"a: 1 > 2", "b: true > false", `c: null > ""`, "d: x > null",
		}},
		{"numbers are not strings", `{"a": 1}`, `{"a": "1"}`, []string{"a: 1 > 1"}},
		{"keys come and go", `{"a": {"b": 1}}`, `{"a": {"c": {"d": 1}}}`, []string{`a.c:  > {"d":1}`, "a.b: 1 > "}},
		{"lists are told whole", `{"a": [1, 2]}`, `{"a": [2, 1]}`, []string{"a: [1,2] > [2,1]"}},
		{"another type", `{"a": {"b": 1}}`, `{"a": [1]}`, []string{`a: {"b":1} > [1]`}},
		{"long", `{"a": "` + strings.Repeat("ä", 3000) + `"}`, `{"a": "b\u0000c"}`, []string{"a: " + strings.Repeat("ä", 1999) + "… > b\ufffdc"}},
		{"lines", `{"a": "b\nc\nd\n"}`, `{"a": "b\n"}`, []string{"a: 3 lines > b; -c; -d"}},
		{"lines in the middle", `{"a": "1\n2\n3\n4\n5"}`, `{"a": "1\nzwei\n3\n4\n5\n6"}`, []string{"a: 5 lines > 6 lines; -2; +zwei; …; +6"}},
		{"a text that was none", `{}`, `{"a": "b\nc"}`, []string{"a:  > 2 lines; +b; +c"}},
		{"many lines", `{"a": "` + strings.Repeat(`x\n`, 300) + `"}`, `{"a": ""}`, []string{`a: 300 lines > ""` + strings.Repeat("; -x", 100) + "; … and 200 more lines"}},
		{"too many", many(0, 0), many(1, 1), []string{"spec.deep: "}},
		{
			"our own", `{"metadata": {"annotations": {"backstage.io/managed-by-location": "a", "x": "1"}}}`,
			`{"metadata": {"annotations": {"backstage.io/managed-by-location": "b", "backstage.io/orphan": "true", "x": "2"}}}`,
			[]string{"metadata.annotations.x: 1 > 2"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			found, err := differences([]byte(tt.before), []byte(tt.after), DefaultLimits())
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range found {
				line := f.Path + ": " + f.Before + " > " + f.After
				if f.Diff != "" {
					line += "; " + strings.ReplaceAll(f.Diff, "\n", "; ")
				}
				got = append(got, line)
			}
			if tt.name == "too many" {
				got[0] = got[0][:len(tt.want[0])]
			}
			if diff := gocmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	if found, err := differences(nil, []byte("{}"), DefaultLimits()); err != nil || found != nil {
		t.Errorf("what was not there differs: %v, %v", found, err)
	}
	if _, err := differences([]byte("{"), []byte("{}"), DefaultLimits()); err == nil {
		t.Error("half a document can be compared")
	}
}

// TestTellWhat reads changes that were written before the feed told what they did.
func TestTellWhat(t *testing.T) {
	t.Parallel()
	orders, sales := NewRef("component", "", "orders"), NewRef("component", "", "sales")
	changes := func() []Change {
		return []Change{
			{UID: "b", Operation: OperationPut, Ref: orders, LocationID: "l2"},
			{UID: "b", Operation: OperationPut, Ref: orders, LocationID: "l1"},
			{UID: "b", Operation: OperationPut, Ref: orders, LocationID: "l1"},
			{UID: "a", Operation: OperationDelete, Ref: orders},
			{UID: "a", Operation: OperationPut, Ref: orders, Event: Event{PreviousRef: sales}},
			{UID: "a", Operation: OperationPut, Ref: sales, Event: Event{What: Orphaned}},
			{UID: "a", Operation: OperationPut, Ref: sales},
		}
	}
	for cut, want := range map[bool][]What{
		false: {Moved, Edited, Added, Deleted, Renamed, Orphaned, Added},
		true:  {Moved, Edited, Edited, Deleted, Renamed, Orphaned, Edited}, // there may be older ones
	} {
		told := changes()
		tellWhat(told, cut)
		var got []What
		for _, c := range told {
			got = append(got, c.What)
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Errorf("cut %t (-want +got):\n%s", cut, diff)
		}
	}
}
