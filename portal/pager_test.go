package portal

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/contracts/contractstest/company"
)

func TestPartsOfALongList(t *testing.T) {
	t.Parallel()
	list := make([]int, 2*perPage+1)
	for i := range list {
		list[i] = i
	}
	for _, tt := range []struct {
		query    string
		list     []int
		first, n int
		to       pager
	}{
		{"", nil, 0, 0, pager{}},
		{"", list, 0, 100, pager{"", "?p=2#p", 1, 100, 201}},
		{"p=2&owner=a", list, 100, 100, pager{"?owner=a&p=1#p", "?owner=a&p=3#p", 101, 200, 201}},
		{"p=3", list, 200, 1, pager{"?p=2#p", "", 201, 201, 201}},
		{"p=99", list, 200, 1, pager{"?p=2#p", "", 201, 201, 201}},
		{"p=-1", list, 0, 100, pager{"", "?p=2#p", 1, 100, 201}},
		{"p=x", list, 0, 100, pager{"", "?p=2#p", 1, 100, 201}},
	} {
		t.Run(tt.query, func(t *testing.T) {
			t.Parallel()
			values, err := url.ParseQuery(tt.query)
			if err != nil {
				t.Fatal(err)
			}
			part, to := pageOf(tt.list, values, "p")
			if len(part) != tt.n || tt.n > 0 && part[0] != tt.first || to != tt.to {
				t.Errorf("got %d from %v, %v", len(part), part, to)
			}
		})
	}
}

// TestManyContracts looks at pages about a provider with 120 consumers, of which it
// breaks one: lists have pages, and an answer begins with what stands in the way.
func TestManyContracts(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emptyWorld)
	const consumers, odd = 120, 115
	for i := range consumers {
		name := fmt.Sprintf("fan-%03d", i)
		if _, err := w.contracts.Publish(t.Context(), contracts.Publication{
			Version: "1", Contracts: []contracts.Contract{{Content: company.Pact(name, "hub", "1")}},
		}); err != nil {
			t.Fatal(err)
		}
		pair, err := w.contracts.Pair(t.Context(), name, "hub")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.contracts.RecordDeployment(t.Context(), contracts.Deployment{Service: name, Version: "1", Environment: "production"}); err != nil {
			t.Fatal(err)
		}
		v := contracts.Verification{Consumer: name, Provider: "hub", PactSHA: pair.SHA, ProviderVersion: "1", Success: i != odd}
		for _, in := range pair.Interactions {
			v.Interactions = append(v.Interactions, contracts.InteractionResult{
				Description: in.Description, Status: map[bool]string{true: contracts.Passed, false: contracts.Failed}[v.Success],
			})
		}
		if _, err := w.contracts.RecordVerification(t.Context(), v); err != nil {
			t.Fatal(err)
		}
	}
	first, second := w.get(t, "/contracts"), w.get(t, "/contracts?pairs=2")
	checkPage(t, w, first, http.StatusOK)
	checkPage(t, w, second, http.StatusOK)
	rows := func(body string) int { return strings.Count(body, ` → hub</a>`) }
	if a, b := first.Body.String(), second.Body.String(); rows(a) != perPage || rows(b) != consumers-perPage ||
		!strings.Contains(a, "1–100 of 120") || !strings.Contains(a, `href="?pairs=2#pairs"`) || strings.Index(a, "fan-115 →") > strings.Index(a, "fan-000 →") || !strings.Contains(b, `href="?pairs=1#pairs"`) {
		t.Errorf("%d and %d pairs, or no way between them:\n%s", rows(a), rows(b), wordsOf(a))
	}
	answer := w.get(t, "/contracts/fan-000/hub?service=hub&version=1&environment=production")
	checkPage(t, w, answer, http.StatusOK)
	body := answer.Body.String()
	_, reasons, _ := strings.Cut(body, `class="reasons"`)
	if n := strings.Count(reasons, "the pact of fan-"); n != mostReasons || !strings.Contains(wordsOf(body), "70 more reasons") ||
		!strings.Contains(wordsOf(body), "platform contracts explain --service hub --version 1 --environment production") {
		t.Errorf("%d reasons:\n%s", n, wordsOf(body))
	}
	if no, yes := strings.Index(reasons, "breaks the pact of fan-115"), strings.Index(reasons, "keeps the pact of"); no < 0 || no > yes {
		t.Errorf("what is in the way does not come first:\n%s", wordsOf(body))
	}
}
