//go:build proof

package validators_test

import (
	"bytes"
	"regexp"
	"testing"
)

// An alert whose tests pass although it never fires, or always does, is not
// tested.
func TestEachAlertIsTested(t *testing.T) {
	t.Parallel()
	// The name of an alert, its expression of one line or more, and what follows.
	alert := regexp.MustCompile(`(?m)^      - alert: (\S+)\n(?:        #.*\n)*        expr: (?:\|-\n(?:          .*\n)+|.+\n)`)
	for _, file := range ruleFiles(t) {
		found := alert.FindAllSubmatchIndex(read(t, observability, file), -1)
		if len(found) == 0 {
			t.Fatalf("%s has no alerts: this test looks in the wrong place", file)
		}
		for _, at := range found {
			name := string(read(t, observability, file)[at[2]:at[3]])
			for what, expr := range map[string]string{"never": "vector(0) > 1", "always": "vector(1)"} {
				t.Run(name+" fires "+what, func(t *testing.T) {
					t.Parallel()
					err := promtool(t, func(other string, rules []byte) []byte {
						if other != file {
							return rules
						}
						mutant := []byte("      - alert: " + name + "\n        expr: " + expr + "\n")
						return bytes.Join([][]byte{rules[:at[0]], mutant, rules[at[1]:]}, nil)
					})
					if err == nil {
						t.Error("the tests of the rules pass")
					}
				})
			}
		}
	}
}
