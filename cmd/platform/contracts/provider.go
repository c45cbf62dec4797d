package contracts

import (
	"context"
	"net"
	"net/url"
	"strings"

	"github.com/goldenpath/platform/internal/fault"
)

// parseHeaders reads "Name: value".
func parseHeaders(lines []string) (map[string]string, error) {
	headers := make(map[string]string, len(lines))
	for _, line := range lines {
		name, value, ok := strings.Cut(line, ":")
		name = strings.TrimSpace(name)
		if !ok || name == "" || strings.ContainsAny(name, " \t") {
			return nil, fault.New(fault.Invalid, "%q is not a header.", line).WithHint("Write it like --header \"Authorization: Bearer TOKEN\"")
		}
		headers[name] = strings.TrimSpace(value)
	}
	return headers, nil
}

// reachable says at once, and in one sentence, when no provider listens.
func reachable(ctx context.Context, address string) error {
	if err := checkProviderURL(address); err != nil {
		return err
	}
	u, _ := url.Parse(address)
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	dialer := net.Dialer{Timeout: dialTimeout}
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return fault.New(fault.Unavailable, "No provider listens at %s.", address).
			WithHint("Start it, wait until it is ready, and run the same command again.").WithCause(err)
	}
	_ = conn.Close()
	return nil
}

func checkProviderURL(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return fault.New(fault.Invalid, "%q is not the address of a provider.", address).
			WithHint("It looks like http://127.0.0.1:9001").WithField("--provider-url", "is not an http address")
	}
	return nil
}
