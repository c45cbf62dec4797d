package contractstest_test

import (
	"testing"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/contracts/contractstest"
)

func TestTheFakeIsAStore(t *testing.T) {
	t.Parallel()
	contractstest.TestStore(t, func(t *testing.T, run func(t *testing.T, b contractstest.Backend)) {
		t.Helper()
		store := contractstest.NewStore()
		run(t, contractstest.Backend{Store: store, Unit: store})
	})
}

func TestTheGateIsTheSlowGate(t *testing.T) {
	t.Parallel()
	const (
		perStore = 10 // the fake reads its lists from end to end
		worlds   = 10_000
	)
	answers := map[contracts.Verdict]int{}
	for from := 0; from < worlds; from += perStore {
		store := contractstest.NewStore()
		for verdict, n := range contractstest.TestGate(t, contractstest.Backend{Store: store, Unit: store}, from, perStore) {
			answers[verdict] += n
		}
	}
	for _, verdict := range []contracts.Verdict{contracts.Yes, contracts.No, contracts.Unknown} {
		if answers[verdict] < worlds {
			t.Errorf("only %d answers are %s: the worlds do not try it enough (%v)", answers[verdict], verdict, answers)
		}
	}
	t.Logf("%d worlds: %v", worlds, answers)
}

func TestWhatToVerifyIsTheSlowSelection(t *testing.T) {
	t.Parallel()
	const (
		perStore = 10
		worlds   = 4_000
	)
	kinds := map[string]int{}
	for from := 0; from < worlds; from += perStore {
		store := contractstest.NewStore()
		for kind, n := range contractstest.TestPicks(t, contractstest.Backend{Store: store, Unit: store}, from, perStore) {
			kinds[kind] += n
		}
	}
	for _, kind := range []string{"settled", "pending", "work in progress"} {
		if kinds[kind] < worlds {
			t.Errorf("only %d answers are %s: the worlds do not try it enough (%v)", kinds[kind], kind, kinds)
		}
	}
	t.Logf("%d worlds: %v", worlds, kinds)
}
