package fault_test

import (
	"strings"
	"testing"

	"github.com/goldenpath/platform/internal/fault"
)

const unread = "(an address that cannot be read)"

func TestAddressHoldsNoSecret(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"http://127.0.0.1:8080":                    "http://127.0.0.1:8080",
		"https://ada:secret@orders.test/states":    "https://ada:xxxxx@orders.test/states",
		"http://orders.test/_states?key=secret#it": "http://orders.test/_states",
		"http://orders test:secret@%zz":            unread,

		"there":                              "there",
		"127.0.0.1:9001":                     "127.0.0.1:9001",
		"https://orders.test/{a,b}/*":        "https://orders.test/{a,b}/*",
		"https://orders.test/@scope/name":    "https://orders.test/@scope/name",
		"https://secret@github.com/acme/x":   "https://xxxxx@github.com/acme/x",
		"postgres://ada@db/platform":         "postgres://ada@db/platform",
		"ada:secret@orders.test":             unread,
		"http:ada:secret@orders.test":        unread,
		"http:/ada:secret@orders.test":       unread,
		"http://ada:sec/ret@orders.test":     unread,
		"127.0.0.1:9001/_states?key=secret":  unread,
		"http://orders.test:port?key=secret": unread,
	} {
		if got := fault.Address(address); got != want {
			t.Errorf("%s is shown as %s", address, got)
		}
	}
}

func TestAnAddressIsShownWithWhatItsQueryHas(t *testing.T) {
	t.Parallel()
	for _, tt := range [][2]string{
		{"http://orders.test/api", "http://orders.test/api"},
		{"http://orders.test/api?tenant=acme&key=se%26cret&empty=#it", "http://orders.test/api?tenant=xxxxx&key=xxxxx&xxxxx"},
		{"https://ada:secret@orders.test?v=1&v=12&a=b=c;d=e", "https://ada:xxxxx@orders.test?v=xxxxx&v=xxxxx&a=xxxxx"},
		{"http://orders.test?c2VjcmV0==&", "http://orders.test?xxxxx&"},
		{"https://secret@orders.test/states?secret", "https://xxxxx@orders.test/states?xxxxx"},
		{"http://orders.test:port?key=secret", unread},
	} {
		if got := fault.AddressAndQuery(tt[0]); got != tt[1] {
			t.Errorf("%s is shown as %s, want %s", tt[0], got, tt[1])
		}
	}
}

func TestATextHoldsNoSecretOfItsAddresses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"token ci · orders is not there, is it?":                             "token ci · orders is not there, is it?",
		"inventory at https://ada:secret@orders.test/states":                 "inventory at https://ada:xxxxx@orders.test/states",
		`"http://orders.test/?key=secret" and (https://secret@x.test), too.`: `"http://orders.test/" and (https://xxxxx@x.test), too.`,
		"https://github.com/acme/* git@github.com:acme/x ssh://git@x.test/":  "https://github.com/acme/* git@github.com:acme/x ssh://git@x.test/",
		"https://ada:secret@%zz is not an address.":                          unread + " is not an address.",
	} {
		if got := fault.Addresses(text); got != want {
			t.Errorf("%s is shown as %s", text, got)
		}
	}
}

func TestWhatWasSaidOfAddressesHoldsNoSecret(t *testing.T) {
	t.Parallel()
	given := []string{
		"http://ada:p%40ss%2Dword@orders.test/api?key=s%2Fe%20cret&v=1&v=12&empty=", "https://lonetoken@states.test", "",
		"http://messages.test?barekey", "ssh://git@git.test/x", "http://in valid:hush@%zz",
	}
	for said, want := range map[string]string{
		"all is well with v=1 and ada":                       "all is well with v=1 and ada",
		"GET http://ada:p%40ss%2Dword@orders.test/api/x":     "GET http://ada:xxxxx@orders.test/api/x",
		"GET http://ada:p%40ss-word@orders.test/api/x":       "GET http://ada:xxxxx@orders.test/api/x",
		"GET http://ada:p@ss-word@orders.test/api/x":         "GET http://ada:xxxxx@orders.test/api/x",
		`"http://orders.test/api/x?key=s%2Fe%20cret&v=12"`:   `"http://orders.test/api/x?key=xxxxx&v=xxxxx"`,
		"/api/x?page=2&key=s%2Fe+cret&v=1":                   "/api/x?page=2&key=xxxxx&v=xxxxx",
		"/api/x?page=2&key=s/e cret&empty=":                  "/api/x?page=2&key=xxxxx&empty=",
		"connect to https://lonetoken@states.test: refused":  "connect to https://xxxxx@states.test: refused",
		"POST http://messages.test?barekey and ?barekey&a=b": "POST http://messages.test?xxxxx and ?xxxxx&a=b",
		"clone ssh://git@git.test/x":                         "clone ssh://git@git.test/x",
		"parse http://in valid:hush@%zz: no":                 "parse " + unread + ": no",
	} {
		if got := fault.WithoutSecretsOf(said, given...); got != want {
			t.Errorf("%s is shown as\n%s, want\n%s", said, got, want)
		}
	}
	if long := strings.Repeat("x", 1<<20); fault.WithoutSecretsOf(long, given...) != long {
		t.Error("a text without any of them is another")
	}
}
