package catalog_test

import (
	"testing"

	"github.com/goldenpath/platform/catalog"
)

func TestAdviceIsMadeOfSentences(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ message, hint, want string }{
		{"missingProperty: owner", "Add the group.", "missingProperty: owner. Add the group."},
		{"It is wrong.", "Mend it.", "It is wrong. Mend it."},
		{"Is it right?", "Look.", "Is it right? Look."},
		{"is wrong", "", "is wrong"},
		{"", "Look.", "Look."},
	} {
		if got := (catalog.Problem{Message: tt.message, Hint: tt.hint}).Advice(); got != tt.want {
			t.Errorf("%q and %q are %q, want %q", tt.message, tt.hint, got, tt.want)
		}
	}
}
