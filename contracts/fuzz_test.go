package contracts_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/goldenpath/platform/contracts"
)

func FuzzPact(f *testing.F) {
	f.Add([]byte(`{"consumer":{"name":"web"},"provider":{"name":"api"},"interactions":[{"description":"a","providerState":"s","request":{"method":"get","path":"/","query":{"a":["1","2"]}},"response":{"status":200,"headers":{"A":["b"]},"body":[1.50,1e3,-0,"\u00e9"]}}],"metadata":{"pactSpecification":{"version":"3.0.0"}}}`))
	f.Add([]byte(`{"consumer":{"name":"web"},"provider":{"name":"api"},"messages":[{"description":"m","providerStates":[{"name":"s"}],"contents":{"a":1}}],"metadata":{"pact-specification":{"version":"3.0.0"}}}`))
	f.Add([]byte(`{"interactions":[{"type":"Synchronous/Messages","description":"m","request":{"contents":{"content":"x","contentType":"text/plain"}},"response":[{"contents":null}]},3,null,{"_id":"x"}]}`))
	f.Add([]byte(`{"interactions":{"a":1},"messages":false,"metadata":{"pactSpecificationVersion":4}}`))
	f.Add([]byte(`[1,{"a":{"a":1,"a":2}}]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := contracts.ParsePact("", data)
		if err != nil {
			if json.Valid(data) && !strings.Contains(err.Error(), "nested deeper") {
				t.Errorf("JSON is refused: %v", err)
			}
			return
		}
		checked := doc.Check("") == nil
		people := doc.People()
		if checked && len(people) != doc.Interactions {
			t.Errorf("%d interactions, %d for people", doc.Interactions, len(people))
		}
		withIDs := doc.WithIDs()
		again, err := contracts.ParsePact("", withIDs)
		if err != nil || !json.Valid(withIDs) {
			t.Fatalf("with ids it is %q: %v", withIDs, err)
		}
		if !bytes.Equal(again.WithIDs(), withIDs) {
			t.Error("ids change when they are given twice")
		}
		if same := contracts.Diff(data, data); strings.Contains(same, "\n-") || strings.Contains(same, "\n+") {
			t.Errorf("it differs from itself: %s", same)
		}
		if !contracts.SameContent(data, data) {
			t.Error("it has not the content it has")
		}
		if !checked {
			return
		}
		merged, err := contracts.MergePacts(data, data)
		if err != nil {
			return // an interaction that is there twice, with other content
		}
		if both, err := contracts.ParsePact("", merged); err != nil || both.Interactions != doc.Interactions {
			t.Errorf("merged with itself it is %q: %v", merged, err)
		}
	})
}

// TestLargePactsTakeLittleTime has pacts of many parts: nobody may stop the server
// with one.
func TestLargePactsTakeLittleTime(t *testing.T) {
	t.Parallel()
	many := func(n int, part func(i int) string) string {
		parts := make([]string, n)
		for i := range parts {
			parts[i] = part(i)
		}
		return strings.Join(parts, ",")
	}
	pact := func(interactions string) []byte {
		return []byte(`{"consumer":{"name":"web"},"provider":{"name":"api"},"interactions":[` + interactions + `]}`)
	}
	const one = `{"description":"one","request":{"method":"GET","path":"/"},"response":{"status":200,"body":%s}}`
	for name, content := range map[string][]byte{
		"many interactions": pact(many(15_000, func(i int) string {
			return fmt.Sprintf(`{"description":"%d","request":{"method":"GET","path":"/"},"response":{"status":200}}`, i)
		})),
		"many interactions of one name": pact(many(15_000, func(int) string { return fmt.Sprintf(one, "1") })),
		"many keys":                     pact(fmt.Sprintf(one, "{"+many(50_000, func(i int) string { return fmt.Sprintf(`"%d":%d`, i, i) })+"}")),
		"a long number":                 pact(fmt.Sprintf(one, strings.Repeat("7", 2<<20))),
		"a long fraction":               pact(fmt.Sprintf(one, "0."+strings.Repeat("7", 2<<20))),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			started := time.Now()
			b := newBroker()
			for version, body := range map[string][]byte{"1": content, "2": bytes.Replace(content, []byte("GET"), []byte("PUT"), 1)} {
				if _, err := b.Publish(t.Context(), contracts.Publication{Version: version, Contracts: []contracts.Contract{{Content: body}}}); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := b.Compare(t.Context(), "web", "api", contracts.Side{Version: "1"}, contracts.Side{Version: "2"}); err != nil {
				t.Fatal(err)
			}
			pair, err := b.Pair(t.Context(), "web", "api")
			if err != nil {
				t.Fatal(err)
			}
			v := contracts.Verification{PactSHA: pair.SHA, Consumer: "web", Provider: "api", ProviderVersion: "1", Success: true}
			for _, in := range pair.Interactions {
				v.Interactions = append(v.Interactions, contracts.InteractionResult{Description: in.Description, Status: contracts.Passed})
			}
			if v, err = b.RecordVerification(t.Context(), v); err != nil || v.Verdict() != contracts.Yes {
				t.Fatalf("%s: %v", v.Verdict(), err)
			}
			contracts.Diff(content, bytes.Replace(content, []byte("GET"), []byte("PUT"), 1))
			if took := time.Since(started); took > time.Minute {
				t.Errorf("it took %s", took)
			}
		})
	}
}
