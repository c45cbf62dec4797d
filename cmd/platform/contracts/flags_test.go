package contracts

import (
	"strings"
	"testing"

	"github.com/goldenpath/platform/cmd/internal/cli/clitest"
)

// TestNoFlagIsDroppedInSilence gives flags two values, and empty ones: whoever did
// meant something that the command cannot know.
func TestNoFlagIsDroppedInSilence(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"can-i-merge -a web -e 1 --pacticipant app":                        "--service is given twice, web and app",
		"explain -a web -e 1 --to-environment test --environment staging":  "--environment is given twice, test and staging",
		"record-deployment -a web -e 1 -e 2 --environment test":            "--version is given twice, 1 and 2",
		"record-deployment -a web -e 1 --application-instance=":            "--application-instance is empty",
		"record-undeployment -a web --pacticipant app --environment test":  "--service is given twice, web and app",
		"record-release -a web -e 1 --environment test --environment prod": "--environment is given twice, test and prod",
		"record-support-ended -a web --version 1 -e 2 --environment test":  "--version is given twice, 1 and 2",
		"publish pacts --version 1 --version 2":                            "--version is given twice, 1 and 2",
		"publish pacts --version 1 --branch=":                              "--branch is empty",
		"publish pacts --version 1 --tag=":                                 "--tag is empty",
		"publish pacts --version 1 --tag=v1,":                              "--tag has nothing between two commas",
		"verify --provider web --provider-branch a --branch b":             "--branch is given twice, a and b",
		"verify --provider web --selector=":                                "--selector is empty",
		"verify --provider web --consumer=":                                "--consumer is empty",
		"provider set web --provider-url http://a --provider-url http://b": "--provider-url is given twice, http://a and http://b",
		"diff web app --from 1 --from 2":                                   "--from is given twice, 1 and 2",
		"list --service=":                                                  "--service is empty",
		"ignore add web --owner a --owner b --reason c --expires 1d":       "--owner is given twice, a and b",
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			server := clitest.NewServer()
			s := clitest.New(t, server)
			got := s.Run(t.Context(), Command(s.Env, nil), append([]string{"contracts"}, strings.Fields(line)...)...)
			if got != 2 || !strings.Contains(s.Err.String(), "Error: "+want) || len(server.Asked()) > 0 {
				t.Errorf("exit %d, asked %q, said %q", got, server.Asked(), s.Err.String())
			}
		})
	}
}

func TestARuleForNobody(t *testing.T) {
	t.Parallel()
	for _, subject := range []string{"", " "} {
		server := clitest.NewServer()
		s := clitest.New(t, server)
		got := s.Run(t.Context(), Command(s.Env, nil), "contracts", "ignore", "add", subject, "--owner", "a", "--reason", "b", "--expires", "1d")
		want := "Error: SERVICE[:VERSION] is empty.\nHint:  Name the service that shall not count, or one version of it: platform contracts ignore add legacy:1.2"
		if got != 2 || !strings.HasPrefix(s.Err.String(), want) || len(server.Asked()) > 0 {
			t.Errorf("%q: exit %d, asked %q, said %q", subject, got, server.Asked(), s.Err.String())
		}
	}
}
