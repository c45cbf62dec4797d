package githost_test

import (
	"testing"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/githost"
	"github.com/goldenpath/platform/internal/githost/githosttest"
)

// TestWhereTheTokenGoes asks for the token with which the files of a location are
// read that others of its files name.
func TestWhereTheTokenGoes(t *testing.T) {
	t.Parallel()
	const dotCom, own = "https://api.github.com", "https://github.acme.io/api/v3"
	for _, tt := range []struct {
		name, api, location, address string
		want                         bool
	}{
		{"content of the same owner", dotCom, "https://github.com/acme/catalog", "https://raw.githubusercontent.com/acme/orders/main/x.yaml", true},
		{"a page of the same owner, by ssh and in another case", dotCom, "git@github.com:Acme/catalog.git", "https://github.com/acme/orders/blob/main/x.yaml", true},
		{"another way to write ssh", dotCom, "ssh://git@github.com/acme/catalog.git", "https://github.com/acme/orders/blob/main/x.yaml", true},
		{"the API", dotCom, "https://github.com/acme/catalog", "https://api.github.com/repos/acme/orders/contents/x.yaml", true},
		{"a file of this machine names it", dotCom, "", "https://github.com/acme/orders/blob/main/x.yaml", true},
		{"another owner", dotCom, "https://github.com/eve/catalog", "https://github.com/acme/orders/blob/main/x.yaml", false},
		{"another owner, by the API", dotCom, "https://github.com/eve/catalog", "https://api.github.com/repos/acme/orders/contents/x.yaml", false},
		{"a location elsewhere", dotCom, "https://eve.example/all.yaml", "https://github.com/acme/orders/blob/main/x.yaml", false},
		{"a location of that name elsewhere", dotCom, "https://eve.example/acme/all.yaml", "https://github.com/acme/orders/blob/main/x.yaml", false},
		{"a file elsewhere", dotCom, "https://github.com/acme/catalog", "https://eve.example/acme/orders/x.yaml", false},
		{"a host with a similar name", dotCom, "", "https://github.com.eve.example/acme/orders/x.yaml", false},
		{"without encryption", dotCom, "", "http://github.com/acme/orders/blob/main/x.yaml", false},
		{"on another port", dotCom, "", "https://github.com:8443/acme/orders/blob/main/x.yaml", false},
		{"the rest of the API", dotCom, "", "https://api.github.com/user/keys", false},
		{"a name to log in with", dotCom, "", "https://github.com@eve.example/acme/x.yaml", false},
		{"a company's own", own, "https://github.acme.io/platform/catalog", "https://github.acme.io/shop/orders/raw/main/x.yaml", true},
		{"content of a company's own", own, "https://github.acme.io/platform/catalog", "https://raw.github.acme.io/shop/orders/main/x.yaml", true},
		{"the API of a company's own", own, "https://github.acme.io/platform/catalog", "https://github.acme.io/api/v3/repos/shop/orders/contents/x.yaml", true},
		{"github.com, with a company's own", own, "", "https://github.com/shop/orders/blob/main/x.yaml", false},
		{"its content, with a company's own", own, "", "https://raw.githubusercontent.com/shop/orders/main/x.yaml", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			host, err := githost.NewGitHub(githost.GitHubOptions{Token: githosttest.Token, APIURL: tt.api})
			if err != nil {
				t.Fatal(err)
			}
			if got := host.Token(tt.location, tt.address) == githosttest.Token; got != tt.want {
				t.Errorf("the token goes: %t, want %t", got, tt.want)
			}
		})
	}
}

func TestContentAddress(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ api, page, want string }{
		{"", "https://github.com/acme/orders/blob/main/svc/a b.yaml", "https://api.github.com/repos/acme/orders/contents/svc/a%20b.yaml?ref=main"},
		{"", "https://raw.githubusercontent.com/acme/orders/v1/x.yaml", "https://api.github.com/repos/acme/orders/contents/x.yaml?ref=v1"},
		{"https://git.acme.io/api/v3", "https://git.acme.io/acme/orders/blob/a%26b/x.yaml", "https://git.acme.io/api/v3/repos/acme/orders/contents/x.yaml?ref=a%26b"},
		{"https://git.acme.io/api/v3", "https://github.com/acme/orders/blob/main/x.yaml", ""},
		{"", "https://github.com/acme/orders/tree/main", ""},
	} {
		host, err := githost.NewGitHub(githost.GitHubOptions{Token: githosttest.Token, APIURL: tt.api})
		if err != nil {
			t.Fatal(err)
		}
		page, ok := catalog.ParseGitPage(tt.page)
		if got := host.ContentAddress(page); !ok || got != tt.want {
			t.Errorf("%s: %q, %t, want %q", tt.page, got, ok, tt.want)
		}
	}
}
