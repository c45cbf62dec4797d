package config

import "github.com/goldenpath/platform/internal/fault"

// Setting is one setting in effect.
type Setting struct {
	Name   string // of the environment variable, and in the file
	Flag   string // without dashes; empty for none
	Value  string // as used; secrets are hidden
	Source string // default, a file's path with its line, environment or flag
}

// Flag is a setting that can be given on the command line.
type Flag struct {
	Name     string // without dashes
	Variable string // the same setting in the environment
	Usage    string // the word in backquotes names the value
}

// setting is one row of the table of everything that can be set.
type setting struct {
	name   string
	flag   string
	usage  string
	secret bool
	// fallback is the value when nothing is set, from settings above this one.
	fallback func(r *reader, c *Config) string
	// parse puts a value into c, or returns what is wrong with it in a sentence.
	parse func(c *Config, value string) (wrong string)
	// shown makes a value fit to be shown; nil shows it as it is.
	shown func(value string) string
}

// Flags returns the settings of a server that have a flag.
func Flags() []Flag {
	flags := []Flag{{Name: fileFlag, Variable: fileVariable, Usage: "`file` of settings, lines of NAME=value (" + fileVariable + ")"}}
	for _, s := range settings() {
		if s.flag != "" && s.flag != "url" { // every command has --url already
			flags = append(flags, Flag{Name: s.flag, Variable: s.name, Usage: s.usage + " (" + s.name + ")"})
		}
	}
	return flags
}

// always returns a fallback that depends on nothing.
func always(value string) func(*reader, *Config) string {
	return func(*reader, *Config) string { return value }
}

// settings is the table. A setting may rely on those above it.
func settings() []setting {
	return append(serverSettings(), append(outsideSettings(), commandSettings()...)...)
}

func serverSettings() []setting {
	return []setting{
		{name: "PLATFORM_LISTEN", flag: "listen", usage: "`host:port` to listen on", fallback: always("127.0.0.1:8080"), parse: parseListen},
		{name: "PLATFORM_DATA", flag: "data", usage: "`folder` for database, repositories and caches", fallback: (*reader).dataDir, parse: parseDataDir},
		{name: "PLATFORM_DATABASE", flag: "database", usage: "postgres://... or the `path` of an SQLite file", fallback: sqliteFile, parse: parseDatabase, shown: withoutPassword},
		{name: "PLATFORM_DATABASE_REPLICAS", usage: "postgres://... addresses for reading, with commas between them", parse: parseReplicas, shown: withoutPasswords},
		{name: "PLATFORM_PUBLIC_URL", flag: "public-url", usage: "`address` at which people reach the portal", parse: parsePublicURL, shown: fault.Address},
		{name: "PLATFORM_AUTH", flag: "auth", usage: "`none` or token: who may come in", fallback: always(AuthNone), parse: oneOf(func(c *Config) *string { return &c.Auth }, AuthNone, AuthToken)},
		{name: "PLATFORM_LOG_LEVEL", fallback: always("info"), parse: parseLogLevel},
		{name: "PLATFORM_LOG_FORMAT", fallback: always(LogAuto), parse: oneOf(func(c *Config) *string { return &c.LogFormat }, LogAuto, LogJSON, LogText)},
	}
}

func outsideSettings() []setting {
	return []setting{
		{name: "PLATFORM_GIT_HOST", flag: "git-host", usage: "`local` or github: where new repositories are made", fallback: always(HostLocal), parse: oneOf(func(c *Config) *string { return &c.GitHost }, HostLocal, HostGitHub)},
		{name: "PLATFORM_GITHUB_TOKEN", secret: true, parse: text(func(c *Config) *string { return &c.GitHub.Token })},
		{name: "PLATFORM_GITHUB_OWNER", parse: text(func(c *Config) *string { return &c.GitHub.Owner })},
		{name: "PLATFORM_GITHUB_URL", parse: parseGitHubURL, shown: fault.Address},
		{name: "PLATFORM_GITHUB_PRIVATE", fallback: always("true"), parse: parseBool(func(c *Config) *bool { return &c.GitHub.Private })},
		{name: "PLATFORM_GITHUB_WEBHOOK_SECRET", secret: true, parse: parseWebhookSecret},
		{name: "PLATFORM_ALLOW_PRIVATE_ADDRESSES", parse: parseAllowPrivate},
		{name: "PLATFORM_CATALOG_READ_HOSTS", parse: parseReadHosts},
		{name: "PLATFORM_CATALOG_ORPHANS", fallback: always("30"), parse: parseOrphans},
		{name: "PLATFORM_GATE_MAX_AGE", parse: parseGateMaxAge},
		{name: "PLATFORM_GATE_AT_BROKER", fallback: always("false"), parse: parseBool(func(c *Config) *bool { return &c.GateAtBroker })},
		{name: "PLATFORM_PACT_VERIFIER", parse: text(func(c *Config) *string { return &c.PactVerifier })},
		{name: "OTEL_EXPORTER_OTLP_ENDPOINT", parse: parseEndpoint, shown: fault.Address},
		{name: "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", parse: parseTracesEndpoint, shown: fault.Address},
		{name: "OTEL_EXPORTER_OTLP_HEADERS", secret: true, parse: parsePairs(func(c *Config) *map[string]string { return &c.Traces.Headers })},
		{name: "OTEL_EXPORTER_OTLP_TIMEOUT", fallback: always("10000"), parse: parseTimeout},
		{name: "OTEL_SERVICE_NAME", fallback: always("platform"), parse: text(func(c *Config) *string { return &c.Traces.Service })},
		{name: "OTEL_RESOURCE_ATTRIBUTES", parse: parsePairs(func(c *Config) *map[string]string { return &c.Traces.Attributes })},
		{name: "OTEL_TRACES_SAMPLER_ARG", fallback: always("1"), parse: parseRatio},
	}
}

func commandSettings() []setting {
	return []setting{
		{name: "PLATFORM_URL", flag: "url", parse: text(func(c *Config) *string { return &c.URL }), shown: fault.Address},
		{name: "PLATFORM_TOKEN", secret: true, parse: text(func(c *Config) *string { return &c.Token })},
	}
}
