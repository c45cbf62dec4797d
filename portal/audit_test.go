package portal

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/internal/access"
	"github.com/goldenpath/platform/internal/access/accesstest"
)

func TestEveryWriteIsInTheAuditLog(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, line string
		want       AuditEntry // the zero entry: none
	}{
		{"the API", `POST /api/v1/services {"name":"orders"}`, AuditEntry{Action: "createService", Subject: "orders", Outcome: "ok"}},
		{"the API, with a path", "DELETE /api/v1/tokens/t1", AuditEntry{Action: "revokeToken", Subject: "t1", Outcome: "not_found", Detail: `There is no token "t1".`}},
		{"the API refuses", `POST /api/v1/services {"name":"taken"}`, AuditEntry{Action: "createService", Subject: "taken", Outcome: "conflict", Detail: "The name is taken."}},
		{"the API does not understand", `POST /api/v1/services {"nam":"x"}`, AuditEntry{Action: "createService", Outcome: "invalid", Detail: "The request is not as the API describes it."}},
		{"a page", "POST /runs/r1/retry", AuditEntry{Action: "POST /runs/:id/retry", Subject: "r1", Outcome: "ok"}},
		{"a form", "POST /create/go-http name=orders", AuditEntry{Action: "POST /create/:path", Subject: "go-http orders", Outcome: "ok"}},
		{"a form that is refused", "POST /admin/locations target=relative", AuditEntry{Action: "POST /admin/locations", Subject: "relative", Outcome: "invalid"}},
		{"a page that fails", "POST /admin/tokens/t1/revoke", AuditEntry{Action: "POST /admin/tokens/:id/revoke", Subject: "t1", Outcome: "not_found", Detail: `There is no token "t1".`}},
		{"the broker", "PUT /broker/pacticipants/x/versions/1/tags/dev {}", AuditEntry{Action: "PUT /broker", Subject: "/pacticipants/x/versions/1/tags/dev", Outcome: "ok"}},
		{"the broker refuses", "DELETE /broker/pacticipants/nothing", AuditEntry{Action: "DELETE /broker", Subject: "/pacticipants/nothing", Outcome: "not_found"}},
		{"Backstage's API", "DELETE /api/catalog/entities/by-uid/u1", AuditEntry{Action: "DELETE /api/catalog/entities/by-uid/:uid", Subject: "u1", Outcome: "ok"}},
		{"Backstage's API, with a body", `POST /api/catalog/locations {"type":"file","target":"/nowhere"}`, AuditEntry{Action: "POST /api/catalog/locations", Subject: "/nowhere", Outcome: "not_found", Detail: "There is no file or folder /nowhere."}},
		{"a location that is only tried", `POST /api/catalog/locations?dryRun=true {"type":"file","target":"/nowhere"}`, AuditEntry{}},
		{"a query to Backstage's API", `POST /api/catalog/entities/by-query {}`, AuditEntry{}},
		{"an address with a password", `PUT /api/v1/contracts/providers/inventory {"url":"http://ada:hush@inventory.test?key=hush"}`, AuditEntry{Action: "registerProvider", Subject: "inventory at http://ada:xxxxx@inventory.test", Outcome: "ok"}},
		{"a form with such an address", "POST /admin/locations target=https://hush@github.com/acme/x", AuditEntry{Action: "POST /admin/locations", Subject: "https://xxxxx@github.com/acme/x", Outcome: "ok"}},
		{"a push", "POST /git/orders.git/git-receive-pack x", AuditEntry{Action: "git push", Subject: "orders", Outcome: "ok"}},
		{"a fetch", "POST /git/orders.git/git-upload-pack x", AuditEntry{}},
		{"a read", "GET /api/v1/runs", AuditEntry{}},
		{"a read that is long", `POST /api/v1/services/plan {"name":"x"}`, AuditEntry{}},
		{"a question to the broker", "POST /broker/pacts/provider/p/for-verification {}", AuditEntry{}},
		{"a check of a form", "POST /create/go-http/check name=x", AuditEntry{}},
		{"a preference", "POST /preferences theme=dark", AuditEntry{}},
		{"an address that is none", "POST /nothing x=y", AuditEntry{}},
		{"another site", "POST /runs/r1/cancel", AuditEntry{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, nil)
			headers := []string{"X-Request-ID: request-0001"}
			if tt.name == "another site" {
				headers = append(headers, "Sec-Fetch-Site: cross-site")
			}
			answer := s.ask(t, tt.line, headers...)
			var want []AuditEntry
			if tt.want.Action != "" {
				tt.want.Actor, tt.want.RequestID = "me", "request-0001"
				want = []AuditEntry{tt.want}
			}
			got := s.entries(t)
			for i := range got {
				if got[i].ID == "" || got[i].Time.IsZero() {
					t.Errorf("entry %d is %+v", i, got[i])
				}
				got[i].ID, got[i].Time = "", tt.want.Time
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("answered %d %s\n-want +got:\n%s", answer.Code, answer.Body, diff)
			}
		})
	}
}

