package contracts_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/contracts"
)

// TestTheMatrixJudgesEveryResident asks as pipelines do whether orders o1 may join
// inventory i1 and i2, which run side by side. Some clients ask for the newest
// result per version of the consumer (cvp), which must not hide the other one.
func TestTheMatrixJudgesEveryResident(t *testing.T) {
	t.Parallel()
	broken := map[string]string{inStock: contracts.Failed, soldOut: contracts.Passed}
	tests := []struct {
		name         string
		older, newer map[string]string // what they say about the pact; nil is nothing
		want         string
		reason       string
	}{
		{"both keep the pact", kept(), kept(), "yes", "All required verification results are published and successful"},
		{"the older one breaks it", broken, kept(), "no", "currently in production (i1) failed"},
		{"the newer one breaks it", kept(), broken, "no", "currently in production (i2) failed"},
		{"nobody verified the older one", nil, kept(), "unknown", "There is no verified pact between version o1 of orders and one of the versions of inventory currently in production (i1)"},
		{"nobody verified the newer one", kept(), nil, "unknown", "There is no verified pact between version o1 of orders and one of the versions of inventory currently in production (i2)"},
		{"nobody verified any", nil, nil, "unknown", "There is no verified pact between version o1 of orders and one of the versions of inventory currently in production"},
	}
	queries := map[string]contracts.MatrixQuery{
		"one selector, the environment beside it": {
			Selectors: []contracts.MatrixSelector{{Pacticipant: "orders", Version: "o1"}}, Environment: "production",
		},
		"two selectors, one by environment": {
			Selectors: []contracts.MatrixSelector{{Pacticipant: "orders", Version: "o1"}, {Pacticipant: "inventory", Environment: "production"}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := newBroker()
			publish(t, b, "o1", "main", "orders", "inventory", inStock, soldOut)
			for i, says := range []map[string]string{tt.older, tt.newer} {
				version := []string{"i1", "i2"}[i]
				sees(t, b, "inventory", version)
				place(t, b, contracts.Deployed, "inventory", version, version)
				if says != nil {
					verify(t, b, version, says)
				}
			}
			yes, no := true, false
			for name, q := range queries {
				for by, filter := range map[string][]*bool{"cvpv": nil, "cvp": {&yes}, "cp": {&no}, "": {nil}} {
					q.LatestBy, q.Success, q.Limit = by, filter, 1
					m, err := b.Matrix(t.Context(), q)
					if err != nil {
						t.Fatal(err)
					}
					got := "unknown"
					if m.Deployable != nil {
						got = map[bool]string{true: "yes", false: "no"}[*m.Deployable]
					}
					if got != tt.want || !strings.Contains(m.Reason(), tt.reason) {
						t.Errorf("%s, latest by %q: %s because\n%s\nwant %s because %s", name, by, got, m.Reason(), tt.want, tt.reason)
					}
				}
			}
		})
	}
}

// TestTheMatrixShowsOnlyWhatIsWanted filters rows, and judges all of them: who wants
// to see only what succeeded must not be told that all did.
func TestTheMatrixShowsOnlyWhatIsWanted(t *testing.T) {
	t.Parallel()
	b := newBroker()
	publish(t, b, "o1", "main", "orders", "inventory", inStock, soldOut)
	verify(t, b, "i1", map[string]string{inStock: contracts.Failed, soldOut: contracts.Passed})
	verify(t, b, "i2", kept())
	yes, no := true, false
	for _, tt := range []struct {
		name   string
		wanted []*bool
		limit  int
		want   []bool
	}{
		{"all", nil, 0, []bool{true, false}},
		{"what succeeded", []*bool{&yes}, 0, []bool{true}},
		{"what failed", []*bool{&no}, 0, []bool{false}},
		{"what failed, of a page of one", []*bool{&no}, 1, []bool{false}},
		{"what is unknown", []*bool{nil}, 0, []bool{}},
		{"everything, one by one", []*bool{&yes, &no, nil}, 1, []bool{true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m, err := b.Matrix(t.Context(), contracts.MatrixQuery{
				Selectors: []contracts.MatrixSelector{{Pacticipant: "orders", Version: "o1"}}, LatestBy: "cvpv", Success: tt.wanted, Limit: tt.limit,
			})
			if err != nil {
				t.Fatal(err)
			}
			got := []bool{}
			for _, r := range m.Rows {
				got = append(got, r.Success)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" || m.Successes != 1 || m.Failures != 1 || m.Deployable == nil || *m.Deployable {
				t.Errorf("%s\n%+v", diff, m)
			}
		})
	}
}

// TestTheMatrixSpeaksOfRowsThatAreCut asks for one row where the older of two
// broke the pact.
func TestTheMatrixSpeaksOfRowsThatAreCut(t *testing.T) {
	t.Parallel()
	b := newBroker()
	publish(t, b, "o1", "main", "orders", "inventory", inStock, soldOut)
	verify(t, b, "i1", map[string]string{inStock: contracts.Failed, soldOut: contracts.Passed})
	verify(t, b, "i2", kept())
	m, err := b.Matrix(t.Context(), contracts.MatrixQuery{
		Selectors: []contracts.MatrixSelector{{Pacticipant: "orders", Version: "o1"}}, LatestBy: "cvpv", Limit: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Rows) != 1 || m.Rows[0].ProviderVersion != "i2" || m.Rows[0].SHA == "" || m.Successes+m.Failures != 2 {
		t.Errorf("one row, of two that count: %+v", m)
	}
	const want = "The verification for the pact between version o1 of orders and version i1 of inventory failed"
	if !strings.Contains(m.Reason(), want) {
		t.Errorf("says\n%s\nand not\n%s", m.Reason(), want)
	}
}

// TestTheMatrixOfWhoTalksToItself asks whether o1 may go where nobody else is: like a
// Pact Broker, the matrix then takes what any version of orders said of its pact. With
// somebody else there it takes what o1 itself said.
func TestTheMatrixOfWhoTalksToItself(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		beside bool
		want   string
	}{
		"alone":            {false, "yes"},
		"and to inventory": {true, "unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBroker()
			publish(t, b, "o1", "main", "orders", "orders", inStock)
			sees(t, b, "orders", "o2")
			verifyOwn(t, b, "o2", true)
			if tt.beside {
				publish(t, b, "o1", "main", "orders", "inventory", inStock)
				sees(t, b, "inventory", "i1")
				place(t, b, contracts.Deployed, "inventory", "i1", "")
				verify(t, b, "i1", map[string]string{inStock: contracts.Passed})
			}
			m, err := b.Matrix(t.Context(), contracts.MatrixQuery{
				Selectors: []contracts.MatrixSelector{{Pacticipant: "orders", Version: "o1"}}, Environment: "production", LatestBy: "cvpv",
			})
			if err != nil {
				t.Fatal(err)
			}
			got := "unknown"
			if m.Deployable != nil {
				got = map[bool]string{true: "yes", false: "no"}[*m.Deployable]
			}
			if got != tt.want {
				t.Errorf("%s because\n%s\n%+v", got, m.Reason(), m.Rows)
			}
		})
	}
}
