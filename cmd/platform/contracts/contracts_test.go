package contracts

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/cmd/internal/cli/clitest"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/types"
)

const pact = `{"consumer":{"name":"orders"},"provider":{"name":"inventory"},"interactions":[{"description":"a product"}]}`

func write(t *testing.T, dir, name, content string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestPublish(t *testing.T) {
	t.Parallel()
	published := types.Published{
		Consumer: "orders", Version: "1", Notices: []string{"inventory has to verify it."},
		Contracts: []types.PublishedContract{{Consumer: "orders", Provider: "inventory", Sha: "abc", Changed: true}},
	}
	for _, tt := range []struct {
		name  string
		files map[string]string
		args  string
		want  int
		asked []string
		out   string
		err   string
	}{
		{
			name: "a folder of pacts", files: map[string]string{"pacts/a.json": pact, "pacts/readme.txt": "no"},
			args:  "pacts --service orders --version 1 --branch main --tag v1",
			asked: []string{`POST /contracts/publications {"branch":"main","consumer":"orders","contracts":[{"content":` + pact + `,"file":"pacts/a.json"}],"tags":["v1"],"version":"1"}`},
			out:   "CONSUMER   PROVIDER    VERSION   CONTENT\norders     inventory   1         new\n",
			err:   "inventory has to verify it.\n",
		},
		{
			name: "the consumer is taken from the pact, and it says so", files: map[string]string{"a.json": pact}, args: "a.json --version 1",
			asked: []string{`POST /contracts/publications {"consumer":"orders","contracts":[{"content":` + pact + `,"file":"a.json"}],"version":"1"}`},
			out:   "CONSUMER   PROVIDER    VERSION   CONTENT\norders     inventory   1         new\n",
			err:   "Publishing for orders, the consumer a.json names.\n",
		},
		{
			name: "a pattern the shell left alone, and parts to merge", files: map[string]string{"a/build/pacts/a.json": pact, "b/build/pacts/b.txt": "no", "node_modules/x/pacts/c.json": "{}"},
			args:  "**/pacts/*.json --service orders --version 1 --merge",
			asked: []string{`POST /contracts/publications {"consumer":"orders","contracts":[{"content":` + pact + `,"file":"a/build/pacts/a.json"}],"merge":true,"version":"1"}`},
			out:   "CONSUMER   PROVIDER    VERSION   CONTENT\norders     inventory   1         new\n",
		},
		{name: "a pattern that nothing is called like", args: "build/*.json --version 1", want: 4, err: "No file is called like build/*.json."},
		{name: "a broken pattern", args: "build/[.json --version 1", want: 2, err: "is not a pattern for files"},
		{name: "no such file", args: "pacts --version 1", want: 4, err: "There is no file or folder pacts."},
		{name: "a folder without pacts", files: map[string]string{"pacts/x.txt": ""}, args: "pacts --version 1", want: 4, err: "There are no pacts in pacts."},
		{
			name: "every bad file is named", want: 2, args: "p --version 1",
			files: map[string]string{"p/a.json": pact, "p/b.json": "{\n\"consumer\": oops}", "p/c.json": `{"consumer":{"name":"x"}}`, "p/d.json": `{"consumer":3}`, "p/e.json": "[1]"},
			err:   "  p/b.json: is not JSON: line 2, invalid character 'o' looking for beginning of value\n  p/c.json: names no provider\n  p/d.json: is not a pact: consumer is a number\n  p/e.json: is not a pact: it is an array\n",
		},
		{
			name: "pacts of another consumer", files: map[string]string{"a.json": pact}, args: "a.json --service billing --version 1", want: 2,
			err: "Error: Not every pact is one of billing.\n  a.json: its consumer is \"orders\"\n",
		},
		{name: "no version and no work tree", files: map[string]string{"a.json": pact}, args: "a.json", want: 2, err: "Error: --version is missing"},
		{name: "nothing to publish", args: "--version 1", want: 2, err: "takes FILE_OR_FOLDER..., and 0 given"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server := clitest.NewServer()
			server.Answer("POST /contracts/publications", http.StatusOK, published)
			s := clitest.New(t, server)
			for name, content := range tt.files {
				write(t, s.Env.Dir, name, content)
			}
			got := s.Run(t.Context(), Command(s.Env, nil), append([]string{"contracts", "publish"}, strings.Fields(tt.args)...)...)
			if got != tt.want || s.Out.String() != tt.out || !strings.Contains(s.Err.String(), tt.err) {
				t.Errorf("exit %d, want %d\nprinted %q\nsaid %q", got, tt.want, s.Out.String(), s.Err.String())
			}
			if diff := cmp.Diff(tt.asked, server.Asked()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPublishTakesTheVersionOfTheWorkTreeAndSaysSo(t *testing.T) {
	t.Parallel()
	server := clitest.NewServer()
	server.Answer("POST /contracts/publications", http.StatusOK, types.Published{Contracts: []types.PublishedContract{}})
	s := clitest.New(t, server)
	write(t, s.Env.Dir, "a.json", pact)
	run := func(args ...string) string {
		cmd := exec.CommandContext(t.Context(), "git", append([]string{"-C", s.Env.Dir, "-c", "user.name=a", "-c", "user.email=a@example.com"}, args...)...)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	run("init", "-q", "-b", "trunk")
	run("add", ".")
	run("commit", "-q", "-m", "first")
	head := run("rev-parse", "HEAD")
	write(t, s.Env.Dir, "a.json", pact+"\n")
	if got := s.Run(t.Context(), Command(s.Env, nil), "contracts", "publish", "a.json"); got != 0 {
		t.Fatalf("exit %d: %s", got, s.Err.String())
	}
	for _, want := range []string{"Version " + head + ", the commit of this work tree; branch trunk.", "has changes that are not in that commit"} {
		if !strings.Contains(s.Err.String(), want) {
			t.Errorf("said %q, want %q", s.Err.String(), want)
		}
	}
	if asked := server.Asked()[0]; !strings.Contains(asked, `"branch":"trunk"`) || !strings.Contains(asked, `"version":"`+head+`"`) {
		t.Errorf("asked %s", asked)
	}
	for line, want := range map[string]string{
		"-a 1":                        `"version":"1"`,
		"--consumer-app-version 1 -r": `"branch":"trunk"`,
		"-a 1 -g":                     `"tags":["trunk"],"version":"1"`,
		"-a 1 -t v1 --branch x -g":    `"tags":["v1","x"]`,
		"-a 1 --auto-detect-version-properties -g": `"tags":["trunk"]`,
	} {
		got := s.Run(t.Context(), Command(s.Env, nil), append([]string{"contracts", "publish", "a.json"}, strings.Fields(line)...)...)
		asked := server.Asked()
		if last := asked[len(asked)-1]; got != 0 || !strings.Contains(last, want) {
			t.Errorf("%s: exit %d, asked %s", line, got, last)
		}
	}
}

// provider is one that offers provider states, or not.
func provider(t *testing.T, states int) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == statesPath {
			w.Header().Set("Location", "/login") // where everything is fine; only a redirect leads there
			w.WriteHeader(states)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestVerify(t *testing.T) {
	t.Parallel()
	passed := types.InteractionResult{Description: "a product", Status: types.InteractionPassed}
	failed := types.InteractionResult{Description: "no product", State: "none", Status: types.InteractionFailed, Mismatches: []string{"$.sku is missing"}}
	unknown := types.InteractionResult{Description: "late", Status: types.InteractionUnknown}
	plan := types.VerificationPlan{Provider: "inventory", Pacts: []types.PlannedPact{
		{Sha: "s1", Consumer: "orders", Provider: "inventory", Content: []byte(pact), ConsumerVersions: []string{"7"}, Notices: []string{}},
	}}
	result := func(success bool, i ...types.InteractionResult) Result {
		return Result{Pacts: []PactResult{{SHA: "s1", Consumer: "orders", Success: success, Interactions: i, Log: "log"}}}
	}
	for _, tt := range []struct {
		name     string
		args     string
		url      string
		states   int
		plan     types.VerificationPlan
		result   Result
		fails    error
		want     int
		recorded string // in the last request
		out      string
		err      string
	}{
		{name: "all pass", states: 404, plan: plan, result: result(true, passed), out: "orders\n  passed  a product\n\nyes: 1 passed, 0 failed, 0 unknown\n", recorded: `"success":true`},
		{
			name: "one fails, and how", states: 404, plan: plan, result: result(false, passed, failed), want: 1, recorded: `"mismatches":["$.sku is missing"]`,
			out: "orders\n  passed  a product\n  failed  no product (given none)\n          - $.sku is missing\n\nno: 1 passed, 1 failed, 0 unknown\n",
		},
		{name: "one without a result is unknown", states: 404, plan: plan, result: result(false, passed, unknown), want: 3, out: "unknown: 1 passed, 0 failed, 1 unknown\n", recorded: `"status":"unknown"`},
		{name: "results are not recorded when not wanted", states: 404, args: "--publish=false", plan: plan, result: result(true, passed), out: "yes: "},
		{name: "states are set up where the provider offers it", states: 200, plan: plan, result: result(true, passed), out: "yes: ", recorded: `"success":true`, err: "Provider states are set up at http://"},
		{name: "a redirect is no provider state", states: 307, plan: plan, result: result(true, passed), out: "yes: ", recorded: `"success":true`},
		{name: "nothing to verify", states: 404, plan: types.VerificationPlan{Pacts: []types.PlannedPact{}}, want: 3, err: "Error: No consumer has a pact for inventory to verify."},
		{name: "a pact without a result is nobody's yes", states: 404, plan: plan, want: 70, err: "Error: The verifier gave no result for the pact of orders."},
		{name: "the library is missing", states: 404, plan: plan, fails: fault.New(fault.MissingTool, "libpact_ffi is missing.").WithHint("platform doctor"), want: 8, err: "Hint:  platform doctor"},
		{name: "no provider listens", url: closedPort(t), want: 7, err: "Error: No provider listens at http://127.0.0.1:"},
		{name: "not an address", url: "inventory", want: 2, err: "Error: \"inventory\" is not the address of a provider."},
		{name: "not a header", states: 404, args: "--header Bearer", want: 2, err: "The 1st --header is not a header: it has no colon."},
		{name: "no time", states: 404, args: "--timeout 0s", want: 2, err: "--timeout must be longer"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			url := tt.url
			if url == "" {
				url = provider(t, tt.states)
			}
			server := clitest.NewServer()
			server.Answer("POST /contracts/verification-plan", http.StatusOK, tt.plan)
			server.Answer("POST /contracts/verifications", http.StatusCreated, types.Verification{})
			s := clitest.New(t, server)
			var asked Request
			verify := func(_ context.Context, r Request) (Result, error) { asked = r; return tt.result, tt.fails }
			args := append([]string{"contracts", "verify", "--provider", "inventory", "--provider-url", url, "--version", "9", "--branch", "main"}, strings.Fields(tt.args)...)
			got := s.Run(t.Context(), Command(s.Env, verify), args...)
			if got != tt.want || !strings.Contains(s.Out.String(), tt.out) || !strings.Contains(s.Err.String(), tt.err) {
				t.Errorf("exit %d, want %d\nprinted %q\nsaid %q", got, tt.want, s.Out.String(), s.Err.String())
			}
			requests := server.Asked()
			last := ""
			if len(requests) > 0 && strings.HasPrefix(requests[len(requests)-1], "POST /contracts/verifications") {
				last = requests[len(requests)-1]
			}
			if !strings.Contains(last, tt.recorded) || (tt.recorded == "" && last != "") {
				t.Errorf("recorded %q, want %q", last, tt.recorded)
			}
			if wantStates := map[bool]string{true: url + statesPath}[tt.states == 200]; asked.StateURL != wantStates {
				t.Errorf("states at %q, want %q", asked.StateURL, wantStates)
			}
		})
	}
}

// closedPort is an address where nothing listens.
func closedPort(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return "http://" + l.Addr().String()
}

func TestAPendingPactMayFail(t *testing.T) {
	t.Parallel()
	failed := []types.InteractionResult{{Status: types.InteractionFailed}}
	for _, tt := range []struct {
		name string
		pact verifiedPact
		want types.Verdict
	}{
		{"pending and failed", verifiedPact{Pending: true, Interactions: failed}, types.VerdictYes},
		{"pending, failed, and then out of reach", verifiedPact{Pending: true, Interactions: []types.InteractionResult{{Status: types.InteractionFailed}, {Status: types.InteractionUnknown}}}, types.VerdictYes},
		{"pending, and out of reach", verifiedPact{Pending: true, Interactions: []types.InteractionResult{{Status: types.InteractionPassed}, {Status: types.InteractionUnknown}}}, types.VerdictUnknown},
		{"failed, and then out of reach", verifiedPact{Interactions: []types.InteractionResult{{Status: types.InteractionUnknown}, {Status: types.InteractionFailed}}}, types.VerdictNo},
		{"failed", verifiedPact{Interactions: failed}, types.VerdictNo},
		{"said to pass with an unknown", verifiedPact{Success: true, Interactions: []types.InteractionResult{{Status: types.InteractionUnknown}}}, types.VerdictUnknown},
		{"failed without interactions", verifiedPact{}, types.VerdictUnknown},
		{"failed for no interaction's sake", verifiedPact{Interactions: []types.InteractionResult{{Status: types.InteractionPassed}}}, types.VerdictNo},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := tt.pact.verdict(); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
	var out strings.Builder
	plan := types.VerificationPlan{Pacts: []types.PlannedPact{{Consumer: "orders", Sha: "s", Pending: true}}}
	report, err := settle(plan, Result{Pacts: []PactResult{{Consumer: "orders", SHA: "s", Interactions: failed}}})
	if err != nil || report.Verdict != verdictPending || report.verdict() != nil {
		t.Errorf("a failure that does not count yet gives %q, %v, %v", report.Verdict, report.verdict(), err)
	}
	if err := printReport(&out, report); err != nil || strings.Contains(out.String(), "yes:") || !strings.Contains(out.String(), "pending: 0 passed, 1 failed") {
		t.Errorf("a failure that does not count yet is shown as %q, %v", out.String(), err)
	}
	if worse(types.VerdictNo, types.VerdictUnknown) != types.VerdictNo || worse(types.VerdictYes, types.VerdictUnknown) != types.VerdictUnknown {
		t.Error("no decides before unknown, unknown before yes")
	}
}

func TestShowAndList(t *testing.T) {
	t.Parallel()
	summary := types.ContractSummary{Consumer: "orders", Provider: "inventory", Verdict: types.VerdictNo, ConsumerVersion: "7", ProviderVersion: "9"}
	server := clitest.NewServer()
	server.Answer("GET /contracts", http.StatusOK, types.ContractList{Items: []types.ContractSummary{summary}})
	server.Answer("GET /contracts/pairs/{c}/{p}", http.StatusOK, types.Contract{
		Summary: summary, Content: []byte("{}"),
		Versions: []types.ContractVersion{{Version: "7", Branches: []string{"main"}, Verdict: types.VerdictNo}},
		Verifications: []types.Verification{{Provider: "inventory", ProviderVersion: "9", Interactions: []types.InteractionResult{
			{Description: "a product", Status: types.InteractionFailed, Mismatches: []string{"$.sku is missing"}},
		}, Verdict: types.VerdictNo}, {Provider: "inventory", ProviderVersion: "8", Interactions: []types.InteractionResult{
			{Description: "a product", Status: types.InteractionPassed}, {Description: "an order", Status: types.InteractionUnknown},
		}, Verdict: types.VerdictUnknown}, {Provider: "inventory", ProviderVersion: "7", Interactions: []types.InteractionResult{
			{Description: "a product", Status: types.InteractionFailed}, {Description: "an order", Status: types.InteractionUnknown},
		}, Verdict: types.VerdictUnknown}},
	})
	s := clitest.New(t, server)
	if got := s.Run(t.Context(), Command(s.Env, nil), "contracts", "list"); got != 0 || !strings.Contains(s.Out.String(), "orders     inventory   no") {
		t.Errorf("exit %d, printed %q", got, s.Out.String())
	}
	s = clitest.New(t, server)
	if got := s.Run(t.Context(), Command(s.Env, nil), "contracts", "show", "orders", "inventory"); got != 0 ||
		!strings.Contains(s.Out.String(), "inventory 9 failed, never\n  failed  a product\n          - $.sku is missing\n") ||
		!strings.Contains(s.Out.String(), "inventory 8 is unknown: not every interaction has a result, never\n  passed  a product\n") ||
		!strings.Contains(s.Out.String(), "inventory 7 is unknown: called a success, but its own results name a failure, never\n  failed  a product\n") {
		t.Errorf("exit %d, printed %q", got, s.Out.String())
	}
}
