package portal

import (
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// lookAt looks at each page in light and dark, on a desktop and on a phone.
// PORTAL_SHOTS keeps a picture of each.
func lookAt(t *testing.T, b chromium, base string, pages []string) {
	t.Helper()
	axe := axeSource(t)
	shots := os.Getenv("PORTAL_SHOTS")
	only := regexp.MustCompile(os.Getenv("PORTAL_ONLY"))
	for _, address := range pages {
		if !only.MatchString(address) {
			continue
		}
		t.Run(address, func(t *testing.T) {
			tab := b.open(t, base)
			tab.size(1280, 900)
			tab.theme("light")
			tab.goTo(address)
			eval[chromedp.Void](tab, axe)
			for _, view := range []struct {
				name, theme   string
				width, height int64
				rules         []string
			}{
				{"desktop-light", "light", 1280, 900, nil},
				{"desktop-dark", "dark", 1280, 900, []string{"color-contrast"}},
				{"phone-dark", "dark", 390, 844, []string{"color-contrast", "target-size"}},
				{"phone-light", "light", 390, 844, nil},
			} {
				tab.size(view.width, view.height)
				tab.theme(view.theme)
				tab.axe(view.rules...)
				if wide := eval[int](tab, "document.documentElement.scrollWidth"); int64(wide) > view.width {
					t.Errorf("%s: the page is %d wide and has to be moved sideways", view.name, wide)
				}
				if shots != "" {
					tab.picture(shots, address+"-"+view.name)
				}
			}
			tab.clean()
		})
	}
}

// crawl follows the links of a server to one page of each kind.
func crawl(t *testing.T, base string) []string {
	t.Helper()
	kinds := map[string]string{}
	queue := []string{"/"}
	link := regexp.MustCompile(`href="(/[^"#]*)"`)
	for len(queue) > 0 && len(kinds) < 80 {
		address := queue[0]
		queue = queue[1:]
		u, err := url.Parse(address)
		if err != nil || strings.HasPrefix(u.Path, "/static") || strings.HasPrefix(u.Path, "/git") || strings.HasSuffix(u.Path, "/definition") {
			continue
		}
		kind := kindOfPage(u)
		if kinds[kind] != "" {
			continue
		}
		response, err := http.Get(base + address) //nolint:noctx // a test
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		_ = response.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(response.Header.Get("Content-Type"), "text/html") {
			continue
		}
		kinds[kind] = address
		for _, found := range link.FindAllStringSubmatch(string(body), -1) {
			queue = append(queue, strings.ReplaceAll(found[1], "&amp;", "&"))
		}
	}
	pages := make([]string, 0, len(kinds))
	for _, address := range kinds {
		pages = append(pages, address)
	}
	return pages
}

// kindOfPage names what two pages of one kind have in common.
func kindOfPage(u *url.URL) string {
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	switch {
	case parts[0] == "catalog" && len(parts) >= 4:
		return "catalog/" + parts[1] + "/" + strings.Join(parts[4:], "/")
	case parts[0] == "contracts" && len(parts) == 3, parts[0] == "runs" && len(parts) == 2:
		return parts[0] + "/one"
	}
	return u.Path
}
