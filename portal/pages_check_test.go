package portal

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"
	"golang.org/x/net/html"
)

// checkPage looks for what no page may have, whatever it is about.
func checkPage(t *testing.T, w *world, answer *httptest.ResponseRecorder, status int) {
	t.Helper()
	body := answer.Body.String()
	if answer.Code != status {
		t.Fatalf("status %d, want %d", answer.Code, status)
	}
	if kind := answer.Header().Get("Content-Type"); !strings.HasPrefix(kind, "text/html") {
		t.Fatalf("content type %s", kind)
	}
	for _, bad := range []string{"<no value>", "%!", "ZgotmplZ", "&lt;nil&gt;", "0001-01-01"} {
		if strings.Contains(body, bad) {
			t.Errorf("the page has %q", bad)
		}
	}
	p := pageCheck{t: t, w: w, ids: map[string]int{}, routes: w.pageRoutes()}
	doc, err := html.Parse(bytes.NewReader(answer.Body.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	p.look(doc)
	p.end()
}

// pageRoutes are the routes of the server as echo matches them.
func (w *world) pageRoutes() func(method, path string) bool {
	return func(method, path string) bool {
		c := w.echo.NewContext(httptest.NewRequestWithContext(context.Background(), method, "/", http.NoBody), httptest.NewRecorder())
		w.echo.Router().Find(method, path, c)
		return c.Path() != "" && c.Handler() != nil && slices.ContainsFunc(w.echo.Routes(), func(r *echo.Route) bool {
			return r.Path == c.Path() && r.Method == method
		})
	}
}

type pageCheck struct {
	t        *testing.T
	w        *world
	routes   func(method, path string) bool
	ids      map[string]int
	named    []string // ids that attributes name
	anchors  []string
	headings []int
	mains    int
}

func (p *pageCheck) look(n *html.Node) {
	if n.Type == html.ElementNode {
		p.element(n)
	}
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		p.look(child)
	}
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func (p *pageCheck) element(n *html.Node) {
	p.t.Helper()
	for _, a := range n.Attr {
		switch {
		case a.Key == "style", strings.HasPrefix(a.Key, "on"):
			p.t.Errorf("<%s> has the attribute %s, which the policy forbids", n.Data, a.Key)
		case a.Key == "id":
			if p.ids[a.Val]++; a.Val == "" || strings.ContainsAny(a.Val, " \n") {
				p.t.Errorf("<%s> has the id %q", n.Data, a.Val)
			}
		case slices.Contains([]string{"for", "aria-labelledby", "aria-describedby", "aria-controls", "list"}, a.Key):
			p.named = append(p.named, strings.Fields(a.Val)...)
		}
	}
	switch n.Data {
	case "script":
		if attribute(n, "src") == "" {
			p.t.Error("the page has a script in it, which the policy forbids")
		}
	case "style":
		p.t.Error("the page has a style in it, which the policy forbids")
	case "main":
		p.mains++
	case "h1", "h2", "h3", "h4", "h5", "h6":
		level, _ := strconv.Atoi(n.Data[1:]) // a digit
		if !within(n, "dialog") {
			p.headings = append(p.headings, level)
		}
		if strings.TrimSpace(textIn(n)) == "" {
			p.t.Errorf("an empty %s", n.Data)
		}
	case "a":
		p.link(n, http.MethodGet, attribute(n, "href"))
	case "form":
		method := strings.ToUpper(attribute(n, "method"))
		if method == "DIALOG" {
			return
		}
		p.link(n, method, attribute(n, "action"))
	case "button":
		if to := attribute(n, "formaction"); to != "" {
			p.link(n, strings.ToUpper(attribute(n, "formmethod")), to)
		}
	}
}

// link checks that an address of ours leads somewhere.
func (p *pageCheck) link(n *html.Node, method, address string) {
	p.t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		p.t.Errorf("<%s> leads to %q: %v", n.Data, address, err)
		return
	}
	switch {
	case u.Scheme == "https" || u.Scheme == "http" || u.Scheme == "mailto":
		return
	case u.Scheme != "" || address == "":
		p.t.Errorf("<%s> leads to %q", n.Data, address)
	case strings.HasPrefix(address, "#"):
		p.anchors = append(p.anchors, u.Fragment)
	case strings.HasPrefix(address, "?"):
		return
	case !p.routes(method, u.Path):
		p.t.Errorf("<%s> leads to %s %s, which no route answers", n.Data, method, u.Path)
	}
}

func (p *pageCheck) end() {
	p.t.Helper()
	if p.mains != 1 {
		p.t.Errorf("%d main elements", p.mains)
	}
	for id, times := range p.ids {
		if times > 1 {
			p.t.Errorf("%d elements have the id %s", times, id)
		}
	}
	for _, id := range slices.Concat(p.named, p.anchors) {
		if p.ids[id] == 0 {
			p.t.Errorf("nothing has the id %q that the page names", id)
		}
	}
	last, firsts := 0, 0
	for _, level := range p.headings {
		if level > last+1 {
			p.t.Errorf("a heading of level %d follows one of level %d: %v", level, last, p.headings)
		}
		if last = level; level == 1 {
			firsts++
		}
	}
	if firsts != 1 {
		p.t.Errorf("%d headings of the first level", firsts)
	}
}

func within(n *html.Node, tag string) bool {
	for ; n != nil; n = n.Parent {
		if n.Data == tag {
			return true
		}
	}
	return false
}

func textIn(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		b.WriteString(textIn(child))
	}
	return b.String()
}
