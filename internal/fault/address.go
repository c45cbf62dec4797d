package fault

import (
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

const (
	// hiddenPart stands where a secret was, as in package net/url.
	hiddenPart   = "xxxxx"
	hiddenWholly = "(an address that cannot be read)"
)

// Address shows an address to people, in sentences that end up in logs: without a
// password, and without its query, which may hold a key. On the web a name alone
// is hidden, too: it is often a token. What holds none of these stays as it is.
func Address(address string) string {
	if !strings.ContainsAny(address, "@?#") {
		return address
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" && strings.Contains(address, "@") {
		return hiddenWholly // without a host, a password is where nobody looks for it
	}
	if u.User == nil && u.RawQuery == "" && u.Fragment == "" {
		return address
	}
	u.RawQuery, u.ForceQuery, u.Fragment = "", false, ""
	if isLoneName(u) {
		u.User = url.User(hiddenPart)
	}
	return u.Redacted()
}

// AddressAndQuery shows an address as Address does, and of its query the names. What
// has no name is hidden: it may be a key.
func AddressAndQuery(address string) string {
	shown := Address(address)
	u, err := url.Parse(address)
	if err != nil || u.RawQuery == "" {
		return shown
	}
	parts := strings.Split(u.RawQuery, "&")
	for i, part := range parts {
		name, value, _ := strings.Cut(part, "=")
		switch {
		case part == "":
		case strings.Trim(value, "=") == "": // a name alone, or a key that ends like base64
			parts[i] = hiddenPart
		default:
			parts[i] = name + "=" + hiddenPart
		}
	}
	return shown + "?" + strings.Join(parts, "&")
}

// anAddress is an address somewhere in a text.
var anAddress = regexp.MustCompile(`[A-Za-z][A-Za-z0-9+.-]*://[^\s"'<>]+`)

// Addresses shows a text with each address in it as Address does.
func Addresses(text string) string {
	return anAddress.ReplaceAllStringFunc(text, Address)
}

// isLoneName reports whether an address of the web has a name and no password.
func isLoneName(u *url.URL) bool {
	_, password := u.User.Password()
	return u.User != nil && !password && (u.Scheme == "http" || u.Scheme == "https")
}

// WithoutSecretsOf shows a text in which addresses may occur: what a program says
// that was given them. Passwords and values of queries are hidden, those of these
// addresses alone, since what else the text says is wanted.
func WithoutSecretsOf(text string, addresses ...string) string {
	var hide [][2]string
	for _, address := range addresses {
		if !strings.ContainsAny(address, "@?#") {
			continue
		}
		u, err := url.Parse(address)
		if err != nil {
			hide = append(hide, [2]string{address, hiddenWholly})
			continue
		}
		hide = append(hide, loginsOf(u, address)...)
		hide = append(hide, keysOf(u)...)
	}
	// The longest first: one may be the beginning of another.
	slices.SortStableFunc(hide, func(a, b [2]string) int { return cmp.Compare(len(b[0]), len(a[0])) })
	pairs := make([]string, 0, 2*len(hide))
	for _, h := range hide {
		pairs = append(pairs, h[:]...)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// loginsOf returns how a name and its password may be written, and what to write
// instead.
func loginsOf(u *url.URL, address string) (hide [][2]string) {
	password, given := u.User.Password()
	if !given && !isLoneName(u) {
		return nil
	}
	_, rest, _ := strings.Cut(address, "//")
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	name := u.User.Username()
	written := []string{rest[:max(0, strings.LastIndexByte(rest, '@'))], u.User.String(), name + ":" + password}
	instead := name + ":" + hiddenPart
	if !given {
		written[2], instead = name, hiddenPart
	}
	for _, login := range written {
		hide = append(hide, [2]string{"//" + login + "@", "//" + instead + "@"})
	}
	return hide
}

// keysOf returns how the parts of a query may be written, and what to write instead.
func keysOf(u *url.URL) (hide [][2]string) {
	for part := range strings.SplitSeq(u.RawQuery, "&") {
		name, value, named := strings.Cut(part, "=")
		kept := name + "="
		if !named {
			value, kept = name, ""
		}
		if value == "" {
			continue
		}
		written := []string{value}
		if plain, err := url.QueryUnescape(value); err == nil {
			written = append(written, plain, url.QueryEscape(plain))
		}
		for _, v := range written {
			for _, lead := range []string{"?", "&"} {
				hide = append(hide, [2]string{lead + kept + v, lead + kept + hiddenPart})
			}
		}
	}
	return hide
}
