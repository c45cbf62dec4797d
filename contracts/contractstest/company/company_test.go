package company_test

import (
	"testing"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/contracts/contractstest/company"
)

func TestACompanyHasTheRowsItPromises(t *testing.T) {
	t.Parallel()
	size := company.Size{Services: 50, Versions: 20}
	want := map[string]int{
		"pacticipants": 50, "pacticipant_versions": 1000, "branch_versions": 1000, "integrations": 150,
		"pact_contents": 150 * 3, "pact_publications": 3000, "branches": 150, "version_tags": 200, "pacticipant_labels": 50, "environments": 1,
	}
	for _, table := range size.Tables() {
		n := 0
		for row, err := range table.Rows {
			if err != nil {
				t.Fatal(err)
			}
			if len(row) != len(table.Columns) {
				t.Fatalf("%s: %d values for %d columns", table.Name, len(row), len(table.Columns))
			}
			n++
		}
		if expected, known := want[table.Name]; known && n != expected {
			t.Errorf("%s has %d rows, want %d", table.Name, n, expected)
		}
		if n == 0 {
			t.Errorf("%s is empty", table.Name)
		}
	}
	seen := map[contracts.Verdict]int{}
	for i := range size.Services {
		seen[size.MayDeploy(i, size.Candidate())]++
	}
	if seen[contracts.Yes] == 0 || seen[contracts.No] == 0 || seen[contracts.Unknown] == 0 {
		t.Errorf("candidates get %v, want every verdict", seen)
	}
}
