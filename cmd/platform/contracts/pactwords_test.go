package contracts

import (
	"strings"
	"testing"

	"github.com/goldenpath/platform/cmd/internal/cli/clitest"
)

// TestEveryOptionOfPactsClient has the long names of pact 18: each is one of ours, or
// is answered with what to use instead.
func TestEveryOptionOfPactsClient(t *testing.T) {
	t.Parallel()
	const broker = " broker-base-url broker-username broker-password broker-token enable-otel enable-otel-logs enable-otel-traces otel-exporter" +
		" otel-exporter-endpoint otel-exporter-protocol custom-header retries log-level ssl-certificate skip-ssl-verification ssl-trust-store"
	const gate = "pacticipant version retry-while-unknown retry-interval dry-run output"
	for command, tt := range map[string]struct{ same, not string }{
		"publish":           {"consumer-app-version branch auto-detect-version-properties tag tag-with-git-branch build-url merge output", "validate strict" + broker},
		"can-i-deploy":      {gate + " latest tag branch main-branch ignore to-environment to", "no-main-branch skip-main-branch" + broker},
		"can-i-merge":       {gate, broker},
		"record-deployment": {"pacticipant version environment application-instance target output", broker},
		"record-release":    {"pacticipant version environment output", broker},
		"verify": {
			"url provider-name header state-change-url filter-consumer publish provider-version build-url provider-tags provider-branch consumer-version-selectors enable-pending include-wip-pacts-since",
			"enable-otel enable-otel-logs enable-otel-traces otel-exporter otel-exporter-endpoint otel-exporter-protocol log-level loglevel pretty-log full-log compact-log" +
				" json junit html xslt no-colour file dir broker-url webhook-callback-url ignore-no-pacts-error user password token hostname port transport transports base-path" +
				" request-timeout disable-ssl-verification state-change-as-query state-change-teardown filter-description filter-state filter-no-state consumer-version-tags retries" +
				" exit-on-first-error last-failed",
		},
	} {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			say := func(name string) string {
				s := clitest.New(t, clitest.NewServer())
				// What comes after it is wrong in any case, so nothing runs.
				s.Run(t.Context(), Command(s.Env, nil), "contracts", command, "--"+name, "--nonsense")
				s2 := clitest.New(t, clitest.NewServer())
				s2.Run(t.Context(), Command(s2.Env, nil), "contracts", command, "--"+name+"=1", "--nonsense")
				return s.Err.String() + s2.Err.String()
			}
			for name := range strings.FieldsSeq(tt.same) {
				if said := say(name); strings.Contains(said, "--"+name+" on") || strings.Contains(said, "not offered") {
					t.Errorf("--%s: %s", name, said)
				}
			}
			for name := range strings.FieldsSeq(tt.not) {
				want := "Error: --" + name + " of Pact's client is not offered by platform contracts " + command + ".\nHint:  "
				if said := say(name); !strings.HasPrefix(said, want) {
					t.Errorf("--%s: %s", name, said)
				}
			}
		})
	}
}