func TestTheAuditLogKnowsWhoEvenWhenTheyMayNot(t *testing.T) {
	t.Parallel()
	s := newSite(t, exposed)
	token, secret := s.token(t, "read")
	bearer := "Authorization: Bearer " + secret
	s.ask(t, `POST /api/v1/services {"name":"x"}`)
	s.ask(t, `POST /api/v1/services {"name":"x"}`, bearer)
	s.ask(t, "POST /runs/r1/cancel", bearer)
	s.ask(t, "POST /git/orders.git/git-receive-pack x", bearer)
	s.ask(t, "DELETE /broker/pacticipants/x", bearer)
	s.ask(t, "POST /login token="+secret)
	var got []string
	for _, e := range s.entries(t) {
		got = append([]string{e.Actor + " " + e.Action + " " + e.Outcome}, got...)
		if !strings.HasPrefix(e.Detail, "token "+token.ID) {
			t.Errorf("%s does not say with which token: %q", e.Action, e.Detail)
		}
	}
	want := []string{
		"reader createService forbidden", "reader POST /runs/:id/cancel forbidden", "reader git push forbidden",
		"reader DELETE /broker forbidden", "reader POST /login ok",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// lostStore keeps no audit log.
type lostStore struct{ *accesstest.Store }

func (lostStore) InsertAudit(context.Context, access.AuditEntry) error {
	return errors.New("disk full")
}

func TestAnEntryThatIsLostIsLoud(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(o *Options) { o.Access = access.New(lostStore{accesstest.NewStore()}, access.Options{}) })
	if answer := s.ask(t, `POST /api/v1/services {"name":"orders"}`); answer.Code != 202 {
		t.Errorf("answered %d", answer.Code)
	}
	log := s.log.String()
	for _, want := range []string{`"level":"ERROR"`, "AUDIT ENTRY LOST", "disk full", `"action":"createService"`, `"subject":"orders"`, `"actor":"me"`} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %s:\n%s", want, log)
		}
	}
}

// busyStore writes an entry when it is let.
type busyStore struct {
	*accesstest.Store
	free chan struct{}
}

func (b busyStore) InsertAudit(ctx context.Context, e access.AuditEntry) error {
	select {
	case <-b.free:
		return b.Store.InsertAudit(ctx, e)
	case <-ctx.Done():
		return ctx.Err()
	}
}

func TestAnEntryWaitsForABusyDatabaseAndItsAnswerDoesNot(t *testing.T) {
	t.Parallel()
	kept := busyStore{accesstest.NewStore(), make(chan struct{})}
	s := newSite(t, func(o *Options) {
		o.Access = access.New(kept, access.Options{})
		o.Limits.AuditTime = time.Millisecond
	})
	if answer := s.ask(t, `POST /api/v1/services {"name":"orders"}`); answer.Code != 202 {
		t.Errorf("answered %d", answer.Code)
	}
	if log := s.log.String(); !strings.Contains(log, `"level":"WARN"`) || !strings.Contains(log, "the database is busy") || strings.Contains(log, "LOST") {
		t.Errorf("the log does not say that the entry is late:\n%s", log)
	}
	gaveUp, cancel := context.WithCancel(t.Context())
	cancel()
	s.Settle(gaveUp) // does not wait longer than it may
	close(kept.free)
	s.Settle(t.Context())
	if got := s.entries(t); len(got) != 1 || got[0].Action != "createService" {
		t.Errorf("the log has %+v", got)
	}
}

func TestNoSecretIsWrittenDown(t *testing.T) {
	t.Parallel()
	s := newSite(t, exposed)
	_, secret := s.token(t, "admin")
	login := s.ask(t, "POST /login?token="+secret+" token="+secret)
	session := cookieOf(t, login, "platform_session").Value
	s.ask(t, "GET /", "Cookie: platform_session="+session)
	s.ask(t, "GET /api/v1/me", "Authorization: Bearer "+secret)
	s.ask(t, "GET /api/v1/me", "Authorization: Bearer gp_wrong_"+secret[3:])
	s.ask(t, "PUT /broker/pacticipants/x/versions/1/tags/dev {}", basic(secret))
	s.ask(t, "GET /nothing?token="+secret, "Authorization: Bearer "+secret)
	s.ask(t, "GET /catalog/component/default/panic?token="+secret, "Authorization: Bearer "+secret)
	made := s.ask(t, "POST /admin/tokens name=ci&scope=read", "Authorization: Bearer "+secret)
	_, shown, found := strings.Cut(made.Body.String(), access.Prefix)
	if !found {
		t.Fatalf("no secret is shown: %s", made.Body)
	}
	key := func(s string) string { return s[len(s)-40:] }
	for what, hidden := range map[string]string{"token": key(secret), "session": session, "new token": key(strings.TrimSpace(shown))} {
		if strings.Contains(s.log.String(), hidden) {
			t.Errorf("the log has the %s:\n%s", what, s.log.String())
		}
		for _, e := range s.entries(t) {
			if strings.Contains(e.Subject+e.Detail+e.Action+e.Actor, hidden) {
				t.Errorf("the audit log has the %s: %+v", what, e)
			}
		}
	}
}
