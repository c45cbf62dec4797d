package contracts

import (
	"testing"

	"github.com/goldenpath/platform/portal/api/types"
)

func FuzzSelectors(f *testing.F) {
	f.Add(`{"mainBranch": true}`)
	f.Add(`[{"branch":"a","fallbackBranch":"b"},{"tag":"x","latest":true,"consumer":"web"}]`)
	f.Add(`{"consumer":"web"}] [{"latest":true}`)
	f.Add(`[]`)
	f.Fuzz(func(t *testing.T, text string) {
		list, err := parseSelectors(text)
		if err != nil {
			return
		}
		for _, s := range list {
			if s == (types.Selector{Consumer: s.Consumer}) {
				t.Errorf("%q picks nothing", text)
			}
		}
	})
}
