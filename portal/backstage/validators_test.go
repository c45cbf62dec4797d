package backstage_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goldenpath/platform/catalog"
)

// validEntities are one of each kind that Backstage knows, with all its fields.
const validEntities = `
{"kind":"Component","spec":{"type":"service","lifecycle":"production","owner":"group:default/checkout","system":"shop","subcomponentOf":"till","providesApis":["orders"],"consumesApis":["payments"],"dependsOn":["resource:db"]}}
{"kind":"API","spec":{"type":"openapi","lifecycle":"production","owner":"checkout","system":"shop","definition":"openapi: 3.0.0"}}
{"kind":"API","spec":{"type":"mcp-server","lifecycle":"production","owner":"checkout","system":"shop","remotes":[{"type":"sse","url":"https://x.io"}]}}
{"kind":"Resource","spec":{"type":"database","owner":"checkout","system":"shop","dependsOn":["resource:disk"],"dependencyOf":["component:orders"]}}
{"kind":"System","spec":{"owner":"checkout","domain":"sales","type":"product"}}
{"kind":"Domain","spec":{"owner":"checkout","subdomainOf":"company","type":"area"}}
{"kind":"Group","spec":{"type":"team","children":["a"],"parent":"b","members":["ann"],"profile":{"displayName":"A","email":"a@b.c","picture":"https://x.io/a.png"}}}
{"kind":"User","spec":{"memberOf":["checkout"],"profile":{"displayName":"A","email":"a@b.c","picture":"https://x.io/a.png"}}}
{"kind":"Location","spec":{"type":"url","target":"https://x.io/catalog-info.yaml","targets":["./a.yaml"],"presence":"optional"}}`

// metadata is what each of them has beside, with every field.
const metadata = `{"name":"orders","namespace":"default","uid":"1","etag":"2","title":"Orders","description":"Takes orders.",
	"labels":{"acme.io/tier":"1"},"annotations":{"acme.io/x":"1"},"tags":["go"],
	"links":[{"url":"https://x.io","title":"Home","icon":"web","type":"docs"}]}`

// instead are the values that each field is tried with, and each item of a list.
func instead() []any {
	return []any{
		nil, true, 42.0, "", " ", "a b", "UPPER", "a--b", "-a", "a-", "a.b_c", "a/b", "a/b/c", "a:b", "c++", "c#", "é", "v1", "https://", "mailto:a@b.c",
		"http://x.io:99999", "http://a b/", "//x.io", "optional", strings.Repeat("a", 63), strings.Repeat("a", 64), strings.Repeat("a.", 120) + "a/b",
		[]any{},
		[]any{"a"},
		[]any{"", 1.0},
		[]any{nil},
		[]any{map[string]any{}},
		map[string]any{},
		map[string]any{"a": "b"},
		map[string]any{"a/b/c": "d"},
		map[string]any{"Acme.io/x": "b"},
		map[string]any{"a": 1.0},
		map[string]any{"url": "x"},
		map[string]any{"type": "", "url": ""},
	}
}

// variants calls fn with the entity as v is without each of its parts, and
// with other values there; whatever fn gets is only good until it returns.
func variants(v any, fn func()) {
	switch at := v.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(at)) {
			old := at[key]
			delete(at, key)
			fn()
			for _, value := range instead() {
				at[key] = value
				fn()
			}
			at[key] = old
			variants(old, fn)
		}
		at["unknown"] = "x"
		fn()
		delete(at, "unknown")
	case []any:
		for i, old := range at {
			for _, value := range instead() {
				at[i] = value
				fn()
			}
			at[i] = old
			variants(old, fn)
		}
	}
}

// variations returns valid entities and what becomes of them when one thing
// about them is another, as JSON.
func variations(t *testing.T) []string {
	t.Helper()
	var all []string
	for line := range strings.Lines(strings.TrimSpace(validEntities)) {
		entity := map[string]any{"apiVersion": catalog.CoreVersion}
		var meta any
		for text, into := range map[string]any{line: &entity, metadata: &meta} {
			if err := json.Unmarshal([]byte(text), into); err != nil {
				t.Fatal(err)
			}
		}
		entity["metadata"] = meta
		kind := entity["kind"]
		add := func() {
			if other, isText := entity["kind"].(string); isText && other != kind && kindIsLegal(other) {
				return // a kind of somebody's own, which only our catalog takes without being told
			}
			text, err := json.Marshal(entity)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, string(text))
		}
		add()
		variants(entity, add)
	}
	return all
}

func kindIsLegal(s string) bool {
	return s != "" && len(s) <= 63 && !strings.ContainsFunc(s, func(r rune) bool { return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') })
}

// TestBackstagesOwnValidators has the code that decides in Backstage what may
// enter its catalog, as it is published, decide on thousands of entities, and
// expects the same of ours: who moves loses none, and learns of none too late.
func TestBackstagesOwnValidators(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("runs a foreign program")
	}
	installClient(t)
	entities := variations(t)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	node := exec.CommandContext(ctx, "node", "validate.mjs")
	node.Dir = clientFolder
	node.Stdin = strings.NewReader(strings.Join(entities, "\n"))
	var complaints bytes.Buffer
	node.Stderr = &complaints
	out, err := node.Output()
	if err != nil {
		t.Fatalf("node validate.mjs: %v\n%s", err, complaints.String())
	}
	answers := bufio.NewScanner(bytes.NewReader(out))
	answers.Buffer(nil, 1<<20)
	taken, differ := 0, 0
	for _, entity := range entities {
		if !answers.Scan() {
			t.Fatal("fewer answers than entities")
		}
		var theirs string
		if err := json.Unmarshal(answers.Bytes(), &theirs); err != nil {
			t.Fatal(err)
		}
		if theirs == "" {
			taken++
		}
		_, err := catalog.Parse("catalog-info.yaml", []byte(entity))
		if (err == nil) == (theirs == "") {
			continue
		}
		if differ++; differ <= 20 {
			t.Errorf("%s\nBackstage: %q\nours: %v", entity, theirs, err)
		}
	}
	t.Logf("%d entities, %d of them taken, %d judged otherwise", len(entities), taken, differ)
	if taken < 100 || len(entities)-taken < 1000 {
		t.Errorf("%d taken and %d refused do not say much", taken, len(entities)-taken)
	}
}
