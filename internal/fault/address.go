package fault

import "net/url"

// Address shows an address to people, in sentences that end up in logs: without a
// password, and without its query, which may hold a key.
func Address(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "(an address that cannot be read)"
	}
	u.RawQuery, u.Fragment = "", ""
	return u.Redacted()
}
