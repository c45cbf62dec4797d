package cli

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// asked is what a command with a flag of each kind was given.
type asked struct {
	service, maxAge string
	dryRun          bool
	retries         int
	wait            time.Duration
	tags, selectors []string
	ran             bool
}

func flagged(env *Env, got *asked) *cobra.Command {
	ask := &cobra.Command{Use: "ask", RunE: func(*cobra.Command, []string) error {
		got.ran = true
		return env.Print(got.service, func(io.Writer) error { return nil })
	}}
	flags := ask.Flags()
	flags.StringVarP(&got.service, "service", "a", "", "the service")
	flags.Func("max-age", "an age", func(s string) error { got.maxAge = s; return nil })
	flags.BoolVar(&got.dryRun, "dry-run", false, "hold nothing up")
	flags.IntVar(&got.retries, "retries", 0, "how often")
	flags.DurationVar(&got.wait, "wait", 0, "how long")
	flags.StringSliceVar(&got.tags, "tag", nil, "tags")
	flags.StringArrayVar(&got.selectors, "selector", nil, "selectors")
	flags.SetNormalizeFunc(func(_ *pflag.FlagSet, name string) pflag.NormalizedName {
		if name == "pacticipant" {
			name = "service"
		}
		return pflag.NormalizedName(name)
	})
	WhenTwice(flags, "service", "Ask for each.")
	return Root(env, "platform", "test", Group("things", "things", ask))
}

func TestAFlagThatMeansOneThingIsGivenOnce(t *testing.T) {
	t.Parallel()
	const usual = "Hint:  Give it once.\n"
	for _, tt := range []struct {
		name string
		line string
		err  string // exactly; nothing when the command runs
	}{
		{name: "once", line: "-a web --max-age 3d --dry-run --retries 2 --wait 1s"},
		{name: "lists may have many", line: "--tag a --tag b,c --selector x --selector y"},
		{name: "the same twice is no other question", line: "-a web --service web --pacticipant=web"},
		{name: "two values", line: "-a web --service app", err: "Error: --service is given twice, web and app: it takes one.\nHint:  Ask for each.\n"},
		{name: "by its other name", line: "--service web --pacticipant app", err: "Error: --service is given twice, web and app: it takes one.\nHint:  Ask for each.\n"},
		{name: "back and forth", line: "-a web -a app -a web", err: "Error: --service is given twice, web and app: it takes one.\nHint:  Ask for each.\n"},
		{name: "what is read at once", line: "--max-age 3d --max-age 4d", err: "Error: --max-age is given twice, 3d and 4d: it takes one.\n" + usual},
		{name: "yes and no", line: "--dry-run --dry-run=false", err: "Error: --dry-run is given twice, true and false: it takes one.\n" + usual},
		{name: "numbers", line: "--retries 1 --retries 2", err: "Error: --retries is given twice, 1 and 2: it takes one.\n" + usual},
		{name: "times", line: "--wait 1s --wait 2s", err: "Error: --wait is given twice, 1s and 2s: it takes one.\n" + usual},
		{name: "forms", line: "-o json -o yaml", err: "Error: --output is given twice, json and yaml: it takes one.\n" + usual},
		{
			name: "of addresses not what opens them", line: "--url http://ada:hush@one.test/ --url http://two.test/?key=hush",
			err: "Error: --url is given twice, http://ada:xxxxx@one.test/ and http://two.test/: it takes one.\n" + usual,
		},
		{
			name: "what is no address yet opens something", line: "--url one.test --url ada:hush@one.test",
			err: "Error: --url is given twice, one.test and (an address that cannot be read): it takes one.\n" + usual,
		},
		{name: "what is no address stays as it is", line: "-a (a)?b -a c#d", err: "Error: --service is given twice, (a)?b and c#d: it takes one.\nHint:  Ask for each.\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			checkFlags(t, tt.line, tt.err)
		})
	}
}

func TestAFlagIsNotGivenForNothing(t *testing.T) {
	t.Parallel()
	const hint = "Hint:  Give it a value, or leave it out. A variable may be empty: a pipeline that has none of the name puts nothing there.\n"
	for _, flag := range []string{"service", "max-age", "tag", "selector", "url", "output", "wait", "retries", "dry-run"} {
		t.Run(flag, func(t *testing.T) {
			t.Parallel()
			for _, value := range []string{"", "%20"} {
				checkFlags(t, "--"+flag+"="+value, "Error: --"+flag+" is empty.\n"+hint)
			}
		})
	}
	checkFlags(t, "--tag a,,b", "Error: --tag has nothing between two commas, or before or after one.\n"+hint)
	checkFlags(t, "--selector a,", "")
}

// checkFlags runs one command line; %20 stands for a blank.
func checkFlags(t *testing.T, line, want string) {
	t.Helper()
	s := newShell(t)
	var got asked
	args := []string{"things", "ask"}
	for word := range strings.FieldsSeq(line) {
		args = append(args, strings.ReplaceAll(word, "%20", " "))
	}
	status := 0
	if want != "" {
		status = 2
	}
	if exit := Run(t.Context(), s.env, flagged(s.env, &got), args); exit != status || got.ran != (want == "") || s.err.String() != want {
		t.Errorf("%s: exit %d, ran %v, said\n%s\nwant\n%s", line, exit, got.ran, s.err, want)
	}
}

func TestAValueThatIsNoneIsRefusedInWords(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"--retries x":                    `--retries takes a whole number, such as 10, and not "x".`,
		"--retries 1.5":                  `--retries takes a whole number, such as 10, and not "1.5".`,
		"--retries 99999999999999999999": `--retries cannot be 99999999999999999999: the number is too large.`,
		"--retries=-9999999999999999999": `--retries cannot be -9999999999999999999: the number is too small.`,
		"--wait soon":                    `--wait takes a length of time, such as 30s or 5m, and not "soon".`,
		"--wait 30":                      `--wait takes a length of time, such as 30s or 5m, and not "30".`,
		"--dry-run=perhaps":              `--dry-run takes true or false, and not "perhaps".`,
	} {
		checkFlags(t, line, "Error: "+want+"\nHint:  See the flags: platform things ask --help\n")
	}
	checkFlags(t, "-o x", "Error: There is no output form \"x\".\nHint:  Use --output table, json or yaml; commands that CI runs have junit, too.\n")
}

func TestHelpSaysNothingOfEmptyDefaults(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	if exit := Run(t.Context(), s.env, flagged(s.env, &asked{}), []string{"things", "ask", "--help"}); exit != 0 {
		t.Fatalf("exit %d: %s", exit, s.err)
	}
	for _, part := range []string{"--tag strings ", "--wait duration ", "--retries int ", "-a, --service string ", "--dry-run   "} {
		if !strings.Contains(s.out.String(), part) {
			t.Errorf("%q is not in\n%s", part, s.out)
		}
	}
	if strings.Contains(strings.ReplaceAll(s.out.String(), "(default table)", ""), "(default") {
		t.Errorf("a default that is none is in\n%s", s.out)
	}
}
