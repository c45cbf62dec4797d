package contracts

import (
	"errors"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/goldenpath/platform/internal/fault"
)

// The options of Pact's own client that our commands do not have, and what does the
// same here. Those of the client's broker commands, and those of its verifier.
func notOffered() map[string]string {
	const (
		address = "Name the server: --url https://platform.example.com, or PLATFORM_URL, or platform login."
		token   = "Set PLATFORM_TOKEN, or log in once: platform login" // #nosec G101 -- a hint
		trust   = "Certificates are always checked; SSL_CERT_FILE names the authorities to trust."
		quiet   = "It needs none; --output json prints the whole answer."
		again   = "A request that failed is not sent again: run the command again."
		pacts   = "Pacts come from the server: publish them first with platform contracts publish, then choose with --selector or --consumer."
		whole   = "Every interaction is verified: a part of a pact is no verdict about it."
		where   = "Say where the provider runs with --provider-url http://127.0.0.1:9001"
		report  = "Write the report to a file: --output json, or --output junit"
		states  = "Provider states are set up before each interaction, posted as JSON to --provider-states-url."
		branch  = "Ask about one version: --version, --branch, --tag, --main-branch or --latest"
	)
	return map[string]string{
		"broker-base-url": address, "broker-url": address, "broker-username": token, "broker-password": token, "broker-token": token,
		"user": token, "password": token, "token": token, "ssl-certificate": trust, "skip-ssl-verification": trust, "ssl-trust-store": trust,
		"disable-ssl-verification": trust, "enable-otel": quiet, "enable-otel-logs": quiet, "enable-otel-traces": quiet, "otel-exporter": quiet,
		"otel-exporter-endpoint": quiet, "otel-exporter-protocol": quiet, "log-level": quiet, "loglevel": quiet, "pretty-log": quiet,
		"full-log": quiet, "compact-log": quiet, "no-colour": quiet, "retries": again, "custom-header": "Requests to the server carry its token and nothing else.",
		"validate": "A pact is always validated before it is published.", "strict": "A pact is always validated before it is published.",
		"no-main-branch": branch, "skip-main-branch": branch,
		"file": pacts, "dir": pacts, "webhook-callback-url": pacts, "consumer-version-tags": `Choose by tag: --selector '{"tag": "prod", "latest": true}'`,
		"ignore-no-pacts-error": "A provider without pacts is unknown, exit status 3.", "json": report, "junit": report, "html": report, "xslt": report,
		"hostname": where, "port": where, "transport": where, "transports": where, "base-path": where,
		"request-timeout": "--timeout is for the verification as a whole.", "state-change-as-query": states, "state-change-teardown": states,
		"filter-description": whole, "filter-state": whole, "filter-no-state": whole, "exit-on-first-error": whole, "last-failed": whole,
	}
}

// pactWords lets people use the names that Pact's own client has for options that
// mean the same, and tells those that are not offered what to use instead.
func pactWords(cmd *cobra.Command, ours map[string]string) {
	cmd.Flags().SetNormalizeFunc(func(_ *pflag.FlagSet, name string) pflag.NormalizedName {
		if own, known := ours[name]; known {
			name = own
		}
		return pflag.NormalizedName(name)
	})
	cmd.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		if unknown, ok := errors.AsType[*pflag.NotExistError](err); ok {
			if instead := notOffered()[unknown.GetSpecifiedName()]; instead != "" {
				return fault.New(fault.Invalid, "--%s of Pact's client is not offered by %s.", unknown.GetSpecifiedName(), cmd.CommandPath()).
					WithHint("%s", instead).WithCause(err)
			}
		}
		return cmd.Parent().FlagErrorFunc()(cmd, err)
	})
}

// aliases accepts the names that Pact's client has in its commands about a service.
func aliases(cmd *cobra.Command) {
	pactWords(cmd, map[string]string{"pacticipant": "service", "to-environment": "environment", "target": "application-instance"})
}
