// Package help has the help topics that belong to no command.
package help

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/internal/fault"
)

// ExitCodes returns the topic "platform help exit-codes", written from the same
// table that commands exit by.
func ExitCodes() *cobra.Command {
	var text strings.Builder
	text.WriteString("A command exits with one of these:\n\n")
	for _, m := range fault.ExitMeanings() {
		fmt.Fprintf(&text, "  %3d  %s\n", m.Status, m.Meaning)
	}
	text.WriteString("\nSo a pipeline can tell \"no\" (1) from \"nobody knows yet\" (3) and from trouble in asking (7).")
	return &cobra.Command{Use: "exit-codes", Short: "What commands exit with", Long: text.String()}
}
