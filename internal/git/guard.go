package git

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/goldenpath/platform/internal/fault"
)

// Guard keeps what people register from leading to where only this machine
// gets: its own services, its network, the cloud's metadata. It looks at the
// address that is dialed, after the name was resolved, so a name that changes
// its mind between two looks leads nowhere either.
type Guard struct {
	all      bool
	hosts    map[string]bool
	networks []netip.Prefix
	proxies  sync.Map // addresses of proxies that the environment names
}

// NewGuard returns a guard that lets through public addresses, and those listed:
// names of hosts, addresses, networks like 10.0.0.0/8, or the word all.
func NewGuard(allowed ...string) (*Guard, error) {
	g := &Guard{hosts: map[string]bool{}}
	for _, one := range allowed {
		one = strings.ToLower(strings.TrimSpace(one))
		network, err := netip.ParsePrefix(one)
		address, notAddress := netip.ParseAddr(one)
		switch {
		case one == "all":
			g.all = true
		case err == nil:
			g.networks = append(g.networks, network.Masked())
		case notAddress == nil:
			g.networks = append(g.networks, netip.PrefixFrom(address, address.BitLen()))
		case one == "" || strings.ContainsAny(one, "/: "):
			return nil, fault.New(fault.Invalid, "%q is no host, address or network.", one).
				WithHint("Write it like git.acme.lan, 10.1.2.3 or 10.0.0.0/8.")
		default:
			g.hosts[one] = true
		}
	}
	return g, nil
}

// reserved are networks that are not of the internet although no method of
// netip.Addr says so: shared, documentation, benchmarks, future use, and those
// that wrap an IPv4 address.
func reserved() []netip.Prefix {
	var out []netip.Prefix
	for _, s := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
		"240.0.0.0/4", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001:db8::/32", "2001::/32", "2002::/16", "fec0::/10", "::/96",
	} {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}

// permits reports whether an address may be reached.
func (g *Guard) permits(ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("")
	for _, network := range g.networks {
		if network.Contains(ip) {
			return true
		}
	}
	if !ip.IsGlobalUnicast() || ip.IsPrivate() {
		return false
	}
	for _, network := range reserved() {
		if network.Contains(ip) {
			return false
		}
	}
	return true
}

// refusedError says that an address may not be reached.
type refusedError struct{ host, ip string }

// Error names the address.
func (e *refusedError) Error() string { return e.host + " is at " + e.ip + ", which is not public" }

// refusal returns the fault for a refused address, nil when err is another error.
func refusal(err error) error {
	if unexpected, ok := errors.AsType[*plumbing.UnexpectedError](err); ok { // it has no Unwrap
		err = unexpected.Err
	}
	var refused *refusedError
	if !errors.As(err, &refused) {
		return nil
	}
	where := refused.host
	if where != refused.ip {
		where += " (" + refused.ip + ")"
	}
	return fault.New(fault.Forbidden, "%s is this machine or in a private network, where locations may not lead.", where).
		WithHint("If it is meant, allow it in the server's settings: PLATFORM_ALLOW_PRIVATE_ADDRESSES=%s", refused.host).WithCause(err)
}

// dial connects to an address that may be reached.
func (g *Guard) dial(ctx context.Context, network, address string) (net.Conn, error) {
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	if _, proxy := g.proxies.Load(address); proxy || g.all || g.hosts[strings.ToLower(host)] {
		return dialer.DialContext(ctx, network, address)
	}
	dialer.ControlContext = func(_ context.Context, _, resolved string, _ syscall.RawConn) error {
		ip, err := netip.ParseAddrPort(resolved)
		if err != nil {
			return fmt.Errorf("address %s: %w", resolved, err)
		}
		if !g.permits(ip.Addr()) {
			return &refusedError{host: host, ip: ip.Addr().String()}
		}
		return nil
	}
	return dialer.DialContext(ctx, network, address)
}

// check looks where a host is: for connections that others dial. When its name
// cannot be resolved here, whoever dials finds out.
func (g *Guard) check(ctx context.Context, host string) error {
	if g.all || g.hosts[strings.ToLower(host)] {
		return nil
	}
	found, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil //nolint:nilerr // there is nothing to refuse
	}
	for _, ip := range found {
		if !g.permits(ip) {
			return &refusedError{host: host, ip: ip.Unmap().String()}
		}
	}
	return nil
}

// transport returns a transport whose connections are guarded. A proxy that the
// environment names is trusted; what it is asked for is looked at before.
func (g *Guard) transport() *http.Transport {
	return &http.Transport{
		DialContext: g.dial, ForceAttemptHTTP2: true, MaxIdleConns: 50, IdleConnTimeout: time.Minute,
		TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: 60 * time.Second,
		MaxResponseHeaderBytes: 256 << 10,
		Proxy: func(r *http.Request) (*url.URL, error) {
			proxy, err := http.ProxyFromEnvironment(r)
			if err != nil || proxy == nil {
				return nil, err
			}
			if err := g.check(r.Context(), r.URL.Hostname()); err != nil {
				return nil, err
			}
			port := proxy.Port()
			if port == "" {
				port = map[string]string{"http": "80", "https": "443", "socks5": "1080"}[proxy.Scheme]
			}
			g.proxies.Store(net.JoinHostPort(proxy.Hostname(), port), true)
			return proxy, nil
		},
	}
}
