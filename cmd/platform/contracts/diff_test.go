package contracts

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/cmd/internal/cli/clitest"
	"github.com/goldenpath/platform/portal/api/types"
)

func TestDiff(t *testing.T) {
	t.Parallel()
	changed := types.ContractChanges{
		Consumer: "orders", Provider: "inventory", From: types.ComparedVersion{Version: "1"}, To: types.ComparedVersion{Version: "2"},
		Changes: []types.InteractionChange{
			{Kind: types.InteractionAdded, Description: "new", Sentence: "GET /new is answered with 200."},
			{Kind: types.InteractionChanged, Description: "old", State: "stock", Details: []string{"request.path was 1 and is 2"}},
		},
	}
	same := types.ContractChanges{Consumer: "orders", Provider: "inventory", From: changed.From, To: changed.To, Changes: []types.InteractionChange{}}
	for _, tt := range []struct {
		name, args string
		answer     types.ContractChanges
		want       int
		asked      []string
		out        []string
		err        string
	}{
		{
			name: "in words", args: "orders inventory", answer: changed, asked: []string{"GET /contracts/pairs/orders/inventory/changes"},
			out: []string{
				"added    new\n         GET /new is answered with 200.\n", "changed  old (given stock)\n         - request.path was 1 and is 2\n",
				"1 added, 0 removed, 1 changed\n", "from version 1, never, to version 2, never",
			},
		},
		{
			name: "a version with a branch, for a script", args: "orders inventory --from 1 --to-branch feat/x --exit-code", answer: changed, want: 1,
			asked: []string{"GET /contracts/pairs/orders/inventory/changes?from=1&to_branch=feat%2Fx"},
		},
		{name: "nothing", args: "orders inventory --exit-code", answer: same, asked: []string{"GET /contracts/pairs/orders/inventory/changes"}, out: []string{"Both say the same."}},
		{
			name: "for programs", args: "orders inventory -o json", answer: changed, asked: []string{"GET /contracts/pairs/orders/inventory/changes"},
			out: []string{`"kind": "changed"`, `"request.path was 1 and is 2"`},
		},
		{name: "two ways to say one side", args: "orders inventory --from 1 --from-branch main", want: 2, err: "--from and --from-branch both say"},
		{name: "one service", args: "orders", want: 2, err: "takes CONSUMER PROVIDER, and 1 given"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server := clitest.NewServer()
			server.Answer("GET /contracts/pairs/{c}/{p}/changes", http.StatusOK, tt.answer)
			s := clitest.New(t, server)
			got := s.Run(t.Context(), Command(s.Env, nil), append([]string{"contracts", "diff"}, strings.Fields(tt.args)...)...)
			if got != tt.want || !strings.Contains(s.Err.String(), tt.err) {
				t.Errorf("exit %d, want %d\nprinted %q\nsaid %q", got, tt.want, s.Out.String(), s.Err.String())
			}
			for _, part := range tt.out {
				if !strings.Contains(s.Out.String(), part) {
					t.Errorf("%q is not in %q", part, s.Out.String())
				}
			}
			if diff := cmp.Diff(tt.asked, server.Asked()); diff != "" {
				t.Error(diff)
			}
		})
	}
}
