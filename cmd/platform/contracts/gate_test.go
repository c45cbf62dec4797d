package contracts

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/cmd/internal/cli/clitest"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/types"
)

// askedAt is when the made-up server answers.
func askedAt() time.Time { return time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC) }

func gateOf(v types.Verdict) types.Gate {
	rule := types.RuleBroken
	if v == types.VerdictUnknown {
		rule = types.RuleIncomplete
	}
	return types.Gate{
		Service: "orders", Version: "1", Environment: "production", Verdict: v, Summary: "One pact was not verified.", AskedAt: askedAt(),
		Reasons: []types.Reason{{
			Verdict: v, Rule: rule, Text: "inventory 2 fails a pact.", Next: "platform contracts verify --provider inventory", Interactions: []string{"a product"},
			Consumer: "orders", ConsumerVersion: "1", Provider: "inventory", ProviderVersion: "2",
		}},
		Rules: []types.RuleUse{}, Warnings: []string{},
	}
}

const goTo = "--service orders --version 1 --environment production"

func TestCanIDeploy(t *testing.T) {
	t.Parallel()
	const asked = "GET /contracts/can-i-deploy?service=orders&version=1&environment=production"
	for _, tt := range []struct {
		name    string
		args    string
		verdict types.Verdict
		want    int
		asked   string // the one request; none when empty
		out     string
		err     string
	}{
		{name: "yes", args: goTo, verdict: types.VerdictYes, asked: asked, out: "yes: One pact"},
		{
			name: "no, with what to do", args: goTo, verdict: types.VerdictNo, want: 1, asked: asked,
			out: "no: One pact was not verified.\n\n  no       inventory 2 fails a pact.\n           failed: a product\n           next: platform contracts verify --provider inventory\n",
		},
		{name: "unknown, with what has no result", args: goTo, verdict: types.VerdictUnknown, want: 3, asked: asked, out: "unknown: One pact was not verified.\n\n  unknown  inventory 2 fails a pact.\n           not passed: a product\n"},
		{name: "Pact's names for the flags", args: "--pacticipant orders --version 1 --to-environment production", verdict: types.VerdictYes, asked: asked, out: "yes: "},
		{name: "Pact's short names", args: "-a orders -e 1 --environment production", verdict: types.VerdictYes, asked: asked, out: "yes: "},
		{
			name: "everything that can be said", verdict: types.VerdictYes, out: "yes: ",
			args:  "-a orders --latest dev --to prod --ignore legacy --ignore web:1 --max-age 2d",
			asked: "GET /contracts/can-i-deploy?service=orders&tag=dev&to_tag=prod&max_age=172800&ignore=legacy&ignore=web%3A1",
		},
		{name: "its main branch", args: "-a orders --main-branch --environment test", verdict: types.VerdictYes, asked: "GET /contracts/can-i-deploy?service=orders&main_branch=true&environment=test", out: "yes: "},
		{name: "its newest", args: "-a orders -l --environment test", verdict: types.VerdictYes, asked: "GET /contracts/can-i-deploy?service=orders&latest=true&environment=test", out: "yes: "},
		{name: "the newest of a branch", args: "-a orders --latest --branch x --environment test", verdict: types.VerdictYes, asked: "GET /contracts/can-i-deploy?service=orders&branch=x&environment=test", out: "yes: "},
		{name: "two tags", args: "-a orders --tag a --latest b --environment test", want: 2, err: "--tag is given twice, a and b"},
		{name: "a word too many", args: goTo + " more", want: 2, err: "takes no arguments, and 1 given"},
		{name: "for programs", args: goTo + " -o json", verdict: types.VerdictNo, want: 1, asked: asked, out: "{\n  \"asked_at\": \"2026-11-26T12:00:00Z\",\n  \"environment\": \"production\""},
		{name: "for CI, a no", args: goTo + " -o junit", verdict: types.VerdictNo, want: 1, asked: asked, out: junit(`failures="1" errors="0"`, "failure")},
		{name: "for CI, an unknown does not pass", args: goTo + " -o junit", verdict: types.VerdictUnknown, want: 3, asked: asked, out: junit(`failures="0" errors="1"`, "error")},
		{name: "a dry run says no and holds nothing up", args: goTo + " --dry-run", verdict: types.VerdictNo, asked: asked, out: "no: One", err: "without --dry-run this exits with 1."},
		{name: "a dry run that knows nothing", args: goTo + " --dry-run", verdict: types.VerdictUnknown, asked: asked, out: "unknown: ", err: "this exits with 3."},
		{name: "answers missing", args: "--version 1", want: 2, err: "Error: --service, --environment are missing."},
		{name: "a dry run does not hide a wrong question", args: "--dry-run --version 1", want: 2, err: "are missing."},
		{name: "an age that is none", args: goTo + " --max-age old", want: 2, err: `--max-age cannot be "old": it is not a length of time.`},
		{name: "a service to ignore from a variable that is not set", args: goTo + " --ignore=", want: 2, err: "--ignore is empty."},
		{name: "an age that the server would count as none", args: goTo + " --max-age 500ms", want: 2, err: "--max-age cannot be 500ms: the shortest is a second."},
		{name: "an age from a variable that is not set", args: goTo + " --max-age=", want: 2, err: "--max-age is empty."},
		{name: "two services", args: "-a orders -e 1 -a web -e 1 --environment production", want: 2, err: "Error: --service is given twice, orders and web: it takes one.\nHint:  Ask for each by itself, or for several that go together with Pact's client: pact broker can-i-deploy\n"},
		{name: "two services by Pact's name", args: goTo + " --pacticipant web", want: 2, err: "--service is given twice, orders and web"},
		{name: "two versions", args: goTo + " -e 2", want: 2, err: "--version is given twice, 1 and 2"},
		{name: "two environments", args: goTo + " --to-environment test", want: 2, err: "--environment is given twice, production and test"},
		{name: "two ages", args: goTo + " --max-age 3d --max-age 4d", want: 2, err: "--max-age is given twice, 3d and 4d"},
		{name: "a branch from a variable that is not set", args: goTo + " --branch=", want: 2, err: "--branch is empty."},
		{name: "an interval from a variable that is not set", args: goTo + " --retry-interval=", want: 2, err: "--retry-interval is empty."},
		{name: "an interval that is none", args: goTo + " --retry-interval often", want: 2, err: `--retry-interval cannot be "often": it is not a length of time.`},
		{name: "an interval out of bounds", args: goTo + " --retry-interval -3", want: 2, err: "--retry-interval cannot be -3 seconds."},
		{name: "less than no retries", args: goTo + " --retry-while-unknown -1", want: 2, err: "--retry-while-unknown cannot be -1."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server := clitest.NewServer()
			server.Answer("GET /contracts/can-i-deploy", http.StatusOK, gateOf(tt.verdict))
			s := clitest.New(t, server)
			got := s.Run(t.Context(), Command(s.Env, nil), append([]string{"contracts", "can-i-deploy"}, strings.Fields(tt.args)...)...)
			if got != tt.want || !strings.HasPrefix(s.Out.String(), tt.out) || !strings.Contains(s.Err.String(), tt.err) {
				t.Errorf("exit %d, want %d\nprinted %q\nsaid %q", got, tt.want, s.Out.String(), s.Err.String())
			}
			if asked := strings.Join(server.Asked(), "\n"); asked != tt.asked {
				t.Errorf("asked %s", asked)
			}
		})
	}
}

