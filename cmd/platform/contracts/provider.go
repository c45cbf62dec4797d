package contracts

import (
	"context"
	"net"
	"net/url"
	"strconv"
	"strings"

	"github.com/goldenpath/platform/internal/fault"
)

// parseHeaders reads "Name: value". What is wrong with one is said without the
// value, which may be a secret, and before anything is verified: a provider that
// was never asked must not be recorded as one that failed.
func parseHeaders(lines []string) (map[string]string, error) {
	headers := make(map[string]string, len(lines))
	for i, line := range lines {
		name, value, ok := strings.Cut(line, ":")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		wrong := ""
		switch {
		case !ok:
			wrong = "it has no colon"
		case name == "" || strings.ContainsFunc(name, notInName):
			wrong = "what is before its colon is no name"
		case hasHeader(headers, name):
			wrong = name + " is given before it"
		case strings.ContainsFunc(value, notInValue):
			wrong = "its value has a line break or another control character in it"
		}
		if wrong != "" {
			return nil, fault.New(fault.Invalid, "The %s --header is not a header: %s.", ordinal(i+1), wrong).
				WithField("--header", "%s", wrong).WithHint("Write it like --header \"Authorization: Bearer TOKEN\"")
		}
		headers[name] = value
	}
	return headers, nil
}

// hasHeader knows a header in any case, as HTTP does. Of two values the last would
// win in silence.
func hasHeader(headers map[string]string, name string) bool {
	for other := range headers {
		if strings.EqualFold(other, name) {
			return true
		}
	}
	return false
}

func notInName(r rune) bool {
	letter := r|0x20 >= 'a' && r|0x20 <= 'z'
	return !letter && (r < '0' || r > '9') && !strings.ContainsRune("!#$%&'*+-.^_`|~", r)
}

func notInValue(r rune) bool { return (r < ' ' && r != '\t') || r == 0x7f }

func ordinal(n int) string {
	switch n {
	case 1:
		return "1st"
	case 2:
		return "2nd"
	case 3:
		return "3rd"
	}
	return strconv.Itoa(n) + "th"
}

// reachable says at once, and in one sentence, when no provider listens.
func reachable(ctx context.Context, address string) error {
	u, err := parseProviderURL("--provider-url", address)
	if err != nil {
		return err
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	dialer := net.Dialer{Timeout: dialTimeout}
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return fault.New(fault.Unavailable, "No provider listens at %s.", fault.Address(address)).
			WithHint("Start it, wait until it is ready, and run the same command again.").WithCause(err)
	}
	_ = conn.Close()
	return nil
}

// parseProviderURL reads an address of a provider that a flag gives.
func parseProviderURL(flag, address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, fault.New(fault.Invalid, "%q is not the address of a provider.", fault.Address(address)).
			WithHint("It looks like http://127.0.0.1:9001").WithField(flag, "is not an http address")
	}
	return u, nil
}
