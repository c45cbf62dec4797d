package catalog_test

import (
	"strings"
	"testing"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/fault"
)

func TestParseRef(t *testing.T) {
	t.Parallel()
	component := catalog.RefDefaults{Kind: "Component"}
	tests := []struct {
		name     string
		text     string
		defaults catalog.RefDefaults
		want     string
		wantErr  string
	}{
		{name: "a full reference", text: "component:default/orders", want: "component:default/orders"},
		{name: "case does not matter", text: "Component:Default/Orders", want: "component:default/orders"},
		{name: "a bare name takes the field's kind", text: "orders", defaults: component, want: "component:default/orders"},
		{
			name: "a bare name takes the namespace of who refers", text: "orders",
			defaults: catalog.RefDefaults{Kind: "Component", Namespace: "Shop"}, want: "component:shop/orders",
		},
		{name: "a namespace without kind", text: "shop/orders", defaults: component, want: "component:shop/orders"},
		{name: "a kind without namespace", text: "api:orders", defaults: component, want: "api:default/orders"},
		{name: "a slash before the colon makes the rest the name", text: "shop/a:b", defaults: component, want: "component:shop/a:b"},
		{name: "no kind anywhere", text: "orders", wantErr: `Entity reference "orders" had missing or empty kind (e.g. did not start with "component:" or similar).`},
		{name: "nothing at all", text: "", wantErr: "Entity reference must not be empty."},
		{name: "an empty kind", text: ":default/orders", wantErr: `Entity reference ":default/orders" was not on the form [<kind>:][<namespace>/]<name>.`},
		{name: "an empty namespace", text: "component:/orders", wantErr: `Entity reference "component:/orders" was not on the form [<kind>:][<namespace>/]<name>.`},
		{name: "an empty name", text: "component:default/", wantErr: `Entity reference "component:default/" was not on the form [<kind>:][<namespace>/]<name>.`},
		{name: "only a colon", text: ":", wantErr: `Entity reference ":" was not on the form [<kind>:][<namespace>/]<name>.`},
		{name: "a document pasted by mistake", text: strings.Repeat("a", 2000), defaults: component, wantErr: "Entity reference is longer than 1,024 characters."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := catalog.ParseRef(tt.text, tt.defaults)
			if tt.wantErr != "" {
				if err == nil || err.Error() != tt.wantErr {
					t.Fatalf("ParseRef(%q) = %v, want error %q", tt.text, err, tt.wantErr)
				}
				if !fault.Is(err, fault.Invalid) || fault.From(err).Hint == "" {
					t.Errorf("error %v is not an invalid input with a hint", err)
				}
				return
			}
			if err != nil || got.String() != tt.want {
				t.Errorf("ParseRef(%q) = %q, %v, want %q", tt.text, got, err, tt.want)
			}
		})
	}
}

func TestRefShort(t *testing.T) {
	t.Parallel()
	group := catalog.RefDefaults{Kind: "Group"}
	for text, want := range map[string]string{
		"group:default/checkout": "checkout",
		"group:shop/checkout":    "shop/checkout",
		"user:default/ada":       "user:ada",
	} {
		ref, err := catalog.ParseRef(text, catalog.RefDefaults{})
		if err != nil {
			t.Fatal(err)
		}
		if got := ref.Short(group); got != want {
			t.Errorf("%s.Short() = %q, want %q", text, got, want)
		}
		back, err := catalog.ParseRef(want, group)
		if err != nil || back != ref {
			t.Errorf("ParseRef(%q) = %v, %v, want %v again", want, back, err, ref)
		}
	}
}

// FuzzParseRef checks that what can be read is read again the same.
func FuzzParseRef(f *testing.F) {
	for _, seed := range []string{"component:default/orders", "orders", ":", "/", "a/b:c", "A:B/C", "\x00", "ß:İ/x"} {
		f.Add(seed, "component", "")
	}
	f.Fuzz(func(t *testing.T, text, kind, namespace string) {
		ref, err := catalog.ParseRef(text, catalog.RefDefaults{Kind: kind, Namespace: namespace})
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Fatalf("ParseRef(%q): %v is not an invalid input", text, err)
			}
			return
		}
		if ref.Kind == "" || ref.Namespace == "" || ref.Name == "" {
			t.Fatalf("ParseRef(%q) = %#v has an empty part", text, ref)
		}
		if strings.ContainsAny(kind+namespace, ":/") {
			return // defaults come from code, never with separators
		}
		if again, err := catalog.ParseRef(ref.String(), catalog.RefDefaults{}); err == nil && again.String() != ref.String() {
			t.Fatalf("ParseRef(%q) = %q, read again %q", text, ref, again)
		}
	})
}