// junit is the report of gateOf whose one case has the outcome.
func junit(counts, outcome string) string {
	return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="orders 1 to production" tests="1" ` + counts + ` skipped="0" timestamp="2026-11-26T12:00:00">
    <testcase classname="orders 1 to production" name="orders 1 with inventory 2">
      <` + outcome + ` message="inventory 2 fails a pact.">`
}

func TestCanIDeployAsksAgainWhileUnknown(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name      string
		args      string
		unknown   int32 // how often before the answer is no
		want      int
		wantAsked int32
		err       string
	}{
		{name: "until somebody knows", args: "--retry-while-unknown 5 --retry-interval 0", unknown: 2, want: 1, wantAsked: 3, err: "Asking again in 0s (2 of 5)."},
		{name: "not for ever", args: "--retry-while-unknown 2 --retry-interval 0", unknown: 9, want: 3, wantAsked: 3},
		{name: "a no is final", args: "--retry-while-unknown 2 --retry-interval 0", want: 1, wantAsked: 1},
		{name: "once when nobody says more", unknown: 9, want: 3, wantAsked: 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int32
			server := clitest.NewServer()
			server.Handle("GET /contracts/can-i-deploy", func(w http.ResponseWriter, _ *http.Request) {
				v := types.VerdictNo
				if asked.Add(1) <= tt.unknown {
					v = types.VerdictUnknown
				}
				clitest.JSON(w, http.StatusOK, gateOf(v))
			})
			s := clitest.New(t, server)
			got := s.Run(t.Context(), Command(s.Env, nil), append([]string{"contracts", "can-i-deploy"}, strings.Fields(goTo+" "+tt.args)...)...)
			if got != tt.want || asked.Load() != tt.wantAsked || !strings.Contains(s.Err.String(), tt.err) {
				t.Errorf("exit %d after %d questions, said %q", got, asked.Load(), s.Err.String())
			}
			if strings.Count(s.Out.String(), "One pact") != 1 {
				t.Errorf("printed %q, want the last answer alone", s.Out.String())
			}
		})
	}
}

func TestADryRunHoldsNothingUp(t *testing.T) {
	t.Parallel()
	for code, want := range map[fault.Code]int{fault.Unavailable: 0, fault.Internal: 0, fault.NotFound: 4, fault.Forbidden: 6} {
		server := clitest.NewServer()
		server.Fail("GET /contracts/can-i-deploy", fault.New(code, "It does not work."))
		s := clitest.New(t, server)
		got := s.Run(t.Context(), Command(s.Env, nil), append([]string{"contracts", "can-i-deploy", "--dry-run"}, strings.Fields(goTo)...)...)
		if got != want || !strings.Contains(s.Err.String(), "It does not work.") {
			t.Errorf("%s: exit %d, said %q", code, got, s.Err.String())
		}
		got = s.Run(t.Context(), Command(s.Env, nil), append([]string{"contracts", "can-i-deploy", "--dry-run", "-o", "json"}, strings.Fields(goTo)...)...)
		document := "{\n  \"error\": {\n    \"code\": \"" + string(code) + "\",\n    \"message\": \"It does not work.\"\n  }\n}\n"
		if got != want || s.Out.String() != document {
			t.Errorf("%s: exit %d, printed %q, want %q", code, got, s.Out.String(), document)
		}
	}
}

func TestCanIMerge(t *testing.T) {
	t.Parallel()
	gate := gateOf(types.VerdictYes)
	gate.MainBranches, gate.Environment, gate.Warnings = true, "", []string{"It may be another."}
	server := clitest.NewServer()
	server.Answer("GET /contracts/can-i-merge", http.StatusOK, gate)
	s := clitest.New(t, server)
	if got := s.Run(t.Context(), Command(s.Env, nil), "contracts", "can-i-merge", "-a", "orders", "--branch", "feat/x"); got != 0 || s.Err.String() != "Note: It may be another.\n" {
		t.Errorf("exit %d, said %q", got, s.Err.String())
	}
	if diff := cmp.Diff([]string{"GET /contracts/can-i-merge?service=orders&branch=feat%2Fx"}, server.Asked()); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsIgnoredIsShown(t *testing.T) {
	t.Parallel()
	ends := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	shown := until(ends)
	gate := gateOf(types.VerdictNo)
	gate.Verdict = types.VerdictYes
	gate.Reasons[0].IgnoredBy = types.IgnoreRule{ID: "r1", Service: "inventory", Owner: "checkout", Reason: "it moves", ExpiresAt: ends}
	expired := types.IgnoreRule{ID: "r0", Service: "web", Version: "3", Owner: "shop", Reason: "late", ExpiresAt: ends, Expired: true}
	gate.Rules = []types.RuleUse{{Rule: gate.Reasons[0].IgnoredBy, Reasons: 1}, {Rule: expired, Reasons: 2}}
	server := clitest.NewServer()
	server.Answer("GET /contracts/can-i-deploy", http.StatusOK, gate)
	for form, want := range map[string]string{
		"table": "\n  ignored  inventory 2 fails a pact.\n           failed: a product\n           ignored by checkout until " + shown + ": it moves; it would be no\n           to count it: platform contracts ignore remove r1\n",
		"junit": `<skipped message="ignored by checkout until ` + shown + `: it moves; it would be no">`,
		"json":  `"ignored_by": {`,
	} {
		s := clitest.New(t, server)
		got := s.Run(t.Context(), Command(s.Env, nil), append([]string{"contracts", "can-i-deploy", "-o", form}, strings.Fields(goTo)...)...)
		if got != 0 || !strings.Contains(s.Out.String(), want) {
			t.Errorf("%s: exit %d, printed\n%s", form, got, s.Out.String())
		}
		if want := "An ignore rule for web:3 expired on " + shown + " and counts no longer. It is shop's: late"; !strings.Contains(s.Err.String(), want) {
			t.Errorf("%s: said %q", form, s.Err.String())
		}
	}
}

func TestExplain(t *testing.T) {
	t.Parallel()
	gate := gateOf(types.VerdictNo)
	gate.MaxAge = 3 * 24 * 60 * 60
	r := &gate.Reasons[0]
	r.Sha, r.PublishedAt, r.VerificationID, r.VerifiedAt = "0123456789abcdef", askedAt().Add(-5*time.Hour), "12", askedAt().Add(-2*time.Hour)
	r.There = []types.Deployment{{Kind: types.KindDeployed, Service: "inventory", Version: "2", Environment: "production", ApplicationInstance: "blue", DeployedAt: askedAt().Add(-3 * time.Minute)}}
	gate.Rules = []types.RuleUse{{Rule: types.IgnoreRule{Service: "web"}, Reasons: 1}}
	server := clitest.NewServer()
	server.Answer("GET /contracts/can-i-deploy", http.StatusOK, gate)
	s := clitest.New(t, server)
	if got := s.Run(t.Context(), Command(s.Env, nil), append([]string{"contracts", "explain"}, strings.Fields(goTo)...)...); got != 0 {
		t.Errorf("exit %d: %s", got, s.Err.String())
	}
	want := `no: One pact was not verified.
Each other service counts with every version in production, deployed or released. Verdicts older than 3 days are unknown.

  no       inventory 2 fails a pact.
           rule          broken: the newest verification by this version of the provider failed
           pact          of orders 1 with inventory, 0123456789ab, published 5 hours ago
           verification  12 by inventory 2, 2 hours ago
           counts as     inventory 2, deployed in production, instance blue, 3 minutes ago
           failed        a product
           next          platform contracts verify --provider inventory

Ignore rules:
  web, by --ignore: ignores 1 reason
`
	if diff := cmp.Diff(want, s.Out.String()); diff != "" {
		t.Error(diff)
	}
}

func TestExplainTakesOneQuestion(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, args, err string }{
		{"a merge into an environment", goTo + " --merge", "--merge asks about main branches"},
		{"a merge into what has a tag", "--service orders --version 1 --to prod --merge", "--merge asks about main branches"},
		{"nothing to explain", "--service orders", "For example: platform contracts explain --service orders"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server := clitest.NewServer()
			s := clitest.New(t, server)
			got := s.Run(t.Context(), Command(s.Env, nil), append([]string{"contracts", "explain"}, strings.Fields(tt.args)...)...)
			if got != 2 || !strings.Contains(s.Err.String(), tt.err) || len(server.Asked()) > 0 {
				t.Errorf("exit %d, asked %q\nsaid %q", got, server.Asked(), s.Err.String())
			}
		})
	}
}

func TestEveryRuleHasAMeaning(t *testing.T) {
	t.Parallel()
	rules := []types.ReasonRule{
		types.RuleKept, types.RuleBroken, types.RuleNotVerified, types.RuleIncomplete, types.RuleTooOld, types.RuleNowhere,
		types.RuleNoPact, types.RuleNoMainBranch, types.RuleWithdrawn, types.RuleNothingPublished, types.RuleNothingVerified, types.RuleUnknownVersion, types.RuleUnknownService,
	}
	for _, r := range rules {
		if !r.Valid() || meaning(r) == meaning("new") {
			t.Errorf("%s means %q", r, meaning(r))
		}
	}
}
