package broker

import (
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
)

// link is a HAL link.
type link struct {
	Title     string `json:"title,omitempty"`
	Name      string `json:"name,omitempty"`
	Href      string `json:"href"`
	Templated bool   `json:"templated,omitempty"`
}

// links are HAL links by relation: a link or a list of them.
type links map[string]any

// selfLink is the one link of small things.
type selfLink struct {
	Self link `json:"self"`
}

func self(address string) selfLink { return selfLink{link{Href: address}} }

// curies documents the pb: relations.
func curies(base, context string) []link {
	return []link{{Name: "pb", Href: base + "/doc/{rel}?context=" + context, Templated: true}}
}

// urls makes addresses. Every name is escaped, slashes too.
type urls string

func (h *Handler) urls(c echo.Context) urls { return urls(h.base(c)) }

// esc escapes a name for a path. Reads may take the ending .json for a wish about
// the answer's form, so a name that ends like that has its dot escaped, too.
func esc(name string) string {
	escaped := url.PathEscape(name)
	if stem, is := strings.CutSuffix(escaped, jsonEnding); is {
		return stem + "%2Ejson"
	}
	return escaped
}

func (u urls) at(path string) string { return string(u) + path }

func (u urls) pacticipant(name string) string { return u.at("/pacticipants/" + esc(name)) }

func (u urls) version(name, number string) string {
	return u.pacticipant(name) + "/versions/" + esc(number)
}

func (u urls) tag(name, number, tag string) string {
	return u.version(name, number) + "/tags/" + esc(tag)
}

func (u urls) branch(name, branch string) string {
	return u.pacticipant(name) + "/branches/" + esc(branch)
}

func (u urls) branchVersion(name, branch, number string) string {
	return u.branch(name, branch) + "/versions/" + esc(number)
}

func (u urls) environment(id string) string { return u.at("/environments/" + esc(id)) }

func (u urls) provider(name string) string { return u.at("/pacts/provider/" + esc(name)) }

func (u urls) pair(consumer, provider string) string {
	return u.provider(provider) + "/consumer/" + esc(consumer)
}

func (u urls) pact(consumer, provider, number string) string {
	return u.pair(consumer, provider) + "/version/" + esc(number)
}

func (u urls) content(consumer, provider, sha string) string {
	return u.pair(consumer, provider) + "/pact-version/" + esc(sha)
}

// date is a time as the Pact Broker writes it; empty for none.
func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(dateForm)
}

const dateForm = "2006-01-02T15:04:05+00:00"

// day is a date for titles.
func day(t time.Time) string { return t.UTC().Format("02/01/2006") }
