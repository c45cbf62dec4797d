package contracts

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/types"
)

// TestAPendingInteractionMayFail has interactions that their consumer marked so.
func TestAPendingInteractionMayFail(t *testing.T) {
	t.Parallel()
	pending := func(status types.InteractionResultStatus) types.InteractionResult {
		return types.InteractionResult{Description: "new", Status: status, Pending: true, Mismatches: []string{"Status: expected 200 but was 404."}}
	}
	other := func(status types.InteractionResultStatus) types.InteractionResult {
		return types.InteractionResult{Description: "kept", Status: status}
	}
	for _, tt := range []struct {
		name         string
		pending      bool // the pact
		interactions []types.InteractionResult
		want         types.Verdict
		code         int
	}{
		{"it failed", false, []types.InteractionResult{other(types.InteractionPassed), pending(types.InteractionFailed)}, verdictPending, 0},
		{"it passed", false, []types.InteractionResult{other(types.InteractionPassed), pending(types.InteractionPassed)}, types.VerdictYes, 0},
		{"another failed", false, []types.InteractionResult{other(types.InteractionFailed), pending(types.InteractionFailed)}, types.VerdictNo, 1},
		{"another is unknown", false, []types.InteractionResult{other(types.InteractionUnknown), pending(types.InteractionFailed)}, types.VerdictUnknown, 3},
		{"it is unknown", false, []types.InteractionResult{other(types.InteractionPassed), pending(types.InteractionUnknown)}, types.VerdictUnknown, 3},
		{"another failed in a pending pact", true, []types.InteractionResult{other(types.InteractionFailed), pending(types.InteractionFailed)}, verdictPending, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			success := !slices.ContainsFunc(tt.interactions, func(i types.InteractionResult) bool { return i.Status != types.InteractionPassed })
			report, err := settle(types.VerificationPlan{Pacts: []types.PlannedPact{{Consumer: "orders", Sha: "s", Pending: tt.pending}}},
				Result{Pacts: []PactResult{{Consumer: "orders", SHA: "s", Success: success, Interactions: tt.interactions}}})
			if err != nil || report.Verdict != tt.want {
				t.Fatalf("%s, %v, want %s", report.Verdict, err, tt.want)
			}
			code := fault.Code("")
			if ended, is := errors.AsType[cli.VerdictError](report.verdict()); is {
				code = ended.Code
			}
			if want := map[int]fault.Code{1: fault.Failed, 3: fault.Unknown}[tt.code]; code != want {
				t.Errorf("it ends with %q, want %q", code, want)
			}
			var out strings.Builder
			if err := printReport(&out, report); err != nil || !strings.Contains(out.String(), "new (pending)\n") || strings.Contains(out.String(), "kept (pending)") {
				t.Errorf("it is shown as %q, %v", out.String(), err)
			}
			marked := strings.Contains(out.String(), "marked what failed as pending")
			if never := strings.Contains(out.String(), "never kept this pact before"); marked != (tt.want == verdictPending && !tt.pending) || never != tt.pending {
				t.Errorf("why it does not count is told as %q", out.String())
			}
			last := report.cases(verifyOptions{}).Cases[1]
			skipped := strings.HasPrefix(last.Skipped, "pending, so it does not count yet: Status: expected 200")
			if failed := tt.interactions[1].Status == types.InteractionFailed; skipped != failed || last.Failure != "" {
				t.Errorf("for CI it is %+v", last)
			}
			encoded, err := json.Marshal(report)
			if err != nil || strings.Count(string(encoded), `"pending":true`) != map[bool]int{false: 1, true: 2}[tt.pending] {
				t.Errorf("for programs it is %s", encoded)
			}
		})
	}
}
