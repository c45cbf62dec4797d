package contracts_test

import (
	"strings"
	"testing"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/fault"
)

// TestTheNewestVersionIsAskedAbout has a main branch that is behind another one: the
// newest version on it is not the newest of all.
func TestTheNewestVersionIsAskedAbout(t *testing.T) {
	t.Parallel()
	b := journey(t)
	publish(t, b, "o2", "feat/x", "orders", "inventory", "a product nobody has")
	for _, tt := range []struct {
		name, version, warning string
		q                      contracts.Question
		want                   contracts.Verdict
	}{
		{"on the main branch", "o1", "version on its main branch, which is o1 now.", contracts.Question{MainBranch: true}, contracts.Yes},
		{"of all", "o2", "newest version, which is o2 now.", contracts.Question{Latest: true}, contracts.Unknown},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.q.Service, tt.q.Environment = "orders", "production"
			a, err := b.CanIDeploy(t.Context(), tt.q)
			if err != nil || a.Version != tt.version || a.Verdict != tt.want || !strings.Contains(strings.Join(a.Warnings, " "), tt.warning) {
				t.Errorf("%s of version %s, %q, %v", a.Verdict, a.Version, a.Warnings, err)
			}
		})
	}
}

func TestAMainBranchThatIsNotThereIsNamed(t *testing.T) {
	t.Parallel()
	b := journey(t)
	publish(t, b, "w1", "feat/x", "web", "inventory", inStock)
	ask := func() string {
		a, err := b.CanIDeploy(t.Context(), contracts.Question{Service: "web", MainBranch: true, Environment: "production"})
		if err != nil || a.Verdict != contracts.Unknown || len(a.Reasons) != 1 {
			t.Fatalf("%s, %v: %+v", a.Verdict, err, a.Reasons)
		}
		return a.Reasons[0].Text + " " + a.Reasons[0].Next
	}
	const none = "No version of web is known on its main branch. platform contracts publish pacts --service web --version VERSION --branch "
	if got := ask(); got != none+"main" {
		t.Error(got)
	}
	trunk := "release/train"
	if _, _, err := b.SavePacticipant(t.Context(), "web", contracts.PacticipantChange{MainBranch: &trunk}); err != nil {
		t.Fatal(err)
	}
	if got := ask(); got != none+trunk {
		t.Error(got)
	}
}

func TestAServiceWithoutVersions(t *testing.T) {
	t.Parallel()
	b := journey(t)
	if _, _, err := b.SavePacticipant(t.Context(), "web", contracts.PacticipantChange{}); err != nil {
		t.Fatal(err)
	}
	a, err := b.CanIDeploy(t.Context(), contracts.Question{Service: "web", Latest: true, Environment: "production"})
	if err != nil || a.Verdict != contracts.Unknown || a.Reasons[0].Text != "No version of web is known." || !strings.Contains(a.Summary, "whether web may go to production") {
		t.Errorf("%s, %v: %+v", a.Verdict, err, a.Reasons)
	}
}

// TestAMisspeltServiceKeepsTheQuestion has the command for the service that was meant.
func TestAMisspeltServiceKeepsTheQuestion(t *testing.T) {
	t.Parallel()
	b := journey(t)
	for flag, q := range map[string]contracts.Question{"--main-branch": {MainBranch: true}, "--latest": {Latest: true}} {
		q.Service, q.Environment = "odrers", "production"
		a, err := b.CanIDeploy(t.Context(), q)
		if want := "platform contracts can-i-deploy --service orders --environment production " + flag; err != nil || !strings.HasSuffix(a.Reasons[0].Text, want) {
			t.Errorf("%v: %+v", err, a.Reasons)
		}
	}
}

func TestOneVersionIsAskedAbout(t *testing.T) {
	t.Parallel()
	b := journey(t)
	for _, q := range []contracts.Question{{Version: "o1", MainBranch: true}, {Version: "o1", Latest: true}, {MainBranch: true, Latest: true}, {Branch: "main", Latest: true}} {
		q.Service, q.Environment = "orders", "production"
		if _, err := b.CanIDeploy(t.Context(), q); !fault.Is(err, fault.Invalid) {
			t.Errorf("%+v: %v", q, err)
		}
	}
}
