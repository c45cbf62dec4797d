package catalog_test

import (
	"testing"

	"github.com/goldenpath/platform/catalog"
)

func TestSameRepository(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, a, b string
		want       bool
	}{
		{"with its ending", "https://github.com/acme/orders", "https://github.com/acme/orders.git", true},
		{"letters of the other case", "https://github.com/Acme/Orders", "https://GitHub.com/acme/orders/", true},
		{"over SSH, as git writes it", "git@github.com:acme/orders.git", "https://github.com/acme/orders", true},
		{"over SSH, from the top", "git@github.com:/acme/orders.git", "https://github.com/acme/orders", true},
		{"over SSH, with its port", "ssh://git@github.com:22/acme/orders", "git@github.com:acme/orders", true},
		{"a port that is not the usual one", "https://git.acme.io:8443/acme/orders", "https://git.acme.io/acme/orders", false},
		{"the usual port of something else", "https://git.acme.io:22/acme/orders", "https://git.acme.io/acme/orders", false},
		{"somebody's name", "https://ada@git.acme.io/acme/orders", "https://git.acme.io/acme/orders.git", true},
		{"an address with numbers", "ssh://git@[::1]:22/acme/orders", "https://[::1]/acme/orders", true},
		{"a file", "file:///srv/orders.git", "/srv/orders.git", true},
		{"files of the other case", "file:///srv/Orders.git", "/srv/orders.git", false},
		{"another owner", "https://github.com/acme/orders", "https://github.com/ada/orders", false},
		{"another host", "https://github.com/acme/orders", "https://gitlab.com/acme/orders", false},
		{"a longer name", "https://github.com/acme/orders", "https://github.com/acme/orders-web", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if catalog.SameRepository(tt.a, tt.b) != tt.want || catalog.SameRepository(tt.b, tt.a) != tt.want {
				t.Errorf("%s and %s are the same: want %t", tt.a, tt.b, tt.want)
			}
		})
	}
}
