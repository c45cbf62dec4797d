package catalog

import (
	"math"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/catalog/index"
)

func readOne(t *testing.T, file string) Entity {
	t.Helper()
	entities, err := Parse("catalog-info.yaml", []byte(file))
	if err != nil || len(entities) != 1 {
		t.Fatalf("%d entities, %v", len(entities), err)
	}
	return entities[0]
}

// TestTermsAreThoseOfBackstage compares with what Backstage's catalog writes
// into its search table for such an entity.
func TestTermsAreThoseOfBackstage(t *testing.T) {
	t.Parallel()
	e := readOne(t, `
apiVersion: acme.io/v1
kind: Robot
metadata:
  name: R2-D2
  title: Artoo
  labels: {Colour: Blue}
  annotations: {github.com/project-slug: acme/R2}
  tags: [go]
  links: [{url: "https://acme.io", title: Home, audience: [Ops]}]
  description: ""
  rank: 7
spec:
  owner: droids
  sizes: [1, 2.5, 1e21]
  parts: [Wheel, {name: Arm}]
  alive: true
  nothing: null
  long: `+strings.Repeat("x", 201)+`
`)
	var got []string
	for _, term := range docOf(e).Terms {
		switch {
		case term.Null:
			got = append(got, term.Key+" is null")
		case term.Item:
			got = append(got, term.Key+" has "+term.Value)
		default:
			got = append(got, term.Key+"="+term.Value)
		}
	}
	slices.Sort(got)
	want := []string{
		":owner=group:default/droids", "apiversion=acme.io/v1", "kind=Robot",
		"metadata.annotations.github.com/project-slug=acme/R2", "metadata.description=", "metadata.labels.colour=Blue",
		"metadata.links.audience has Ops", "metadata.links.title=Home", "metadata.links.url=https://acme.io", "metadata.name=R2-D2",
		"metadata.namespace=default", "metadata.rank=7", "metadata.tags has go", "metadata.title=Artoo",
		"spec.alive=true", "spec.long is null", "spec.nothing is null", "spec.owner=droids",
		"spec.parts has Wheel", "spec.parts.name=Arm", "spec.sizes=1", "spec.sizes=1e+21", "spec.sizes=2.5",
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("terms (-want +got):\n%s", diff)
	}
}

// TestANumberThatIsNoneIsNull reads what JavaScript takes for infinity and
// writes as null: neither the index nor a comparison may fail on it.
func TestANumberThatIsNoneIsNull(t *testing.T) {
	t.Parallel()
	e := readOne(t, "apiVersion: acme.io/v1\nkind: Robot\nmetadata: {name: r2, rank: 1e999}\nspec: {commit: 4e81234, deep: [{a: -1e400}], size: 4e8}\n")
	if e.Spec["commit"] != nil || e.Metadata.Extra["rank"] != nil || e.Spec["size"] != 4e8 {
		t.Errorf("spec %v, metadata %v", e.Spec, e.Metadata.Extra)
	}
	if !strings.Contains(string(e.Raw), "4e81234") || strings.Contains(string(e.Body), "4e81234") {
		t.Errorf("raw %s, body %s", e.Raw, e.Body)
	}
	if _, err := e.Decode(); err != nil {
		t.Error(err)
	}
	if len(e.Terms()) == 0 {
		t.Error("no terms")
	}
	for _, infinite := range []float64{math.Inf(1), math.Inf(-1), math.NaN()} {
		if text := numberText(infinite); text == "" {
			t.Errorf("%v has no text", infinite)
		}
	}
}

func TestTermsComeBackAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	e := readOne(t, `
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: orders, namespace: shop, tags: [go, http], description: Takes Orders}
spec: {type: service, lifecycle: production, owner: checkout, system: shop, providesApis: [orders], dependsOn: [resource:db]}
`)
	e.UID, e.Source.LocationID = "0190", "loc"
	want := docOf(e)
	terms := encodeDoc(want)
	decoder := newTermDecoder()
	for range 2 { // the decoder remembers keys
		got, err := decoder.doc(string(terms))
		if err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Errorf("decoded (-want +got):\n%s", diff)
		}
	}
	for n := range terms {
		if _, err := decoder.doc(string(terms[:n])); err == nil {
			t.Fatalf("the first %d of %d bytes were taken", n, len(terms))
		}
	}
}

// FuzzTermDecoder looks for bytes that make the decoder panic or take much
// memory: a database may be damaged.
func FuzzTermDecoder(f *testing.F) {
	f.Add([]byte{})
	f.Add(encodeDoc(index.Doc{ID: "a", Ref: "b", Terms: []index.Term{{Key: "k", Value: "v"}}, Edges: []index.Edge{{Source: "b", Type: "t", Target: "c"}}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := newTermDecoder().doc(string(b))
		if err == nil && len(d.Terms) > len(b) {
			t.Errorf("%d terms in %d bytes", len(d.Terms), len(b))
		}
	})
}

func TestNumbersAreWrittenAsInJavaScript(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		number float64
		want   string
	}{
		{0, "0"}, {7, "7"}, {-2.5, "-2.5"}, {1e20, "100000000000000000000"}, {1e21, "1e+21"}, {1.5e-7, "1.5e-7"}, {0.000001, "0.000001"},
	} {
		if got := numberText(tt.number); got != tt.want {
			t.Errorf("%g = %s, want %s", tt.number, got, tt.want)
		}
	}
}
