package broker

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/goldenpath/platform/contracts"
)

// matrixTable is the matrix for terminals, and what it comes to.
func matrixTable(m contracts.Matrix) string {
	table := [][]string{{"CONSUMER", "C_VERSION", "REVISION", "PROVIDER", "P_VERSION", "NUMBER", "SUCCESS"}}
	for _, r := range m.Rows {
		line := []string{r.Consumer, r.ConsumerVersion, strconv.Itoa(r.Revision), r.Provider, r.ProviderVersion, "", ""}
		if r.VerificationID != 0 {
			line[5], line[6] = strconv.FormatInt(r.VerificationID, 10), strconv.FormatBool(r.Success)
		}
		table = append(table, line)
	}
	widths := make([]int, len(table[0]))
	for _, line := range table {
		for i, cell := range line {
			widths[i] = max(widths[i], len(cell))
		}
	}
	rule := make([]string, len(widths))
	for i, w := range widths {
		rule[i] = strings.Repeat("-", w)
	}
	var b strings.Builder
	for i, line := range table {
		cells := make([]string, len(line))
		for n, cell := range line {
			cells[n] = fmt.Sprintf("%-*s", widths[n], cell)
		}
		b.WriteString(strings.Join(cells, " | ") + "\n")
		if i == 0 {
			b.WriteString(strings.Join(rule, "-|-") + "\n")
		}
	}
	deployable := "nil" // the peer's word for neither
	if m.Deployable != nil {
		deployable = strconv.FormatBool(*m.Deployable)
	}
	return b.String() + "\nDeployable: " + deployable + "\nReason: " + m.Reason() + "\n"
}
