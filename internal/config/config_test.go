package config

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/internal/fault"
)

// load reads settings with a home directory that has the file, if there is one.
func load(t *testing.T, file string, environ []string, flags map[string]string) (Config, string, error) {
	t.Helper()
	home := t.TempDir()
	path := filepath.Join(home, ".config", "goldenpath", "platform.conf")
	if file != "" {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, err := Load(Sources{Environ: append([]string{"HOME=" + home}, environ...), Flags: flags, Dir: "/start"})
	return c, home, err
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	c, home, err := load(t, "", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := Config{
		Listen: "127.0.0.1:8080", DataDir: filepath.Join(home, ".local/share/goldenpath"),
		Database: filepath.Join(home, ".local/share/goldenpath/platform.db"),
		Auth:     AuthNone, LogLevel: slog.LevelInfo, LogFormat: LogAuto,
		GitHost: HostLocal, GitHub: GitHub{Private: true},
		OrphanDays: 30,
		Traces:     Traces{Timeout: 10 * time.Second, Service: "platform", Ratio: 1},
		ConfigDir:  filepath.Join(home, ".config/goldenpath"),
	}
	want.effective = c.effective
	if diff := cmp.Diff(want, c, cmp.AllowUnexported(Config{})); diff != "" {
		t.Error(diff)
	}
	if err := c.CheckServe(); err != nil {
		t.Errorf("the default server is refused: %v", err)
	}
}

func TestTheStrongestSourceWins(t *testing.T) {
	t.Parallel()
	const file = "# ours\n\nPLATFORM_LISTEN=127.0.0.1:1\n PLATFORM_DATA = \"~/files\"\nPLATFORM_LOG_LEVEL='debug'\n"
	for _, tt := range []struct {
		name    string
		environ []string
		flags   map[string]string
		want    string
		source  string
	}{
		{"the file goes before the default", nil, nil, "127.0.0.1:1", "platform.conf:3"},
		{"the environment goes before the file", []string{"PLATFORM_LISTEN=127.0.0.1:2"}, nil, "127.0.0.1:2", "environment"},
		{"a flag goes before everything", []string{"PLATFORM_LISTEN=127.0.0.1:2"}, map[string]string{"listen": "127.0.0.1:3"}, "127.0.0.1:3", "flag"},
		{"an empty variable says nothing", []string{"PLATFORM_LISTEN="}, nil, "127.0.0.1:1", "platform.conf:3"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, home, err := load(t, file, tt.environ, tt.flags)
			if err != nil {
				t.Fatal(err)
			}
			if got := effective(c, "PLATFORM_LISTEN"); c.Listen != tt.want || got.Value != tt.want || !strings.HasSuffix(got.Source, tt.source) {
				t.Errorf("listens on %s, shown as %+v", c.Listen, got)
			}
			if c.DataDir != filepath.Join(home, "files") || c.LogLevel != slog.LevelDebug {
				t.Errorf("data in %s, level %s", c.DataDir, c.LogLevel)
			}
		})
	}
}

func effective(c Config, name string) Setting {
	for _, s := range c.Effective() {
		if s.Name == name {
			return s
		}
	}
	return Setting{}
}

func TestEveryProblemIsReportedAtOnce(t *testing.T) {
	t.Parallel()
	_, _, err := load(t,
		"PLATFORM_LISTN=x\nsecret words\nPLATFORM_CONFIG=other\nPLATFORM_AUTH=maybe\nPLATFORM_AUTH=none\nCOLOUR=red\n",
		[]string{"PLATFORM_GIT_HOST=github", "PLATFORM_LOG_LEVEL=loud", "PLATFORM_DATABASE_REPLICAS=postgres://r/x"},
		map[string]string{"listen": "8080"})
	f := fault.From(err)
	if f.Code != fault.Invalid || f.Message != "10 settings cannot be used." {
		t.Errorf("%s: %s", f.Code, f.Message)
	}
	want := []string{
		`platform.conf:1: there is no setting "PLATFORM_LISTN". Is it meant to be PLATFORM_LISTEN?`,
		`platform.conf:2: is not KEY=value. A comment begins with #.`,
		`platform.conf:3: PLATFORM_CONFIG names this file, so it cannot be set in it.`,
		`platform.conf:5: PLATFORM_AUTH is set before, at `,
		`platform.conf:6: there is no setting "COLOUR".`,
		`--listen: "8080" is not host:port`,
		`platform.conf:4: "maybe" is not one of none, token.`,
		`PLATFORM_LOG_LEVEL: "loud" is not one of debug, info, warn, error.`,
		`PLATFORM_GITHUB_TOKEN: is needed`,
		`PLATFORM_DATABASE_REPLICAS: only PostgreSQL has replicas`,
	}
	var got strings.Builder
	for _, p := range f.Fields {
		got.WriteString(p.Name + ": " + p.Message + "\n")
	}
	for _, w := range want {
		if !strings.Contains(got.String(), w) {
			t.Errorf("nothing says %q in\n%s", w, got.String())
		}
	}
	if len(f.Fields) != len(want) || strings.Contains(got.String(), "secret words") {
		t.Errorf("%d problems:\n%s", len(f.Fields), got.String())
	}
}

func TestValuesThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, set, want string }{
		{"no port", "PLATFORM_LISTEN=127.0.0.1", "is not host:port"},
		{"a port too high", "PLATFORM_LISTEN=127.0.0.1:70000", "is no port"},
		{"a database we do not know", "PLATFORM_DATABASE=mysql://u:hush@h/d", "mysql:// is no database we know"},
		{"an address of PostgreSQL that cannot be read", "PLATFORM_DATABASE=postgres://u:hu%sh@h/d", "Write special characters"},
		{"a replica that is no PostgreSQL", "PLATFORM_DATABASE_REPLICAS=x", "each replica is postgres://"},
		{"a public address without scheme", "PLATFORM_PUBLIC_URL=platform.example.com", "is not an address like"},
		{"a public address with a password", "PLATFORM_PUBLIC_URL=ftp://ada:hush@platform.test", `"ftp://ada:xxxxx@platform.test" is not an address like`},
		{"an address of GitHub without scheme", "PLATFORM_GITHUB_URL=github.example.com", "is no address of GitHub's API"},
		{"an address where a host belongs", "PLATFORM_ALLOW_PRIVATE_ADDRESSES=10.0.0.0/8,https://git.lan", "is no host, address or network"},
		{"a pattern that is no host", "PLATFORM_CATALOG_READ_HOSTS=*", "is no host"},
		{"orphans for some time", "PLATFORM_CATALOG_ORPHANS=a while", "is no number of days"},
		{"orphans for less than no time", "PLATFORM_CATALOG_ORPHANS=-1", "is no number of days"},
		{"an age of verdicts that is none", "PLATFORM_GATE_MAX_AGE=old", "is no length of time, such as 12h or 30d"},
		{"an age of verdicts in the future", "PLATFORM_GATE_MAX_AGE=-1h", "is no length of time"},
		{"a policy by halves", "PLATFORM_GATE_AT_BROKER=sometimes", "neither true nor false"},
		{"a secret that is guessed", "PLATFORM_GITHUB_WEBHOOK_SECRET=short", "is shorter than 16"},
		{"neither true nor false", "PLATFORM_GITHUB_PRIVATE=perhaps", "neither true nor false"},
		{"a form of logs nobody writes", "PLATFORM_LOG_FORMAT=xml", "is not one of auto, json, text"},
		{"an endpoint without scheme", "OTEL_EXPORTER_OTLP_ENDPOINT=collector:4318", "is not an address like"},
		{"headers that are no pairs", "OTEL_EXPORTER_OTLP_HEADERS=hush", "is not key=value"},
		{"a share above all", "OTEL_TRACES_SAMPLER_ARG=2", "is no number from 0 to 1"},
		{"a timeout that is no number", "OTEL_EXPORTER_OTLP_TIMEOUT=1s", "is no number of milliseconds"},
		{"a file that is not there", "PLATFORM_CONFIG=/nowhere/platform.conf", "there is no such file"},
		{"a file that is a folder", "PLATFORM_CONFIG=/", "cannot be read: is a directory"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, _, err := load(t, "", []string{tt.set}, nil)
			if err == nil {
				t.Fatal("it was accepted")
			}
			f := fault.From(err)
			var said strings.Builder
			for _, field := range f.Fields {
				said.WriteString(field.Name + ": " + field.Message)
			}
			if f.Code != fault.Invalid || !strings.Contains(said.String(), tt.want) || strings.Contains(said.String(), "hush") {
				t.Errorf("%s: %s", f.Code, said.String())
			}
		})
	}
}

