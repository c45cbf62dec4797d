package portal

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/portal/api/types"
)

// TestReasonsAreWrittenAsGenerated compares thousands of random reasons, in which
// each field may be there or not, with what encoding/json makes of the generated
// types: a field that comes to be is missed, or is in another place.
func TestReasonsAreWrittenAsGenerated(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		list := make([]contracts.Reason, r.IntN(4))
		for i := range list {
			fillAny(t, r, reflect.ValueOf(&list[i]).Elem())
		}
		want, err := json.Marshal(mapped(list, func(r contracts.Reason) types.Reason { return fromReason(&r) }))
		if err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(reasonsJSON(list))
		if err != nil || string(got) != string(want) {
			t.Fatalf("got %v\n%s\nwant\n%s", err, got, want)
		}
	}
}

// TestATimeThatJSONHasNotIsAnError looks whether it is one here, too.
func TestATimeThatJSONHasNotIsAnError(t *testing.T) {
	t.Parallel()
	list := []contracts.Reason{{VerifiedAt: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)}}
	if _, err := json.Marshal(list); err == nil {
		t.Fatal("encoding/json writes it")
	}
	if _, err := reasonsJSON(list).MarshalJSON(); err == nil {
		t.Error("it was written")
	}
}

// fillAny sets a value to anything, or leaves it.
func fillAny(t *testing.T, r *rand.Rand, v reflect.Value) {
	t.Helper()
	if r.IntN(4) == 0 {
		return
	}
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		at := time.Unix(r.Int64N(4e9), []int64{0, 5e8, 123456000, 1}[r.IntN(4)])
		zones := []*time.Location{time.UTC, time.UTC, time.FixedZone("", 3600), time.FixedZone("", -90*60)}
		v.Set(reflect.ValueOf(at.In(zones[r.IntN(len(zones))])))
	case v.Kind() == reflect.String:
		texts := []string{"orders", "", "a b", `"quoted" \`, "<b>&", "Zürich", "\u2028\x00\x7f", "\xff", "two\nlines"}
		v.SetString(texts[r.IntN(len(texts))])
	case v.CanInt():
		v.SetInt(r.Int64N(1e6))
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fillAny(t, r, v.Elem())
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), r.IntN(3), 3))
		for i := range v.Len() {
			fillAny(t, r, v.Index(i))
		}
	case v.Kind() == reflect.Struct:
		for _, field := range v.Fields() {
			fillAny(t, r, field)
		}
	default:
		t.Fatalf("a %s is not known", v.Type())
	}
}
