package accesstest

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/goldenpath/platform/internal/access"
	"github.com/goldenpath/platform/internal/fault"
)

// TestStore checks that a store keeps the promises of access.Store. The tests
// bear sharing one store.
func TestStore(t *testing.T, open func(t *testing.T) access.Store) {
	t.Helper()
	for name, test := range map[string]func(t *testing.T, s access.Store){
		"a token comes back as it was stored":      tokenRoundTrip,
		"a token that is not there is a fault":     tokenNotThere,
		"tokens are listed, the newest first":      tokensListed,
		"a token is revoked once":                  tokenRevoked,
		"a session comes back and goes":            sessions,
		"expired sessions are swept":               sweep,
		"the audit log pages, the newest first":    auditPages,
		"the audit log takes whatever people type": auditTexts,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

// moment is a time with as many digits as both databases keep.
func moment() time.Time { return time.Date(2026, 3, 4, 5, 6, 7, 89000, time.UTC) }

func newID(t *testing.T) string {
	t.Helper()
	id, err := uuid.NewV7()
	if err != nil {
		t.Fatal(err)
	}
	return id.String()
}

func insertToken(t *testing.T, s access.Store, token access.Token) access.Token {
	t.Helper()
	if token.ID == "" {
		token.ID = newID(t)
	}
	if token.Scopes == nil {
		token.Scopes = []string{access.ScopeRead}
	}
	if token.CreatedAt.IsZero() {
		token.CreatedAt = moment()
	}
	if err := s.InsertToken(t.Context(), token, []byte{0, 1, 255}); err != nil {
		t.Fatalf("InsertToken: %v", err)
	}
	return token
}

func tokenRoundTrip(t *testing.T, s access.Store) {
	for _, want := range []access.Token{
		{Name: "bare"},
		{
			Name: "orders ci · ß", Scopes: []string{"read", "write"}, User: "user:default/ada",
			ExpiresAt: moment().Add(time.Hour), LastUsedAt: moment().Add(time.Minute), RevokedAt: moment().Add(2 * time.Minute),
		},
	} {
		want = insertToken(t, s, want)
		got, hash, err := s.Token(t.Context(), want.ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" || !bytes.Equal(hash, []byte{0, 1, 255}) {
			t.Errorf("hash %v, token -want +got:\n%s", hash, diff)
		}
	}
}

func tokenNotThere(t *testing.T, s access.Store) {
	id := newID(t)
	_, _, get := s.Token(t.Context(), id)
	for what, err := range map[string]error{
		"Token":       get,
		"TouchToken":  s.TouchToken(t.Context(), id, moment()),
		"RevokeToken": s.RevokeToken(t.Context(), id, moment()),
	} {
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: %v, want not found", what, err)
		}
	}
}

func tokensListed(t *testing.T, s access.Store) {
	old := insertToken(t, s, access.Token{Name: "old"})
	young := insertToken(t, s, access.Token{Name: "young", CreatedAt: moment().Add(time.Second)})
	list, err := s.Tokens(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	place := map[string]int{}
	for i, token := range list {
		place[token.ID] = i + 1
	}
	if place[young.ID] == 0 || place[old.ID] < place[young.ID] {
		t.Errorf("young is at %d, old at %d", place[young.ID], place[old.ID])
	}
}

func tokenRevoked(t *testing.T, s access.Store) {
	token := insertToken(t, s, access.Token{Name: "ci"})
	first, used := moment().Add(time.Hour), moment().Add(time.Minute)
	for _, err := range []error{
		s.TouchToken(t.Context(), token.ID, used),
		s.RevokeToken(t.Context(), token.ID, first),
		s.RevokeToken(t.Context(), token.ID, first.Add(time.Hour)),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	got, _, err := s.Token(t.Context(), token.ID)
	if err != nil || !got.RevokedAt.Equal(first) || !got.LastUsedAt.Equal(used) {
		t.Errorf("revoked at %v, used at %v, %v", got.RevokedAt, got.LastUsedAt, err)
	}
}

func sessions(t *testing.T, s access.Store) {
	token := insertToken(t, s, access.Token{Name: "laptop"})
	want := access.Session{Hash: newID(t), TokenID: token.ID, CreatedAt: moment(), ExpiresAt: time.Now().Add(time.Hour).UTC().Truncate(time.Microsecond)}
	if err := s.InsertSession(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	got, err := s.Session(t.Context(), want.Hash)
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Fatalf("%v, -want +got:\n%s", err, diff)
	}
	for range 2 { // the second time there is none, which is no error
		if err := s.DeleteSession(t.Context(), want.Hash); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Session(t.Context(), want.Hash); !fault.Is(err, fault.NotFound) {
		t.Errorf("got %v, want not found", err)
	}
}

func sweep(t *testing.T, s access.Store) {
	token := insertToken(t, s, access.Token{Name: "laptop"})
	gone := access.Session{Hash: newID(t), TokenID: token.ID, CreatedAt: moment(), ExpiresAt: moment()}
	stays := access.Session{Hash: newID(t), TokenID: token.ID, CreatedAt: moment(), ExpiresAt: moment().Add(time.Microsecond)}
	for _, session := range []access.Session{gone, stays} {
		if err := s.InsertSession(t.Context(), session); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.DeleteSessionsExpiredBy(t.Context(), moment()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Session(t.Context(), gone.Hash); !fault.Is(err, fault.NotFound) {
		t.Errorf("what has expired is still there: %v", err)
	}
	if _, err := s.Session(t.Context(), stays.Hash); err != nil {
		t.Errorf("what has not is gone: %v", err)
	}
}

func auditPages(t *testing.T, s access.Store) {
	actor := "user:default/" + newID(t)
	var ids []string
	for i := range 5 {
		e := access.AuditEntry{ID: newID(t), Time: moment().Add(time.Duration(i) * time.Second), Actor: actor, Action: "createToken"}
		ids = append(ids, e.ID)
		if err := s.InsertAudit(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	cursor, pages := "", 0
	for {
		entries, next, err := s.Audit(t.Context(), access.AuditQuery{Actor: actor, Limit: 2, Cursor: cursor})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			got = append(got, e.ID)
		}
		if pages++; next == "" || pages > 3 {
			break
		}
		cursor = next
	}
	if diff := cmp.Diff([]string{ids[4], ids[3], ids[2], ids[1], ids[0]}, got); diff != "" || pages != 3 {
		t.Errorf("%d pages, -want +got:\n%s", pages, diff)
	}
	if entries, next, err := s.Audit(t.Context(), access.AuditQuery{Limit: 1}); err != nil || len(entries) != 1 || next == "" {
		t.Errorf("everybody's first entry: %v, %q, %v", entries, next, err)
	}
}

func auditTexts(t *testing.T, s access.Store) {
	want := access.AuditEntry{
		ID: newID(t), Time: moment(), Actor: "ada'; DROP TABLE tokens; --", Action: "POST /create/:path", Subject: "größer \"so\"\n日本",
		RequestID: "r", Outcome: "ok", Detail: "`x`",
	}
	if err := s.InsertAudit(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	entries, _, err := s.Audit(t.Context(), access.AuditQuery{Actor: want.Actor, Limit: 10})
	if err != nil || len(entries) == 0 {
		t.Fatal(entries, err)
	}
	if diff := cmp.Diff(want, entries[0]); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
