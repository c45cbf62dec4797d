package beside

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"testing"
)

// ErrNotInstalled is in the error of a server whose program is not here.
var ErrNotInstalled = errors.New("IS NOT INSTALLED, WHAT NEEDS IT WAS NOT TESTED")

// Demand ends a test whose server did not start. It skips one whose server is
// not installed, so that nobody overlooks it; in CI that is a failure.
func Demand(tb testing.TB, server string, err error) {
	tb.Helper()
	if errors.Is(err, ErrNotInstalled) && cmp.Or(os.Getenv("CI"), "false") == "false" {
		fmt.Fprintln(os.Stderr, tb.Name()+": "+err.Error())
		tb.Skip(err)
	}
	if err != nil {
		tb.Fatalf("start %s: %v", server, err)
	}
}
