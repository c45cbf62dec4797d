package portal

import (
	"bytes"
	"fmt"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/portal/api/server"
	"github.com/goldenpath/platform/portal/api/types"
)

// TestTheGateAnswersAsGenerated compares an answer, with few reasons and with so
// many that two write them, with what the API's document generates.
func TestTheGateAnswersAsGenerated(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, manyReasons - 1, manyReasons, manyReasons + 1} {
		gate := gateResponse{Gate: types.Gate{
			Service: `"reasons":[]`, Version: "1", Verdict: "no", Summary: "<b>", Reasons: []types.Reason{}, AskedAt: time.Unix(1, 2).UTC(),
			Warnings: []string{`"reasons":[]`}, Rules: []types.RuleUse{},
		}}
		for i := range n {
			gate.reasons = append(gate.reasons, contracts.Reason{
				Verdict: "yes", Rule: "kept", Text: fmt.Sprint(i, ` keeps "reasons":[] ]`), VerifiedAt: time.Unix(int64(i), 0).UTC(),
				There: []contracts.Deployment{{ID: "x", Service: "web"}},
			})
			gate.Reasons = append(gate.Reasons, fromReason(&gate.reasons[i]))
		}
		want, got := httptest.NewRecorder(), httptest.NewRecorder()
		if err := server.CanIDeploy200JSONResponse(gate.Gate).VisitCanIDeployResponse(want); err != nil {
			t.Fatal(err)
		}
		if err := gate.VisitCanIDeployResponse(got); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(want.Body.Bytes(), got.Body.Bytes()) || want.Code != got.Code || want.Header().Get("Content-Type") != got.Header().Get("Content-Type") {
			t.Errorf("%d reasons: %d %s\n%.2000s\nwant %d\n%.2000s", n, got.Code, got.Header(), got.Body, want.Code, want.Body)
		}
	}
}
