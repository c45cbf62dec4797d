package contracts_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/fault"
)

// bothKinds is a pact of orders with requests and messages in lists of their own.
func bothKinds(requests, messages string) []byte {
	return fmt.Appendf(nil, `{"consumer":{"name":"orders"},"provider":{"name":"inventory"},"interactions":[%s],"messages":[%s],
		"metadata":{"pactSpecification":{"version":"3.0.0"}}}`, requests, messages)
}

const (
	asked = `{"description":"in stock","request":{"method":"GET","path":"/1"},"response":{"status":200}}`
	sold  = `{"description":"sold","contents":{"left":2}}`
	gone  = `{"description":"gone","contents":{"sku":"a"}}`
)

func kindsOf(t *testing.T, content []byte) []string {
	t.Helper()
	doc, err := contracts.ParsePact("", content)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, in := range doc.People() {
		out = append(out, in.Kind+" "+in.Description)
	}
	if doc.Interactions != len(out) {
		t.Errorf("%d interactions of %q", doc.Interactions, out)
	}
	return out
}

func TestAPactHasRequestsAndMessages(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		content []byte
		want    []string
		parts   [][]string
	}{
		"both":             {bothKinds(asked, sold+","+gone), []string{"http in stock", "message sold", "message gone"}, [][]string{{"http in stock"}, {"message sold", "message gone"}}},
		"no requests":      {bothKinds("", sold), []string{"message sold"}, [][]string{{"message sold"}}},
		"no messages":      {bothKinds(asked, ""), []string{"http in stock"}, [][]string{{"http in stock"}}},
		"neither":          {bothKinds("", ""), nil, [][]string{nil}},
		"messages of null": {[]byte(`{"interactions":[` + asked + `],"messages":null}`), []string{"http in stock"}, [][]string{{"http in stock"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, kindsOf(t, tt.content)); diff != "" {
				t.Errorf("interactions (-want +got):\n%s", diff)
			}
			doc, err := contracts.ParsePact("", tt.content)
			if err != nil {
				t.Fatal(err)
			}
			var parts [][]string
			for _, part := range doc.Parts() {
				content := string(part.WithIDs())
				if tt.want != nil && strings.Contains(content, `"messages"`) == strings.Contains(content, `"interactions"`) {
					t.Errorf("a part has not one list: %s", content)
				}
				parts = append(parts, kindsOf(t, []byte(content)))
			}
			if diff := cmp.Diff(tt.parts, parts); diff != "" {
				t.Errorf("parts (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEveryListOfAPactIsChecked(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]string{
		string(bothKinds(asked, sold)):                                                    "",
		string(bothKinds(asked, sold+`,{"contents":1}`)):                                  "#/messages/1/description",
		strings.Replace(string(bothKinds("", sold)), "[]", `"x"`, 1):                      "#/interactions",
		strings.Replace(string(bothKinds(asked, "")), "[]", `{}`, 1):                      "#/messages",
		`{"consumer":{"name":"orders"},"provider":{"name":"inventory"},"messages":false}`: "#/interactions",
	} {
		doc, err := contracts.ParsePact("p.json", []byte(content))
		if err != nil {
			t.Fatal(err)
		}
		err = doc.Check("p.json")
		if want == "" {
			if err != nil {
				t.Errorf("%s: %v", content, err)
			}
			continue
		}
		f := fault.From(err)
		if err == nil || len(f.Fields) != 1 || f.Fields[0].Name != "p.json"+want {
			t.Errorf("%s: got %v, want %s", content, f, want)
		}
	}
}

// putBoth publishes a version of orders.
func putBoth(t *testing.T, b *contracts.Broker, version, requests, messages string) {
	t.Helper()
	_, err := b.Publish(t.Context(), contracts.Publication{Version: version, Branch: "main", Contracts: []contracts.Contract{{Content: bothKinds(requests, messages)}}})
	if err != nil {
		t.Fatal(err)
	}
}

func TestComparingLooksAtMessagesBesideRequests(t *testing.T) {
	t.Parallel()
	b := newBroker()
	putBoth(t, b, "o1", asked, sold+","+gone)
	putBoth(t, b, "o2", asked, strings.Replace(sold, "2", "3", 1))
	got, err := b.Compare(t.Context(), "orders", "inventory", contracts.Side{}, contracts.Side{})
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, c := range got.Changes {
		words = append(words, c.Kind+" "+c.Description+strings.Join(c.Details, "; "))
	}
	if diff := cmp.Diff([]string{"changed soldcontents.left was 2 and is 3", "removed gone"}, words); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	if diff := contracts.Diff(bothKinds(asked, sold), bothKinds(asked, gone)); !strings.Contains(diff, `"messages"`) || !strings.Contains(diff, `-`) || !strings.Contains(diff, `gone`) {
		t.Errorf("the diff is %q", diff)
	}
	if diff := contracts.Diff(bothKinds(asked, sold+","+gone), bothKinds(asked, gone+","+sold)); !strings.Contains(diff, "gone") {
		t.Errorf("messages that are in another order, which is another identity, differ in %q", diff)
	}
}

// TestNobodyVerifiedTheMessages has verifiers that looked at the requests only.
func TestNobodyVerifiedTheMessages(t *testing.T) {
	t.Parallel()
	passed := func(description string) contracts.InteractionResult {
		return contracts.InteractionResult{Description: description, Status: contracts.Passed}
	}
	for name, tt := range map[string]struct {
		results []contracts.InteractionResult
		want    contracts.Verdict
	}{
		"requests only": {[]contracts.InteractionResult{passed("in stock")}, contracts.Unknown},
		"messages only": {[]contracts.InteractionResult{passed("sold")}, contracts.Unknown},
		"both":          {[]contracts.InteractionResult{passed("in stock"), passed("sold")}, contracts.Yes},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBroker()
			putBoth(t, b, "o1", asked, sold)
			claim(t, b, tt.results)
			pair, err := b.Pair(t.Context(), "orders", "inventory")
			if err != nil {
				t.Fatal(err)
			}
			if pair.Verdict != tt.want || pair.InteractionCount != 2 {
				t.Errorf("a claim is %s with %d interactions, want %s with 2", pair.Verdict, pair.InteractionCount, tt.want)
			}
			v, err := b.RecordVerification(t.Context(), contracts.Verification{
				Consumer: "orders", Provider: "inventory", PactSHA: pair.SHA, ProviderVersion: "i2", Success: true, Interactions: tt.results,
			})
			if err != nil || v.Verdict() != tt.want {
				t.Errorf("a verification is %s, want %s (%v)", v.Verdict(), tt.want, err)
			}
		})
	}
}

// TestMergingInventsNothing has what a pact is after another was merged into it.
func TestMergingInventsNothing(t *testing.T) {
	t.Parallel()
	const conflict = "conflict"
	requests, messages := `{"interactions":[`+asked+`]}`, `{"messages":[`+sold+`]}`
	for name, tt := range map[string]struct{ earlier, later, want string }{
		"nothing and nothing":                 {`{}`, `{}`, `{}`},
		"nothing and something that is none":  {`{}`, `{"a":1}`, conflict},
		"no list and the same":                {`{"interactions":"x"}`, `{"interactions":"x"}`, `{"interactions":"x"}`},
		"no list and another":                 {`{"interactions":"x"}`, `{"interactions":"y"}`, conflict},
		"no list and a list":                  {`{"interactions":"x"}`, requests, conflict},
		"a list and no list":                  {requests, `{"interactions":"x"}`, conflict},
		"a list and nothing":                  {requests, `{}`, conflict},
		"nothing and a list":                  {`{}`, requests, conflict},
		"requests and messages":               {requests, messages, conflict},
		"requests and nothing but no message": {requests, `{"interactions":[],"messages":null}`, requests},
		"an empty list and messages":          {`{"interactions":[],"messages":[]}`, messages, `{"interactions":[],"messages":[` + sold + `]}`},
		"both and messages": {
			`{"interactions":[` + asked + `],"messages":[` + sold + `]}`, `{"messages":[` + sold + `,` + gone + `]}`,
			`{"interactions":[` + asked + `],"messages":[` + sold + `,` + gone + `]}`,
		},
		"both and another message of the name": {
			`{"interactions":[` + asked + `],"messages":[` + sold + `]}`, `{"messages":[{"description":"sold","contents":{"left":3}}]}`, conflict,
		},
	} {
		got, err := contracts.MergePacts([]byte(tt.earlier), []byte(tt.later))
		if tt.want == conflict {
			if !fault.Is(err, fault.Conflict) {
				t.Errorf("%s: %s, %v", name, got, err)
			}
			continue
		}
		if err != nil || string(got) != tt.want {
			t.Errorf("%s: %s, %v, want %s", name, got, err, tt.want)
		}
	}
}

func TestAMessageMayHaveSeveralAnswers(t *testing.T) {
	t.Parallel()
	answer := `{"contents":{"content":{"a":1},"contentType":"application/json"}}`
	for answers, want := range map[string]string{
		"":                                    "A message with q is answered.",
		answer:                                "A message with q is answered with a.",
		answer + "," + answer:                 "A message with q is answered with a, then with 1 more message.",
		answer + "," + answer + ",{}," + "{}": "A message with q is answered with a, then with 3 more messages.",
	} {
		doc, err := contracts.ParsePact("", []byte(`{"interactions":[{"type":"Synchronous/Messages","description":"m",
			"request":{"contents":{"content":{"q":1},"contentType":"application/json"}},"response":[`+answers+`]}]}`))
		if err != nil {
			t.Fatal(err)
		}
		if got := doc.People()[0].Sentence; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
