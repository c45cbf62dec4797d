package access_test

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/internal/access"
	"github.com/goldenpath/platform/internal/access/accesstest"
	"github.com/goldenpath/platform/internal/fault"
)

// clock is a time that tests move by hand.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

func newAccess(t *testing.T) (*access.Access, *accesstest.Store, *clock) {
	t.Helper()
	c := &clock{time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}
	store := accesstest.NewStore()
	return access.New(store, access.Options{Now: c.Now, ResolveUser: func(_ context.Context, text string) (string, error) {
		if text != "ada" {
			return "", fault.New(fault.NotFound, "There is no user %s.", text)
		}
		return "user:default/ada", nil
	}}), store, c
}

func create(t *testing.T, a *access.Access, n access.NewToken) (access.Token, string) {
	t.Helper()
	token, secret, err := a.CreateToken(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	return token, secret
}

func TestTokensThatCannotBe(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		ask  access.NewToken
		code fault.Code
		says string
	}{
		{"no name", access.NewToken{Name: "  ", Scopes: []string{"read"}}, fault.Invalid, "A token's name says what uses it"},
		{"a name that looks like an entity", access.NewToken{Name: "user:default/ada", Scopes: []string{"read"}}, fault.Invalid, "A token's name says"},
		{"a name of two lines", access.NewToken{Name: "a\nb", Scopes: []string{"read"}}, fault.Invalid, "A token's name says"},
		{"a long name", access.NewToken{Name: strings.Repeat("x", 101), Scopes: []string{"read"}}, fault.Invalid, "A token's name says"},
		{"no scope", access.NewToken{Name: "x"}, fault.Invalid, "A token needs a scope."},
		{"a scope nobody knows", access.NewToken{Name: "x", Scopes: []string{"root"}}, fault.Invalid, `There is no scope "root".`},
		{"the past", access.NewToken{Name: "x", Scopes: []string{"read"}, ExpiresAt: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}, fault.Invalid, "The token would expire before it exists."},
		{"a user nobody knows", access.NewToken{Name: "x", Scopes: []string{"read"}, User: "bob"}, fault.NotFound, "There is no user bob."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a, store, _ := newAccess(t)
			_, secret, err := a.CreateToken(t.Context(), tt.ask)
			if !fault.Is(err, tt.code) || !strings.HasPrefix(err.Error(), tt.says) || secret != "" {
				t.Errorf("got %v", err)
			}
			if list, _ := store.Tokens(t.Context()); len(list) != 0 {
				t.Errorf("it was made all the same: %v", list)
			}
		})
	}
}

func TestASecretFindsItsToken(t *testing.T) {
	t.Parallel()
	a, store, _ := newAccess(t)
	made, secret := create(t, a, access.NewToken{Name: " orders ci ", Scopes: []string{"write", "write"}, User: "ada"})
	if !regexp.MustCompile(`^gp_[a-z2-7]{16}_[A-Za-z0-9_-]{43}$`).MatchString(secret) {
		t.Errorf("the secret is %q", secret)
	}
	if made.Name != "orders ci" || made.User != "user:default/ada" || made.Actor() != "user:default/ada" || len(made.Scopes) != 1 {
		t.Errorf("made %+v", made)
	}
	_, hash, err := store.Token(t.Context(), made.ID)
	if err != nil || len(hash) != 32 || strings.Contains(secret, string(hash)) {
		t.Errorf("stored hash %x, %v", hash, err)
	}
	got, err := a.Authenticate(t.Context(), secret)
	if diff := cmp.Diff(made, got); err != nil || diff != "" {
		t.Errorf("%v -made +got:\n%s", err, diff)
	}
}

func TestSecretsThatOpenNothing(t *testing.T) {
	t.Parallel()
	a, _, _ := newAccess(t)
	made, secret := create(t, a, access.NewToken{Name: "ci", Scopes: []string{"read"}})
	_, other := create(t, a, access.NewToken{Name: "other", Scopes: []string{"admin"}})
	key := other[strings.LastIndex(other[:22], "_"):]
	answers := map[string]bool{}
	for _, wrong := range []string{
		"", "gp_", "gp__", "gp_" + made.ID, "gp_" + made.ID + "_", "gp_" + made.ID + "_wrong", "gp_aaaaaaaaaaaaaaaa_wrong",
		"gp_" + made.ID + key, secret[:len(secret)-1], secret + "x", strings.ToUpper(secret), " " + secret, "x" + secret,
	} {
		_, err := a.Authenticate(t.Context(), wrong)
		if !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("%q: %v", wrong, err)
			continue
		}
		answers[err.Error()+fault.From(err).Hint] = true
	}
	if len(answers) != 1 {
		t.Errorf("the answers tell what exists: %v", answers)
	}
}