func TestSecretsAreHidden(t *testing.T) {
	t.Parallel()
	c, _, err := load(t, "", []string{
		"PLATFORM_TOKEN=hush", "PLATFORM_GITHUB_TOKEN=hush", "OTEL_EXPORTER_OTLP_HEADERS=authorization=hush",
		"PLATFORM_DATABASE=postgres://ada:hush@db/platform", "PLATFORM_DATABASE_REPLICAS=postgres://ada:hush@r1/platform, postgres://r2/platform?password=hush",
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range c.Effective() {
		if strings.Contains(s.Value, "hush") {
			t.Errorf("%s shows %s", s.Name, s.Value)
		}
	}
	if got := effective(c, "PLATFORM_DATABASE").Value; got != "postgres://ada:xxxxx@db/platform" {
		t.Errorf("the database is shown as %s", got)
	}
	if c.Token != "hush" || c.GitHub.Token != "hush" || c.Traces.Headers["authorization"] != "hush" || len(c.Replicas) != 2 || !c.Postgres() {
		t.Errorf("got %+v", c)
	}
}

func TestAnAddressIsShownWithoutItsSecret(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, value, want string }{
		{"PLATFORM_DATABASE", "/srv/ada@home/a?b#c.db", "/srv/ada@home/a?b#c.db"},
		{"PLATFORM_DATABASE", "postgres://ada@db/platform?sslmode=verify-full", "postgres://ada@db/platform?sslmode=verify-full"},
		{"PLATFORM_DATABASE", "postgres://ada:hush@db/platform?sslmode=verify-full", "postgres://ada:xxxxx@db/platform?sslmode=verify-full"},
		{"PLATFORM_DATABASE", "postgres://ada@db/platform?password=hush", "(hidden)"},
		{"PLATFORM_DATABASE", "postgres://ada@db/platform?sslmode=verify-full&sslpassword=hush", "(hidden)"},
		{"PLATFORM_DATABASE", "postgres://ada:1#hush@db/platform", "(hidden)"},
		{"PLATFORM_DATABASE_REPLICAS", "postgres://ada:hush@r1/p, postgres://r2/p?password=hush,postgres://r3/p", "postgres://ada:xxxxx@r1/p,(hidden),postgres://r3/p"},
		{"PLATFORM_URL", "https://ada:hush@platform.test", "https://ada:xxxxx@platform.test"},
		{"PLATFORM_PUBLIC_URL", "https://hush@platform.test", "https://xxxxx@platform.test"},
		{"PLATFORM_GITHUB_URL", "https://ada:hush@github.test/api/v3", "https://ada:xxxxx@github.test/api/v3"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT", "https://ada:hush@collector.test", "https://ada:xxxxx@collector.test"},
		{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://collector.test/v1/traces?key=hush", "https://collector.test/v1/traces"},
	} {
		t.Run(tt.name+" "+tt.value, func(t *testing.T) {
			t.Parallel()
			c, _, err := load(t, "", []string{"PLATFORM_DATABASE=postgres://db/platform", tt.name + "=" + tt.value}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := effective(c, tt.name).Value; got != tt.want {
				t.Errorf("it is shown as %s, want %s", got, tt.want)
			}
		})
	}
}

func TestTraces(t *testing.T) {
	t.Parallel()
	c, _, err := load(t, "", []string{
		"OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4318/", "OTEL_RESOURCE_ATTRIBUTES=deployment.environment.name=test%20bench, a=b",
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.Traces.Endpoint != "http://collector:4318/v1/traces" || c.Traces.Attributes["deployment.environment.name"] != "test bench" || c.Traces.Attributes["a"] != "b" {
		t.Errorf("got %+v", c.Traces)
	}
	c, _, err = load(t, "", []string{"OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4318", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://spans/in"}, nil)
	if err != nil || c.Traces.Endpoint != "http://spans/in" {
		t.Errorf("spans go to %s, %v", c.Traces.Endpoint, err)
	}
}

func TestServingOtherMachinesNeedsTokens(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		listen, auth string
		refused      bool
	}{
		{"127.0.0.1:8080", AuthNone, false},
		{"localhost:8080", AuthNone, false},
		{"[::1]:8080", AuthNone, false},
		{"127.1.2.3:0", AuthNone, false},
		{":8080", AuthNone, true},
		{"0.0.0.0:8080", AuthNone, true},
		{"[::]:8080", AuthNone, true},
		{"192.168.1.2:8080", AuthNone, true},
		{"platform.example.com:8080", AuthNone, true},
		{"localhost.example.com:8080", AuthNone, true},
		{"0.0.0.0:8080", AuthToken, false},
	} {
		c, _, err := load(t, "", nil, map[string]string{"listen": tt.listen, "auth": tt.auth})
		if err != nil {
			t.Fatal(err)
		}
		got := c.CheckServe()
		if (got != nil) != tt.refused {
			t.Errorf("%s with %s: %v", tt.listen, tt.auth, got)
		}
		if got != nil && !strings.Contains(fault.From(got).Hint, "--auth token") {
			t.Errorf("the hint is %q", fault.From(got).Hint)
		}
	}
}

func TestPublicURL(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ set, addr, want string }{
		{"https://p.example.com/", "0.0.0.0:8080", "https://p.example.com"},
		{"", "127.0.0.1:43211", "http://127.0.0.1:43211"},
		{"", ":8080", "http://127.0.0.1:8080"},
		{"", "[::]:8080", "http://127.0.0.1:8080"},
		{"", "[::1]:8080", "http://[::1]:8080"},
	} {
		c, _, err := load(t, "", []string{"PLATFORM_PUBLIC_URL=" + tt.set}, nil)
		if got := c.PublicURL(tt.addr); err != nil || got != tt.want {
			t.Errorf("%q on %s is %s, want %s (%v)", tt.set, tt.addr, got, tt.want, err)
		}
	}
}

func TestFoldersFollowTheStandard(t *testing.T) {
	t.Parallel()
	c, err := Load(Sources{Environ: []string{"HOME=/home/ada", "XDG_DATA_HOME=/data", "XDG_CONFIG_HOME=relative"}})
	if err != nil || c.DataDir != "/data/goldenpath" || c.ConfigDir != "/home/ada/.config/goldenpath" {
		t.Errorf("data in %s, logins in %s, %v", c.DataDir, c.ConfigDir, err)
	}
	c, err = Load(Sources{Environ: []string{"HOME=/home/ada"}, Flags: map[string]string{"data": "here", "database": "x.db"}, Dir: "/start"})
	if err != nil || c.DataDir != "/start/here" || c.Database != "/start/x.db" {
		t.Errorf("data in %s, database %s, %v", c.DataDir, c.Database, err)
	}
	c, err = Load(Sources{Environ: []string{"HOME=/home/ada"}, Flags: map[string]string{"database": "sqlite:x.db"}, Dir: "/start"})
	if err != nil || c.Database != "/start/x.db" || effective(c, "PLATFORM_DATABASE").Value != "/start/x.db" {
		t.Errorf("database %s, %v", c.Database, err)
	}
	_, err = Load(Sources{})
	if f := fault.From(err); f.Code != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Name != "PLATFORM_DATA" {
		t.Errorf("without a home: %+v", f)
	}
}

func TestAVariableMisspelledIsNamed(t *testing.T) {
	t.Parallel()
	c, _, err := load(t, "", []string{"PLATFORM_LISTN=x", "PLATFORM_TOOLS=/tools", "PLATFORM_PROOF=1"}, nil)
	want := []string{"PLATFORM_LISTN is set and is no setting. Is it meant to be PLATFORM_LISTEN?"}
	if diff := cmp.Diff(want, c.Warnings); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

func TestFlagsNameTheirVariables(t *testing.T) {
	t.Parallel()
	var names []string
	for _, f := range Flags() {
		names = append(names, f.Name)
		if !strings.HasSuffix(f.Usage, "("+f.Variable+")") || strings.Count(f.Usage, "`") != 2 {
			t.Errorf("--%s: %s", f.Name, f.Usage)
		}
	}
	if got := strings.Join(names, " "); got != "config listen data database public-url auth git-host" {
		t.Errorf("flags are %s", got)
	}
}

func TestTheGatesPolicy(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]time.Duration{"30d": 30 * 24 * time.Hour, "90m": 90 * time.Minute} {
		c, _, err := load(t, "", []string{"PLATFORM_GATE_MAX_AGE=" + value, "PLATFORM_GATE_AT_BROKER=true"}, nil)
		if err != nil || c.GateMaxAge != want || !c.GateAtBroker {
			t.Errorf("%s is %s, at the broker %t, %v", value, c.GateMaxAge, c.GateAtBroker, err)
		}
	}
}
