package contracts_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/fault"
)

func TestCompare(t *testing.T) {
	t.Parallel()
	b := newBroker()
	put := func(version, branch, interactions string) {
		content := `{"consumer":{"name":"web"},"provider":{"name":"api"},"interactions":[` + interactions + `],"metadata":{"pactSpecification":{"version":"3.0.0"}}}`
		_, err := b.Publish(t.Context(), contracts.Publication{Version: version, Branch: branch, Contracts: []contracts.Contract{{Content: []byte(content)}}})
		if err != nil {
			t.Fatal(err)
		}
	}
	const (
		one   = `{"description":"one","providerStates":[{"name":"s"}],"request":{"method":"GET","path":"/1"},"response":{"status":200,"body":{"a":1}}}`
		one2  = `{"description":"one","providerStates":[{"name":"s"}],"request":{"method":"GET","path":"/one"},"response":{"status":200,"body":{"b":[1,2]}}}`
		two   = `{"description":"two","request":{"method":"GET","path":"/2"},"response":{"status":200}}`
		three = `{"description":"three","request":{"method":"DELETE","path":"/3"},"response":{"status":204}}`
	)
	put("1", "main", one+","+two)
	put("2", "feat/x", one2+","+three)
	put("3", "feat/x", three+","+one2)
	tests := []struct {
		name     string
		from, to contracts.Side
		want     []string
		between  string
		fails    fault.Code
		text     string
	}{
		{
			name: "the latest, with what was different before it", between: "1 3",
			want: []string{
				`changed one given s: request.path was "/1" and is "/one"; response.body.a is gone; it was 1; response.body.b is new: [1,2]`,
				"added three: DELETE /3 is answered with 204.",
				"removed two: GET /2 is answered with 200.",
			},
		},
		{name: "two versions that say the same in another order", from: contracts.Side{Version: "2"}, to: contracts.Side{Version: "3"}, between: "2 3"},
		{
			name: "the head of a branch with a version", from: contracts.Side{Branch: "feat/x"}, to: contracts.Side{Version: "1"}, between: "3 1",
			want: []string{
				`changed one given s: request.path was "/one" and is "/1"; response.body.a is new: 1; response.body.b is gone; it was [1,2]`,
				"added two: GET /2 is answered with 200.", "removed three: DELETE /3 is answered with 204.",
			},
		},
		{name: "nothing before the first", to: contracts.Side{Version: "1"}, fails: fault.NotFound, text: "had no other pact with api"},
		{name: "no such version", from: contracts.Side{Version: "9"}, fails: fault.NotFound, text: "web has no version 9."},
		{name: "no such branch", to: contracts.Side{Branch: "none"}, fails: fault.NotFound, text: "web has no branch none."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := b.Compare(t.Context(), "web", "api", tt.from, tt.to)
			if tt.fails != "" {
				if !fault.Is(err, tt.fails) || !strings.Contains(err.Error(), tt.text) {
					t.Fatalf("got %v, want %s", err, tt.text)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var words []string
			for _, c := range got.Changes {
				text := c.Kind + " " + c.Description
				if c.State != "" {
					text += " given " + c.State
				}
				if len(c.Details) > 0 {
					words = append(words, text+": "+strings.Join(c.Details, "; "))
				} else {
					words = append(words, text+": "+c.Sentence)
				}
			}
			if diff := cmp.Diff(tt.want, words); diff != "" {
				t.Errorf("changes (-want +got):\n%s", diff)
			}
			if between := got.From.ConsumerVersion + " " + got.To.ConsumerVersion; between != tt.between {
				t.Errorf("between %s, want %s", between, tt.between)
			}
		})
	}
}

func TestPublishMerges(t *testing.T) {
	t.Parallel()
	b := newBroker()
	put := func(descriptions ...string) (contracts.Published, error) {
		p := contracts.Publication{Version: "1", Merge: true}
		for _, d := range descriptions {
			p.Contracts = append(p.Contracts, contracts.Contract{File: d + ".json", Content: pactJSON("orders", "inventory", d)})
		}
		return b.Publish(t.Context(), p)
	}
	for _, descriptions := range [][]string{{"one", "two"}, {"three"}, {"two"}} {
		if _, err := put(descriptions...); err != nil {
			t.Fatal(err)
		}
	}
	pair, err := b.Pair(t.Context(), "orders", "inventory")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, in := range pair.Interactions {
		got = append(got, in.Description)
	}
	if diff := cmp.Diff([]string{"one", "two", "three"}, got); diff != "" {
		t.Errorf("interactions (-want +got):\n%s", diff)
	}
	if _, err := b.Publish(t.Context(), contracts.Publication{Version: "2", Contracts: []contracts.Contract{{Content: pactJSON("orders", "inventory", "one")}}}); err != nil {
		t.Fatal(err)
	}
	var replaced []bool
	for range 2 { // the content that version 1 has, for a version that had less
		p := contracts.Publication{Version: "2", Merge: true}
		for _, d := range []string{"two", "three"} {
			p.Contracts = append(p.Contracts, contracts.Contract{Content: pactJSON("orders", "inventory", d)})
		}
		out, err := b.Publish(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		replaced = append(replaced, out.Contracts[0].Replaced)
	}
	if diff := cmp.Diff([]bool{true, false}, replaced); diff != "" {
		t.Errorf("replaced (-want +got):\n%s", diff)
	}
	clash := strings.Replace(string(pactJSON("orders", "inventory", "two")), `"path":"/"`, `"path":"/other"`, 1)
	_, err = b.Publish(t.Context(), contracts.Publication{Version: "1", Merge: true, Contracts: []contracts.Contract{{Content: []byte(clash)}}})
	if !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "two") {
		t.Errorf("the same interaction with another content: %v", err)
	}
}
