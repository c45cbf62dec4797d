package config

import (
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goldenpath/platform/internal/fault"
)

func text(field func(*Config) *string) func(*Config, string) string {
	return func(c *Config, value string) string {
		*field(c) = value
		return ""
	}
}

func oneOf(field func(*Config) *string, words ...string) func(*Config, string) string {
	return func(c *Config, value string) string {
		if !slices.Contains(words, value) {
			return fmt.Sprintf("%q is not one of %s.", value, strings.Join(words, ", "))
		}
		*field(c) = value
		return ""
	}
}

func parseBool(field func(*Config) *bool) func(*Config, string) string {
	return func(c *Config, value string) string {
		b, err := strconv.ParseBool(value)
		if err != nil {
			return fmt.Sprintf("%q is neither true nor false.", value)
		}
		*field(c) = b
		return ""
	}
}

func parseListen(c *Config, value string) string {
	c.Listen = value
	_, port, err := net.SplitHostPort(value)
	if err != nil {
		return fmt.Sprintf("%q is not host:port, for example 127.0.0.1:8080.", value)
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return fmt.Sprintf("%q is no port; ports are 0 to 65535.", port)
	}
	return ""
}

func parseDataDir(c *Config, value string) string {
	if value == "" {
		return "no folder is named, and there is no home directory to keep data in. Name a folder, or set HOME."
	}
	c.DataDir = value
	return ""
}

func parseDatabase(c *Config, value string) string {
	c.Database = value
	if scheme, _, ok := strings.Cut(value, "://"); ok && !isPostgres(value) {
		return fmt.Sprintf("%s:// is no database we know. It is postgres://USER:PASSWORD@HOST/NAME, or the path of an SQLite file.", scheme)
	}
	if isPostgres(value) {
		return checkPostgres(value)
	}
	return ""
}

func parseReplicas(c *Config, value string) string {
	c.Replicas = nil
	for one := range strings.SplitSeq(value, ",") {
		one = strings.TrimSpace(one)
		if !isPostgres(one) {
			return "each replica is postgres://..., with commas between them."
		}
		if wrong := checkPostgres(one); wrong != "" {
			return wrong
		}
		c.Replicas = append(c.Replicas, one)
	}
	return ""
}

func isPostgres(value string) bool {
	return strings.HasPrefix(value, "postgres://") || strings.HasPrefix(value, "postgresql://")
}

// checkPostgres never repeats the address: it has a password in it.
func checkPostgres(value string) string {
	if _, err := url.Parse(value); err != nil {
		return "the address of PostgreSQL cannot be read. Write special characters of the password as %XX."
	}
	return ""
}

func parsePublicURL(c *Config, value string) string {
	if !isWeb(value) {
		return fmt.Sprintf("%q is not an address like https://platform.example.com.", fault.Address(value))
	}
	c.publicURL = strings.TrimRight(value, "/")
	return ""
}

func parseGitHubURL(c *Config, value string) string {
	if !isWeb(value) {
		return fmt.Sprintf("%q is no address of GitHub's API. An enterprise's own looks like https://github.example.com/api/v3.", fault.Address(value))
	}
	c.GitHub.URL = strings.TrimRight(value, "/")
	return ""
}

// shortestSecret is as long as a secret must be at least so that nobody guesses it.
const shortestSecret = 16

func parseWebhookSecret(c *Config, value string) string {
	if len(value) < shortestSecret {
		return fmt.Sprintf("is shorter than %d characters. Make one: openssl rand -hex 32", shortestSecret)
	}
	c.GitHub.WebhookSecret = value
	return ""
}

// parseAllowPrivate takes hosts, addresses and networks, or the word all.
func parseAllowPrivate(c *Config, value string) string {
	c.AllowPrivate = nil
	for one := range strings.SplitSeq(value, ",") {
		one = strings.TrimSpace(one)
		_, notNetwork := netip.ParsePrefix(one)
		_, notAddress := netip.ParseAddr(one)
		if notNetwork != nil && notAddress != nil && !isHost(one) {
			return fmt.Sprintf("%q is no host, address or network, such as git.acme.lan, 10.1.2.3 or 10.0.0.0/8.", one)
		}
		c.AllowPrivate = append(c.AllowPrivate, one)
	}
	return ""
}

// parseOrphans takes a number of days, or the word keep.
func parseOrphans(c *Config, value string) string {
	const most = 10_000
	days, err := strconv.Atoi(value)
	c.KeepOrphans, c.OrphanDays = value == "keep", days
	if !c.KeepOrphans && (err != nil || days < 0 || days > most) {
		return fmt.Sprintf("%q is no number of days from 0 to 10000, nor the word keep.", value)
	}
	return ""
}

