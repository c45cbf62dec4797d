package contracts

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/cmd/internal/cli/clitest"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/types"
)

func TestRecordWhatIsWhere(t *testing.T) {
	t.Parallel()
	d := types.Deployment{ID: "d1", Kind: types.KindReleased, Service: "orders", Version: "1", Environment: "production"}
	for _, tt := range []struct {
		line  string
		want  int
		asked string
		out   string
		err   string
	}{
		{
			line:  "record-deployment -a orders -e 1 --environment production --application-instance blue",
			asked: `POST /contracts/deployments {"application_instance":"blue","environment":"production","service":"orders","version":"1"}`,
			out:   "Service:      orders\nVersion:      1\nEnvironment:  production\nKind:         released\n",
		},
		{
			line:  "record-undeployment --pacticipant orders --environment production",
			asked: "DELETE /contracts/deployments?service=orders&environment=production", out: "Service:      orders\n",
		},
		{
			line:  "record-release -a orders -e 1 --environment production",
			asked: `POST /contracts/releases {"environment":"production","service":"orders","version":"1"}`, out: "Service:      orders\n",
		},
		{
			line:  "record-support-ended -a orders -e 1 --environment production -o json",
			asked: "DELETE /contracts/releases?service=orders&version=1&environment=production", out: "{\n  \"deployed_at\"",
		},
		{line: "record-deployment -a orders", want: 2, err: "Error: --version, --environment are missing."},
		{line: "record-undeployment -a orders", want: 2, err: "Error: --environment is missing."},
		{line: "record-undeployment -a orders -e 1 --environment x", want: 2, err: "There is no flag"},
	} {
		t.Run(tt.line, func(t *testing.T) {
			t.Parallel()
			server := clitest.NewServer()
			server.Answer("POST /contracts/deployments", http.StatusCreated, d)
			server.Answer("DELETE /contracts/deployments", http.StatusOK, d)
			server.Answer("POST /contracts/releases", http.StatusCreated, d)
			server.Answer("DELETE /contracts/releases", http.StatusOK, d)
			s := clitest.New(t, server)
			got := s.Run(t.Context(), Command(s.Env, nil), append([]string{"contracts"}, strings.Fields(tt.line)...)...)
			if got != tt.want || !strings.HasPrefix(s.Out.String(), tt.out) || !strings.Contains(s.Err.String(), tt.err) {
				t.Errorf("exit %d, printed %q, said %q", got, s.Out.String(), s.Err.String())
			}
			if asked := strings.Join(server.Asked(), "\n"); asked != tt.asked {
				t.Errorf("asked %s", asked)
			}
		})
	}
}

func TestRecordInAnEnvironmentThereIsNot(t *testing.T) {
	t.Parallel()
	server := clitest.NewServer()
	server.Fail("POST /contracts/deployments", fault.New(fault.NotFound, "There is no environment staging.").WithHint("There are: test, production."))
	s := clitest.New(t, server)
	got := s.Run(t.Context(), Command(s.Env, nil), "contracts", "record-deployment", "--service", "orders", "--version", "1", "--environment", "staging")
	if got != 4 || s.Err.String() != "Error: There is no environment staging.\nHint:  There are: test, production.\n" {
		t.Errorf("exit %d, said %q", got, s.Err.String())
	}
}

func TestIgnoreRules(t *testing.T) {
	t.Parallel()
	rule := types.IgnoreRule{
		ID: "r1", Service: "legacy", Version: "1.2", Owner: "checkout", Reason: "it leaves", Expired: true, CreatedBy: "ada",
		ExpiresAt: time.Date(2026, 12, 1, 12, 0, 0, 0, time.Local),
	}
	state := "expired " + until(rule.ExpiresAt)
	for _, tt := range []struct {
		line string
		args []string
		want int
		out  string
		err  string
	}{
		{line: "add", args: []string{"legacy:1.2", "--owner", "checkout", "--reason", "it leaves", "--expires", "14d"}, out: "Rule:     r1\nIgnores:  legacy:1.2\n"},
		{line: "add without an end", args: []string{"legacy", "--owner", "checkout", "--reason", "x"}, want: 2, err: "Error: --expires is missing."},
		{line: "add without an owner or a reason", args: []string{"legacy", "--expires", "1d"}, want: 2, err: "Error: --owner, --reason are missing."},
		{line: "add until some day", args: []string{"legacy", "--owner", "checkout", "--reason", "x", "--expires", "soon"}, want: 2, err: `"soon" is neither a length of time nor a date.`},
		{line: "list", out: "ID   IGNORES      STATE" + strings.Repeat(" ", len(state)-2) + "OWNER      MADE BY   REASON\nr1   legacy:1.2   " + state + "   checkout   ada       it leaves\n"},
		{line: "remove", args: []string{"r1"}, err: "The gate counts legacy:1.2 again."},
		{line: "remove what is not there", args: []string{"r2"}, want: 4, err: "There is no ignore rule r2."},
	} {
		t.Run(tt.line, func(t *testing.T) {
			t.Parallel()
			server := clitest.NewServer()
			server.Answer("POST /contracts/ignore-rules", http.StatusCreated, rule)
			server.Answer("GET /contracts/ignore-rules", http.StatusOK, types.IgnoreRuleList{Items: []types.IgnoreRule{rule}})
			server.Answer("DELETE /contracts/ignore-rules/r1", http.StatusOK, rule)
			server.Fail("DELETE /contracts/ignore-rules/r2", fault.New(fault.NotFound, "There is no ignore rule r2."))
			s := clitest.New(t, server)
			verb, _, _ := strings.Cut(tt.line, " ")
			got := s.Run(t.Context(), Command(s.Env, nil), append([]string{"contracts", "ignore", verb}, tt.args...)...)
			printed := s.Out.String()
			if got != tt.want || !strings.HasPrefix(printed, tt.out) || (tt.out == "" && printed != "") || !strings.Contains(s.Err.String(), tt.err) {
				t.Errorf("exit %d, printed %q, said %q", got, printed, s.Err.String())
			}
		})
	}
}

func TestWhenARuleEnds(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"12h":        now.Add(12 * time.Hour),
		"14d":        now.AddDate(0, 0, 14),
		"2027-01-31": time.Date(2027, 2, 1, 0, 0, 0, 0, time.Local), // the whole day
	} {
		got, err := parseEnd(text, now)
		if err != nil || !got.Equal(want) {
			t.Errorf("%s is %s, %v", text, got, err)
		}
	}
	if _, err := parseEnd("2026-11-25", now); err == nil || !strings.Contains(err.Error(), "--expires cannot be 2026-11-25: that day is over.") {
		t.Errorf("a day that is over: %v", err)
	}
	if diff := cmp.Diff("legacy:1.2", subject(types.IgnoreRule{Service: "legacy", Version: "1.2"})); diff != "" {
		t.Error(diff)
	}
}
