package scaffolds_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/scaffolds"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	good := scaffolds.Answers{Name: "orders", Owner: "checkout"}
	with := func(change func(*scaffolds.Answers)) scaffolds.Answers {
		a := good
		change(&a)
		return a
	}
	for _, c := range []struct {
		name   string
		in     scaffolds.Answers
		code   fault.Code
		fields map[string]string // what each message says
	}{
		{name: "nothing is answered", code: fault.Invalid, fields: map[string]string{
			"name":  "is missing: 3 to 63 lower-case letters, digits and single dashes, starting with a letter, for example my-orders",
			"owner": "is missing: the name of a group",
		}},
		{name: "a name of other characters", in: with(func(a *scaffolds.Answers) { a.Name = "orders_" }), code: fault.Invalid, fields: map[string]string{
			"name": `"orders_" is not a valid name: 3 to 63 lower-case letters, digits and single dashes, starting with a letter, for example my-orders`,
		}},
		{name: "a name that is too short", in: with(func(a *scaffolds.Answers) { a.Name = "ab" }), code: fault.Invalid, fields: map[string]string{"name": "not a valid name"}},
		{name: "a name that is too long", in: with(func(a *scaffolds.Answers) { a.Name = strings.Repeat("a", 64) }), code: fault.Invalid, fields: map[string]string{
			"name": "a",
		}},
		{name: "a name the go command does not look into", in: with(func(a *scaffolds.Answers) { a.Name = "vendor" }), code: fault.Invalid, fields: map[string]string{"name": "my-vendor"}},
		{name: "several wrong answers", in: scaffolds.Answers{Name: "Orders", Owner: "check out", System: "a b", Module: "orders"}, code: fault.Invalid, fields: map[string]string{
			"name": "Orders", "owner": "check out", "system": "not a valid system", "module": "not a valid go module",
		}},
		{name: "a description of two lines", in: with(func(a *scaffolds.Answers) { a.Description = "a\nb" }), code: fault.Invalid, fields: map[string]string{"description": "one line"}},
		{name: "a description with a line separator", in: with(func(a *scaffolds.Answers) { a.Description = "a\u2028b" }), code: fault.Invalid, fields: map[string]string{"description": "printed"}},
		{name: "a description that is too long", in: with(func(a *scaffolds.Answers) { a.Description = strings.Repeat("ä", 201) }), code: fault.Invalid, fields: map[string]string{"description": "at most 200"}},
		{name: "a module Go refuses", in: with(func(a *scaffolds.Answers) { a.Module = "example.com/orders/v1" }), code: fault.Invalid, fields: map[string]string{"module": "not a module path Go accepts"}},
		{name: "a module the service needs", in: with(func(a *scaffolds.Answers) { a.Module = "github.com/google/uuid" }), code: fault.Invalid, fields: map[string]string{"module": "github.com/google/uuid lives"}},
		{name: "the same service twice", in: with(func(a *scaffolds.Answers) { a.Consumes = []string{"a", "a"} }), code: fault.Invalid, fields: map[string]string{"consumes": "twice"}},
		{name: "two services of the same name", in: with(func(a *scaffolds.Answers) { a.Consumes = []string{"x/a", "y/A"} }), code: fault.Invalid, fields: map[string]string{"consumes": "x/a and y/A"}},
		{name: "the service itself", in: with(func(a *scaffolds.Answers) { a.Consumes = []string{"component:default/orders"} }), code: fault.Invalid, fields: map[string]string{"consumes": "cannot consume itself"}},
		{name: "no name of a service", in: with(func(a *scaffolds.Answers) { a.Consumes = []string{"inventory", "a b"} }), code: fault.Invalid, fields: map[string]string{"consumes": `"a b" is not a valid name`}},
		{name: "an unknown answer", in: with(func(a *scaffolds.Answers) { a.Extra = map[string]any{"ownr": "x", "port": 8081.0} }), code: fault.Invalid, fields: map[string]string{
			"ownr": "did you mean owner?", "port": "is not asked by go-http, which asks for name, owner",
		}},
		{name: "an answer given twice", in: with(func(a *scaffolds.Answers) { a.Extra = map[string]any{"name": "other"} }), code: fault.Invalid, fields: map[string]string{"name": "twice"}},
		{name: "an unknown pack", in: with(func(a *scaffolds.Answers) { a.Packs = []string{"ghost"} }), code: fault.Unsupported, fields: map[string]string{"packs": `"ghost" is not offered by go-http`}},
		{name: "an unknown pack and a wrong name", in: scaffolds.Answers{Name: "-", Owner: "a", Packs: []string{"ghost"}}, code: fault.Invalid, fields: map[string]string{"name": "-", "packs": "not offered"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := goHTTP(t).Check(c.in)
			f := fault.From(err)
			if f == nil || f.Code != c.code {
				t.Fatalf("got %v, want %s", err, c.code)
			}
			for _, field := range f.Fields {
				if want, ok := c.fields[field.Name]; !ok || !strings.Contains(field.Message, want) {
					t.Errorf("%s: %s, want %q", field.Name, field.Message, want)
				}
			}
			if len(f.Fields) != len(c.fields) {
				t.Errorf("got %v, want %v", f.Fields, c.fields)
			}
		})
	}
}

func TestCheckCompletesAnswers(t *testing.T) {
	t.Parallel()
	got, err := goHTTP(t).Check(scaffolds.Answers{Name: " orders ", Owner: "checkout"})
	if err != nil {
		t.Fatal(err)
	}
	want := scaffolds.Answers{Name: "orders", Owner: "checkout", Description: "An HTTP service.", Module: "example.com/orders", Extra: map[string]any{"ci": "github"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	again, err := goHTTP(t).Check(got)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, again); diff != "" {
		t.Errorf("checked twice, it differs: %s", diff)
	}
}