// parseGateMaxAge takes a number of days, such as 30d, or a duration.
func parseGateMaxAge(c *Config, value string) string {
	const most = 3650
	if days, ok := strings.CutSuffix(value, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n > 0 && n <= most {
			c.GateMaxAge = time.Duration(n) * 24 * time.Hour
			return ""
		}
	}
	d, err := time.ParseDuration(value)
	if err != nil || d < time.Second {
		return fmt.Sprintf("%q is no length of time, such as 12h or 30d.", value)
	}
	c.GateMaxAge = d
	return ""
}

func parseReadHosts(c *Config, value string) string {
	c.ReadHosts = nil
	for one := range strings.SplitSeq(value, ",") {
		one = strings.TrimSpace(one)
		if !isHost(strings.TrimPrefix(one, "*.")) {
			return fmt.Sprintf("%q is no host, such as raw.githubusercontent.com or *.acme.io.", one)
		}
		c.ReadHosts = append(c.ReadHosts, one)
	}
	return ""
}

// isHost reports whether a word may be the name of a host.
func isHost(word string) bool {
	return word != "" && !strings.ContainsFunc(word, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '.' && r != '-'
	})
}

func isWeb(value string) bool {
	u, err := url.Parse(value)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
}

func parseLogLevel(c *Config, value string) string {
	var level slog.Level
	if err := level.UnmarshalText([]byte(value)); err != nil {
		return fmt.Sprintf("%q is not one of debug, info, warn, error.", value)
	}
	c.LogLevel = level
	return ""
}

// parseEndpoint takes the address for all signals; spans go below it.
func parseEndpoint(c *Config, value string) string {
	if !isWeb(value) {
		return fmt.Sprintf("%q is not an address like http://127.0.0.1:4318.", fault.Address(value))
	}
	c.Traces.Endpoint = strings.TrimRight(value, "/") + "/v1/traces"
	return ""
}

// parseTracesEndpoint takes the address for spans alone, as it is.
func parseTracesEndpoint(c *Config, value string) string {
	if !isWeb(value) {
		return fmt.Sprintf("%q is not an address like http://127.0.0.1:4318/v1/traces.", fault.Address(value))
	}
	c.Traces.Endpoint = value
	return ""
}

// parsePairs reads OpenTelemetry's lists: key=value,key=value with %XX in values.
func parsePairs(field func(*Config) *map[string]string) func(*Config, string) string {
	return func(c *Config, value string) string {
		pairs := map[string]string{}
		for one := range strings.SplitSeq(value, ",") {
			if one = strings.TrimSpace(one); one == "" {
				continue
			}
			key, raw, ok := strings.Cut(one, "=")
			plain, err := url.PathUnescape(strings.TrimSpace(raw))
			if key = strings.TrimSpace(key); !ok || key == "" || err != nil {
				return "is not key=value,key=value with special characters as %XX."
			}
			pairs[key] = plain
		}
		*field(c) = maps.Clone(pairs)
		return ""
	}
}

func parseTimeout(c *Config, value string) string {
	ms, err := strconv.Atoi(value)
	if err != nil || ms <= 0 {
		return fmt.Sprintf("%q is no number of milliseconds.", value)
	}
	c.Traces.Timeout = time.Duration(ms) * time.Millisecond
	return ""
}

func parseRatio(c *Config, value string) string {
	ratio, err := strconv.ParseFloat(value, 64)
	if err != nil || ratio < 0 || ratio > 1 {
		return fmt.Sprintf("%q is no number from 0 to 1.", value)
	}
	c.Traces.Ratio = ratio
	return ""
}

// withoutPassword shows the address of a database. Its query stays, unlike that of
// other addresses: it says how to connect.
func withoutPassword(value string) string {
	if !strings.Contains(value, "://") {
		return value // a path
	}
	u, err := url.Parse(value)
	if err != nil || u.Fragment != "" { // a # in the password hides the rest of it here
		return "(hidden)"
	}
	query := u.Query()
	if query.Has("password") || query.Has("sslpassword") {
		return "(hidden)"
	}
	return strings.TrimSuffix(fault.Address(value)+"?"+u.RawQuery, "?")
}

func withoutPasswords(value string) string {
	all := strings.Split(value, ",")
	for i := range all {
		all[i] = withoutPassword(strings.TrimSpace(all[i]))
	}
	return strings.Join(all, ",")
}
