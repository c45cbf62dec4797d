package broker_test

import "testing"

// TestLinksAreOfTheProxyInFront has what a proxy, or somebody who says to be one, tells
// of the address that clients use.
func TestLinksAreOfTheProxyInFront(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		steps []step
	}{
		{"links follow the proxy in front", []step{
			{method: "GET", path: "", header: []string{"X-Forwarded-Host", "pacts.example.com", "X-Forwarded-Proto", "https"}, status: 200, in: []string{`"href":"https://pacts.example.com/broker/pacticipants"`}},
			{method: "GET", path: "", header: []string{"X-Forwarded-Host", "a.example.com", "X-Forwarded-Proto", "https", "X-Forwarded-Port", "8443"}, status: 200, in: []string{"https://a.example.com:8443/broker/pacticipants"}},
			forwarded(`"https://a.example.com:8443/broker/pacticipants"`, "Host", "a.example.com:8443, inner:80", "Proto", "https, http", "Port", "443"),
			forwarded(`"http://[::1]:8443/broker/pacticipants"`, "Host", "[::1]", "Port", "8443"),
			forwarded(`"http://a.example.com/shop/pacts/broker/pacticipants"`, "Host", "a.example.com", "Prefix", "/shop/pacts/"),
			forwarded(`"http://a.example.com/shop/broker/pacticipants"`, "Host", "a.example.com", "Prefix", "/shop/broker"),
		}},
		{"a port alone is of no proxy's address: whoever keeps the host keeps its port", []step{
			{method: "GET", path: "", header: []string{"Host", "a.example.com", "X-Forwarded-Port", "8443", "X-Forwarded-Proto", "https"}, status: 200, in: []string{`"href":"https://a.example.com/broker/pacticipants"`}},
			{method: "GET", path: "", header: []string{"Host", "a.example.com:9443", "X-Forwarded-Port", "8443", "X-Forwarded-Proto", "https"}, status: 200, in: []string{`"href":"https://a.example.com:9443/broker/pacticipants"`}},
		}},
		{"what cannot be an address of the proxy in front is none", []step{
			forwarded(`"http://127.0.0.1:`, "Host", "evil.example.com/path"),
			forwarded(`"http://127.0.0.1:`, "Host", "evil.example.com#"),
			forwarded(`"http://127.0.0.1:`, "Host", "ada@evil.example.com"),
			forwarded(`"http://127.0.0.1:`, "Host", `evil.example.com"><script>`),
			forwarded(`"http://127.0.0.1:`, "Host", "evil.example.com other"),
			forwarded(`"http://127.0.0.1:`, "Host", "evil.example.com\tother"),
			forwarded(`"http://127.0.0.1:`, "Host", "evil.example.com:port"),
			forwarded(`"http://127.0.0.1:`, "Host", "evil.example.com:123456"),
			forwarded(`"http://127.0.0.1:`, "Host", "evil.example.com:65536"),
			forwarded(`"http://127.0.0.1:`, "Host", "evil.example.com:0"),
			forwarded(`"http://127.0.0.1:`, "Host", "[evil]"),
			forwarded(`"http://127.0.0.1:`, "Proto", "javascript:evil//"),
			forwarded(`"http://127.0.0.1:`, "Proto", "wss"),
			forwarded(`"http://127.0.0.1:`, "Proto", "WS"),
			forwarded(`"http://127.0.0.1:`, "Proto", "http, wss"),
			forwarded(`"http://127.0.0.1:`, "Protocol", "wss"),
			forwarded(`"https://127.0.0.1:`, "Proto", "HTTPS"),
			forwarded(`"http://a.example.com/broker/pacticipants"`, "Host", "a.example.com", "Port", "evil"),
			forwarded(`"http://a.example.com/broker/pacticipants"`, "Host", "a.example.com", "Port", "65536"),
			forwarded(`"http://a.example.com/broker/pacticipants"`, "Host", "a.example.com", "Port", "99999"),
			forwarded(`"http://a.example.com/broker/pacticipants"`, "Host", "a.example.com", "Port", "0"),
			forwarded(`"http://a.example.com:65535/broker/pacticipants"`, "Host", "a.example.com", "Port", "65535"),
			forwarded(`"http://a.example.com/broker/pacticipants"`, "Host", "a.example.com", "Prefix", "//evil"),
			forwarded(`"http://a.example.com/broker/pacticipants"`, "Host", "a.example.com", "Prefix", "@evil"),
			forwarded(`"http://a.example.com/broker/pacticipants"`, "Host", "a.example.com", "Prefix", `/a"evil`),
			forwarded(`"http://a.example.com/broker/pacticipants"`, "Host", "a.example.com", "Prefix", "/a b?evil"),
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			play(t, world(t), tt.steps)
		})
	}
}

// forwarded asks for the index as a proxy would, with what it says after X-Forwarded-;
// the answer has a link, and nothing evil.
func forwarded(link string, says ...string) step {
	s := step{method: "GET", path: "", status: 200, in: []string{`"href":` + link}, notIn: []string{"evil"}}
	for i := 0; i+1 < len(says); i += 2 {
		s.header = append(s.header, "X-Forwarded-"+says[i], says[i+1])
	}
	return s
}
