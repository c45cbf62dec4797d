// Package config is the settings of the program: a file, the environment and
// flags, each setting under one name. They are read once and every problem is
// reported at once. It knows what a setting may look like, not what it is for.
package config

import (
	"log/slog"
	"net"
	"net/url"
	"time"

	"github.com/goldenpath/platform/internal/fault"
)

// Ways to authenticate who reaches the server.
const (
	AuthNone  = "none"  // nobody logs in; only for a server that this machine alone reaches
	AuthToken = "token" // every request needs a token, or a session that was opened with one
)

// Git hosts that new repositories are made on.
const (
	HostLocal  = "local"
	HostGitHub = "github"
)

// Forms of log lines.
const (
	LogAuto = "auto" // text on a terminal, JSON elsewhere
	LogJSON = "json"
	LogText = "text"
)

// Config is every setting, checked. Wire takes it apart; nobody else sees it.
type Config struct {
	// The server.
	Listen    string // host:port; port 0 lets the system choose
	DataDir   string // absolute
	Database  string // postgres://..., or the path of an SQLite file
	Replicas  []string
	Auth      string
	LogLevel  slog.Level
	LogFormat string
	publicURL string

	// What the server reaches.
	GitHost      string
	GitHub       GitHub
	AllowPrivate []string      // hosts, addresses and networks that locations may lead to although they are private
	ReadHosts    []string      // hosts whose files any location may name by address
	KeepOrphans  bool          // entities that no file defines any more stay until somebody deletes them
	OrphanDays   int           // how many days they stay otherwise
	GateMaxAge   time.Duration // verdicts of contracts older than it are unknown to the gate; 0 is no limit
	GateAtBroker bool          // the Pact Broker's API follows the gate's rules, too
	PactVerifier string        // path or name of the program; empty to look for it
	Traces       Traces

	// The command line.
	URL       string // of the server; checked by whoever uses it, because login gives one too
	Token     string
	ConfigDir string // where login keeps addresses and tokens

	// Warnings are sentences about what was set and has no effect.
	Warnings []string

	effective []Setting
}

// GitHub is the account that repositories are made in when GitHost is github.
type GitHub struct {
	Token   string
	Owner   string // the token's own user when empty
	URL     string // of the API, for an enterprise's own; GitHub's when empty
	Private bool
	// WebhookSecret is what GitHub signs its events with; none are taken without.
	WebhookSecret string
}

// Traces is where OpenTelemetry sends spans, under OpenTelemetry's own names.
type Traces struct {
	Endpoint   string // full address spans are posted to; nothing is sent when empty
	Headers    map[string]string
	Timeout    time.Duration
	Service    string
	Attributes map[string]string
	Ratio      float64 // share of new traces that are kept; a caller's decision goes before
}

// Sources are where settings come from, least first: the file, then the
// environment, then flags. Zero values are sources with nothing in them.
type Sources struct {
	Environ []string          // KEY=value, as Environment returns it
	Flags   map[string]string // flags that were typed, by name without dashes
	Dir     string            // relative folders start here; the working directory when empty
}

// Load reads the settings. When some are wrong, the error is one fault that
// names each, and the Config has the others and can still be shown.
func Load(sources Sources) (Config, error) {
	r := newReader(sources)
	r.readFile()
	var c Config
	for _, s := range settings() {
		r.apply(&c, s)
	}
	r.together(&c)
	c.ConfigDir = r.configDir()
	c.Warnings = r.warnings()
	c.effective = r.effective
	return c, r.fault()
}

// Effective returns every setting with its value and where it came from.
// Secrets are hidden.
func (c Config) Effective() []Setting { return c.effective }

// Postgres reports whether the database is PostgreSQL.
func (c Config) Postgres() bool { return isPostgres(c.Database) }

// PublicURL returns where people reach a server that listens on addr: what is
// set, else addr itself. A server that chose its port knows addr only once it
// listens.
func (c Config) PublicURL(addr string) string {
	if c.publicURL != "" {
		return c.publicURL
	}
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "http://" + addr
	}
	if ip := net.ParseIP(host); host == "" || (ip != nil && ip.IsUnspecified()) {
		host = "127.0.0.1" // every address; this one is always among them
	}
	return (&url.URL{Scheme: "http", Host: net.JoinHostPort(host, port)}).String()
}

// ConfiguredPublicURL returns where people reach the server as somebody set it,
// "" when nobody did.
func (c Config) ConfiguredPublicURL() string { return c.publicURL }

// Exposed reports whether other machines can reach the server.
func (c Config) Exposed() bool {
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil || host == "localhost" {
		return err != nil
	}
	ip := net.ParseIP(host)
	return ip == nil || !ip.IsLoopback()
}

// CheckServe refuses to serve other machines without asking who they are. It is
// apart from Load because commands that do not listen need not care.
func (c Config) CheckServe() error {
	if !c.Exposed() || c.Auth != AuthNone {
		return nil
	}
	return fault.New(fault.Invalid, "%s can be reached from other machines, and nobody would have to log in there.", c.Listen).
		WithHint("Ask for tokens: platform serve --listen %s --auth token (make the first one before: platform token create NAME --scope admin). Or stay on this machine: platform serve --listen 127.0.0.1:8080", c.Listen)
}
