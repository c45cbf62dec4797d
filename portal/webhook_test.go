package portal

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/catalog"
)

const webhookSecret = "a secret that only GitHub knows"

func signatureOf(secret, body string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(body))
	return "X-Hub-Signature-256: sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// toldCatalog notes what it is told.
type toldCatalog struct {
	events []catalog.RepositoryEvent
	err    error
}

// Changed notes an event.
func (c *toldCatalog) Changed(_ context.Context, e catalog.RepositoryEvent) ([]string, error) {
	c.events = append(c.events, e)
	return []string{"loc-1"}, c.err
}

func newWebhookSite(t *testing.T, secret string) (*site, *toldCatalog, *Webhooks) {
	t.Helper()
	told := &toldCatalog{}
	hooks := NewWebhooks(secret, told, slog.New(slog.DiscardHandler))
	return newSite(t, func(o *Options) { exposed(o); o.Webhooks = hooks }), told, hooks
}

const pushed = `{"ref":"refs/heads/main","repository":{"clone_url":"https://github.com/acme/orders.git","default_branch":"main"},
	"commits":[{"added":["a.yaml"],"removed":[],"modified":["b.go"]},{"removed":["c.md"]}]}`

func TestEventsFromGitHub(t *testing.T) {
	t.Parallel()
	orders := catalog.RepositoryEvent{Target: "https://github.com/acme/orders.git", DefaultBranch: "main"}
	with := func(change func(e *catalog.RepositoryEvent)) []catalog.RepositoryEvent {
		e := orders
		change(&e)
		return []catalog.RepositoryEvent{e}
	}
	for _, tt := range []struct {
		name, kind, body string
		status           int
		says             string
		want             []catalog.RepositoryEvent
		headers          []string // instead of those of GitHub
	}{
		{name: "a push", kind: "push", body: pushed, status: 202, says: "loc-1", want: with(func(e *catalog.RepositoryEvent) {
			e.Branch, e.Files = "main", []string{"a.yaml", "b.go", "c.md"}
		})},
		{name: "a push as a form", kind: "push", body: "payload=" + url.QueryEscape(pushed), status: 202, want: with(func(e *catalog.RepositoryEvent) {
			e.Branch, e.Files = "main", []string{"a.yaml", "b.go", "c.md"}
		})},
		{name: "a branch that was rewritten", kind: "push", body: strings.Replace(pushed, "{", `{"forced":true,`, 1), status: 202, want: with(func(e *catalog.RepositoryEvent) { e.Branch = "main" })},
		{name: "a tag", kind: "push", body: strings.Replace(pushed, "refs/heads/main", "refs/tags/v1", 1), status: 202, want: with(func(e *catalog.RepositoryEvent) {
			e.Branch, e.Files = "v1", []string{"a.yaml", "b.go", "c.md"}
		})},
		{name: "a repository that was renamed", kind: "repository", body: strings.Replace(pushed, "{", `{"action":"renamed",`, 1), status: 202, want: with(func(e *catalog.RepositoryEvent) { e.Listed = true })},
		{name: "a ping", kind: "ping", body: `{"zen":"x"}`, status: 202, says: "Events arrive"},
		{name: "an event that means nothing", kind: "star", body: `{}`, status: 202, says: "mean nothing"},
		{name: "no JSON", kind: "push", body: `{`, status: 400, says: "not valid JSON"},
		{name: "no repository", kind: "push", body: `{"ref":"refs/heads/main"}`, status: 400, says: "names no repository"},
		{name: "no signature", kind: "push", body: pushed, status: 401, says: "not signed", headers: []string{"X-GitHub-Delivery: 1"}},
		{name: "another's signature", kind: "push", body: pushed, status: 401, says: "not ours", headers: []string{signatureOf("guessed", pushed), "X-GitHub-Delivery: 1"}},
		{name: "the signature of something else", kind: "push", body: pushed, status: 401, says: "not ours", headers: []string{signatureOf(webhookSecret, "x"), "X-GitHub-Delivery: 1"}},
		{name: "the older signature", kind: "push", body: pushed, status: 401, says: "not ours", headers: []string{"X-Hub-Signature-256: sha1=00", "X-GitHub-Delivery: 1"}},
		{name: "no delivery", kind: "push", body: pushed, status: 400, says: "X-GitHub-Delivery", headers: []string{signatureOf(webhookSecret, pushed)}},
		{name: "more than an event may be", kind: "push", body: `{"x":"` + strings.Repeat("x", maxEvent) + `"}`, status: 413, says: "larger"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, told, _ := newWebhookSite(t, webhookSecret)
			headers := tt.headers
			if headers == nil {
				headers = []string{signatureOf(webhookSecret, tt.body), "X-GitHub-Delivery: 72d3162e"}
			}
			answer := s.ask(t, "POST "+webhookRoute+" "+tt.body, append(headers, "X-GitHub-Event: "+tt.kind)...)
			if answer.Code != tt.status || !strings.Contains(answer.Body.String(), tt.says) {
				t.Errorf("answer %d %s, want %d %q", answer.Code, answer.Body, tt.status, tt.says)
			}
			if diff := cmp.Diff(tt.want, told.events); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEventsCountOnce(t *testing.T) {
	t.Parallel()
	s, told, hooks := newWebhookSite(t, webhookSecret)
	now := time.Now()
	hooks.now = func() time.Time { return now }
	send := func(delivery string) int {
		return s.ask(t, "POST "+webhookRoute+" "+pushed, signatureOf(webhookSecret, pushed), "X-GitHub-Event: push", "X-GitHub-Delivery: "+delivery).Code
	}
	told.err = errors.New("the database is away")
	if code := send("1"); code != 500 {
		t.Errorf("an event that could not be taken: %d", code)
	}
	told.err = nil
	for range 3 {
		if code := send("1"); code != 202 {
			t.Errorf("sent again: %d", code)
		}
	}
	if len(told.events) != 2 {
		t.Errorf("%d events, want the one that failed and the one that did not", len(told.events))
	}
	now = now.Add(2 * deliveryTime)
	send("1")
	if len(told.events) != 3 {
		t.Errorf("%d events, want a third once the first is long ago", len(told.events))
	}
	for i := range 2 * maxDeliveries {
		hooks.fresh(strings.Repeat("x", 1+i%7) + time.Duration(i).String())
	}
	if len(hooks.seen) > maxDeliveries {
		t.Errorf("%d deliveries are remembered", len(hooks.seen))
	}
}

func TestWithoutASecretNoEventIsTaken(t *testing.T) {
	t.Parallel()
	s, told, _ := newWebhookSite(t, "")
	answer := s.ask(t, "POST "+webhookRoute+" "+pushed, signatureOf("", pushed), "X-GitHub-Event: push", "X-GitHub-Delivery: 1")
	if answer.Code != 403 || !strings.Contains(answer.Body.String(), "PLATFORM_GITHUB_WEBHOOK_SECRET") || len(told.events) != 0 {
		t.Errorf("answer %d %s", answer.Code, answer.Body)
	}
}
