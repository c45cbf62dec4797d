package contracts_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/contracts/contractstest"
	"github.com/goldenpath/platform/internal/fault"
)

func newBroker() *contracts.Broker {
	store := contractstest.NewStore()
	return contracts.New(store, store, nil)
}

// pactJSON is a pact with one interaction per description.
func pactJSON(consumer, provider string, descriptions ...string) []byte {
	items := make([]string, len(descriptions))
	for i, d := range descriptions {
		items[i] = fmt.Sprintf(`{"description":%q,"providerState":"some","request":{"method":"GET","path":"/"},"response":{"status":200}}`, d)
	}
	return fmt.Appendf(nil, `{"consumer":{"name":%q},"provider":{"name":%q},"interactions":[%s],"metadata":{"pactSpecification":{"version":"2.0.0"}}}`,
		consumer, provider, strings.Join(items, ","))
}

// publish publishes one pact and expects it to work.
func publish(t *testing.T, b *contracts.Broker, version, branch, consumer, provider string, descriptions ...string) contracts.Published {
	t.Helper()
	out, err := b.Publish(t.Context(), contracts.Publication{
		Version: version, Branch: branch, Contracts: []contracts.Contract{{Content: pactJSON(consumer, provider, descriptions...)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestPublishRefuses(t *testing.T) {
	t.Parallel()
	good := pactJSON("orders", "inventory", "one")
	tests := []struct {
		name       string
		version    string
		consumer   string
		contracts  []contracts.Contract
		wantCode   fault.Code
		wantFields []string
		wantText   string
	}{
		{
			name: "text that is not JSON, with line and column", version: "1", wantCode: fault.Invalid,
			contracts:  []contracts.Contract{{File: "pacts/a.json", Content: []byte("{\n  \"consumer\": nonsense\n}")}},
			wantFields: []string{"pacts/a.json:2:16"}, wantText: "pacts/a.json is not JSON",
		},
		{
			name: "a document that ends too early", version: "1", wantCode: fault.Invalid,
			contracts:  []contracts.Contract{{File: "a.json", Content: []byte(`{"consumer": {`)}},
			wantFields: []string{"a.json:1:14"},
		},
		{
			name: "JSON that is no object", version: "1", wantCode: fault.Invalid,
			contracts: []contracts.Contract{{File: "a.json", Content: []byte(`[1]`)}}, wantFields: []string{"a.json"},
		},
		{
			name: "a pact without names and interactions", version: "1", wantCode: fault.Invalid,
			contracts:  []contracts.Contract{{File: "a.json", Content: []byte(`{"consumer": {"name": 7}}`)}},
			wantFields: []string{"a.json#/consumer/name", "a.json#/provider/name", "a.json#/interactions"},
		},
		{
			name: "an interaction without description", version: "1", wantCode: fault.Invalid,
			contracts:  []contracts.Contract{{File: "a.json", Content: []byte(`{"consumer":{"name":"a"},"provider":{"name":"b"},"interactions":[{"description":"x"},{}]}`)}},
			wantFields: []string{"a.json#/interactions/1/description"},
		},
		{
			name: "a pact of another consumer", version: "1", consumer: "web", wantCode: fault.Invalid,
			contracts: []contracts.Contract{{File: "a.json", Content: good}}, wantFields: []string{"a.json#/consumer/name", "a.json#/consumer/name"},
		},
		{
			name: "a pact with another provider than it is published for", version: "1", wantCode: fault.Invalid,
			contracts: []contracts.Contract{{File: "a.json", Provider: "billing", Content: good}}, wantFields: []string{"a.json#/provider/name"},
		},
		{
			name: "two pacts with the same provider", version: "1", wantCode: fault.Invalid, wantText: "a.json and b.json are both pacts",
			contracts: []contracts.Contract{{File: "a.json", Content: good}, {File: "b.json", Content: pactJSON("orders", "inventory", "two")}},
		},
		{
			name: "no version", wantCode: fault.Invalid, wantFields: []string{"version"},
			contracts: []contracts.Contract{{Content: good}},
		},
		{name: "nothing to publish", version: "1", consumer: "orders", wantCode: fault.Invalid, wantFields: []string{"contracts"}},
		{
			name: "more than a pact may have", version: "1", wantCode: fault.TooLarge, wantText: "a.json is",
			contracts: []contracts.Contract{{File: "a.json", Content: make([]byte, contracts.MaxContent+1)}},
		},
		{
			name: "what is nested too deep", version: "1", wantCode: fault.Invalid, wantText: "nested deeper",
			contracts: []contracts.Contract{{File: "a.json", Content: []byte(strings.Repeat("[", 200) + strings.Repeat("]", 200))}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := newBroker()
			_, err := b.Publish(t.Context(), contracts.Publication{Consumer: tt.consumer, Version: tt.version, Branch: "main", Contracts: tt.contracts})
			if !fault.Is(err, tt.wantCode) {
				t.Fatalf("error %v, want code %s", err, tt.wantCode)
			}
			f := fault.From(err)
			var fields []string
			for _, field := range f.Fields {
				fields = append(fields, field.Name)
			}
			if tt.wantFields != nil {
				if diff := cmp.Diff(tt.wantFields, fields); diff != "" {
					t.Errorf("fields (-want +got):\n%s", diff)
				}
			}
			if !strings.Contains(f.Message, tt.wantText) {
				t.Errorf("message %q, want %q in it", f.Message, tt.wantText)
			}
			if list, err := b.Pacticipants(t.Context(), ""); err != nil || len(list) > 0 {
				t.Errorf("something is left behind: %v %v", list, err)
			}
		})
	}
}

func TestPublishingAgain(t *testing.T) {
	t.Parallel()
	b := newBroker()
	first := publish(t, b, "1", "main", "orders", "inventory", "one", "two")
	if c := first.Contracts[0]; !c.Created || !c.Changed || !c.First || c.Verified || c.Interactions != 2 {
		t.Errorf("the first pact: %+v", c)
	}
	if len(first.Notices) != 1 || !strings.Contains(first.Notices[0], "platform contracts verify --provider inventory") {
		t.Errorf("notices %q", first.Notices)
	}
	// The same interactions in another order, in another spelling, are the same.
	same := publish(t, b, "1", "main", "orders", "inventory", "two", "one")
	if c := same.Contracts[0]; c.Created || c.Changed || c.SHA != first.Contracts[0].SHA {
		t.Errorf("the same again: %+v", c)
	}
	_, err := b.Publish(t.Context(), contracts.Publication{
		Version: "1", Contracts: []contracts.Contract{{Content: pactJSON("orders", "inventory", "three")}},
	})
	if !fault.Is(err, fault.Conflict) || !strings.Contains(fault.From(err).Hint, "git rev-parse HEAD") {
		t.Errorf("other content: %v, want a conflict that says what to do", err)
	}
	next := publish(t, b, "2", "main", "orders", "inventory", "one", "two")
	if c := next.Contracts[0]; !c.Created || c.Changed || c.First {
		t.Errorf("the same content under a new version: %+v", c)
	}
}

func TestPublishTakesTheSamePactTwice(t *testing.T) {
	t.Parallel()
	out, err := newBroker().Publish(t.Context(), contracts.Publication{Version: "1", Contracts: []contracts.Contract{
		{Content: pactJSON("orders", "inventory", "one", "two")}, {Content: pactJSON("orders", "inventory", "two", "one")},
	}})
	if err != nil || len(out.Contracts) != 1 || !out.Contracts[0].Created {
		t.Errorf("got %+v, %v", out.Contracts, err)
	}
}

func TestPublishIsAllOrNothing(t *testing.T) {
	t.Parallel()
	b := newBroker()
	publish(t, b, "1", "main", "orders", "inventory", "one")
	_, err := b.Publish(t.Context(), contracts.Publication{Version: "1", Contracts: []contracts.Contract{
		{Content: pactJSON("orders", "billing", "bill")}, {Content: pactJSON("orders", "inventory", "changed")},
	}})
	if !fault.Is(err, fault.Conflict) {
		t.Fatalf("error %v, want a conflict", err)
	}
	pairs, err := b.Pairs(t.Context())
	if err != nil || len(pairs) != 1 {
		t.Errorf("pairs after a refused publication: %+v %v", pairs, err)
	}
}

func TestATagOfAFreshVersionNamesItsBranchAndDeploys(t *testing.T) {
	t.Parallel()
	b := newBroker()
	publish(t, b, "1", "", "orders", "inventory", "one")
	if _, _, err := b.AddTag(t.Context(), "orders", "1", "main"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := b.AddTag(t.Context(), "orders", "1", "production"); err != nil {
		t.Fatal(err)
	}
	v, err := b.Version(t.Context(), "orders", "1")
	if err != nil {
		t.Fatal(err)
	}
	details, err := b.VersionDetails(t.Context(), []int64{v.ID})
	if err != nil {
		t.Fatal(err)
	}
	d := details[v.ID]
	if len(d.Branches) != 1 || d.Branches[0].Name != "main" || len(d.Deployments) != 1 || d.Deployments[0].Environment != "production" {
		t.Errorf("details %+v, want branch main and a deployment to production", d)
	}
	p, err := b.Pacticipant(t.Context(), "orders")
	if err != nil || p.MainBranch != "main" {
		t.Errorf("main branch %q %v, want main", p.MainBranch, err)
	}
}