func TestTokensEnd(t *testing.T) {
	t.Parallel()
	a, _, c := newAccess(t)
	_, short := create(t, a, access.NewToken{Name: "short", Scopes: []string{"read"}, ExpiresAt: c.now.Add(time.Hour)})
	long, secret := create(t, a, access.NewToken{Name: "long", Scopes: []string{"read"}})
	c.now = c.now.Add(time.Hour - time.Microsecond)
	if _, err := a.Authenticate(t.Context(), short); err != nil {
		t.Errorf("just before: %v", err)
	}
	c.now = c.now.Add(time.Microsecond)
	if _, err := a.Authenticate(t.Context(), short); !fault.Is(err, fault.Unauthenticated) || !strings.Contains(err.Error(), "expired on 2026-11-24") {
		t.Errorf("at its end: %v", err)
	}
	if err := a.RevokeToken(t.Context(), long.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Authenticate(t.Context(), secret); !fault.Is(err, fault.Unauthenticated) || !strings.Contains(err.Error(), "was revoked") {
		t.Errorf("revoked: %v", err)
	}
	if err := a.RevokeToken(t.Context(), "nothing"); !fault.Is(err, fault.NotFound) {
		t.Errorf("revoke what is not there: %v", err)
	}
}

// touches counts writes of the last use.
type touches struct {
	*accesstest.Store
	count int
}

func (s *touches) TouchToken(ctx context.Context, id string, used time.Time) error {
	s.count++
	return s.Store.TouchToken(ctx, id, used)
}

func TestTheLastUseIsWrittenOnceAMinute(t *testing.T) {
	t.Parallel()
	c := &clock{time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}
	store := &touches{Store: accesstest.NewStore()}
	a := access.New(store, access.Options{Now: c.Now})
	made, secret := create(t, a, access.NewToken{Name: "ci", Scopes: []string{"read"}})
	for range 120 {
		if _, err := a.Authenticate(t.Context(), secret); err != nil {
			t.Fatal(err)
		}
		c.now = c.now.Add(time.Second)
	}
	got, _, err := store.Token(t.Context(), made.ID)
	if err != nil || store.count != 2 || !got.LastUsedAt.Equal(c.now.Add(-time.Minute)) {
		t.Errorf("%d writes, last %v, %v", store.count, got.LastUsedAt, err)
	}
}

func TestSessions(t *testing.T) {
	t.Parallel()
	a, store, c := newAccess(t)
	begin := c.now
	week := 7 * 24 * time.Hour
	token, key := create(t, a, access.NewToken{Name: "laptop", Scopes: []string{"write"}})
	_, brief := create(t, a, access.NewToken{Name: "brief", Scopes: []string{"write"}, ExpiresAt: begin.Add(time.Hour)})
	login := func(key string, want time.Time) string {
		t.Helper()
		secret, _, expires, err := a.Login(t.Context(), key)
		if err != nil || !expires.Equal(want) {
			t.Fatalf("expires %v, want %v: %v", expires, want, err)
		}
		return secret
	}
	first, second := login(key, begin.Add(week)), login(key, begin.Add(week))
	guest := login(brief, begin.Add(time.Hour))
	if first == second || strings.HasPrefix(first, access.Prefix) {
		t.Errorf("secrets %q and %q", first, second)
	}
	if _, err := store.Session(t.Context(), first); !fault.Is(err, fault.NotFound) {
		t.Error("the store finds a session by its secret, not by its hash")
	}
	good := func(secret string, want bool) {
		t.Helper()
		got, err := a.AuthenticateSession(t.Context(), secret)
		if (err == nil) != want || (err != nil && !fault.Is(err, fault.Unauthenticated)) || (want && got.Actor() == "") {
			t.Errorf("good is %v, want %v: %v", err == nil, want, err)
		}
	}
	good(first, true)
	good(guest, true)
	good("", false)
	good(key, false)
	c.now = begin.Add(time.Hour)
	good(guest, false)
	if err := a.Logout(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	good(first, false)
	good(second, true)
	c.now = begin.Add(week)
	good(second, false)
	c.now = begin
	if err := a.RevokeToken(t.Context(), token.ID); err != nil {
		t.Fatal(err)
	}
	good(second, false)
	if _, _, _, err := a.Login(t.Context(), key); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("a revoked token signs in: %v", err)
	}
}

func TestTheAuditLogKeepsWhatItIsTold(t *testing.T) {
	t.Parallel()
	a, _, c := newAccess(t)
	for _, subject := range []string{"orders", strings.Repeat("ä", 400), "zero\x00 broken\xff"} {
		if err := a.Record(t.Context(), access.AuditEntry{Actor: "ada", Action: "createService", Subject: subject, Outcome: "ok"}); err != nil {
			t.Fatal(err)
		}
	}
	entries, next, err := a.ListAudit(t.Context(), access.AuditQuery{Actor: "ada", Limit: 1000})
	if err != nil || next != "" || len(entries) != 3 {
		t.Fatal(entries, next, err)
	}
	want := []string{"zero\uFFFD broken\uFFFD", strings.Repeat("ä", 250) + "…", "orders"}
	for i, e := range entries {
		if e.Subject != want[i] || !e.Time.Equal(c.now) || e.ID == "" {
			t.Errorf("entry %d is %+v", i, e)
		}
	}
	if _, _, err := a.ListAudit(t.Context(), access.AuditQuery{Cursor: "x"}); !fault.Is(err, fault.Invalid) {
		t.Errorf("a cursor that is none: %v", err)
	}
}

func TestAnEntryOfAnOlderVersionShowsNoSecret(t *testing.T) {
	t.Parallel()
	a, store, c := newAccess(t)
	if err := store.InsertAudit(t.Context(), access.AuditEntry{
		ID: "01890000-0000-7000-8000-000000000001", Time: c.now, Actor: "ada", Action: "registerProvider",
		Subject: "inventory at http://ada:hush@inventory.test?key=hush", Outcome: "invalid", Detail: `token t · "ftp://ada:hush@inventory.test" is not the address of a provider.`,
	}); err != nil {
		t.Fatal(err)
	}
	entries, _, err := a.ListAudit(t.Context(), access.AuditQuery{})
	if err != nil || len(entries) != 1 {
		t.Fatal(entries, err)
	}
	if e := entries[0]; e.Subject != "inventory at http://ada:xxxxx@inventory.test" || e.Detail != `token t · "ftp://ada:xxxxx@inventory.test" is not the address of a provider.` {
		t.Errorf("got %+v", e)
	}
}
