package access

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/goldenpath/platform/internal/fault"
)

// AuditEntry is one write that somebody made, or tried to make.
type AuditEntry struct {
	ID        string
	Time      time.Time
	Actor     string
	Action    string
	Subject   string
	RequestID string
	Outcome   string
	Detail    string
}

// AuditQuery asks for a page of the audit log, newest first.
type AuditQuery struct {
	Actor  string
	Limit  int
	Cursor string
}

const (
	defaultAudit = 50
	maxAudit     = 200
	maxAuditText = 500 // of each text of an entry: what a client sends must not fill the log
)

// Record adds an entry to the log. Nothing changes or removes one.
func (a *Access) Record(ctx context.Context, e AuditEntry) error {
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	e.ID, e.Time = id.String(), a.now()
	for _, text := range []*string{&e.Actor, &e.Action, &e.Subject, &e.RequestID, &e.Outcome, &e.Detail} {
		*text = cut(*text)
	}
	return a.store.InsertAudit(ctx, e)
}

// cut keeps a text short and valid: PostgreSQL takes no zero byte and no
// broken UTF-8.
func cut(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
	if len(text) <= maxAuditText {
		return text
	}
	end := maxAuditText
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}

// ListAudit returns a page of the log; next is the cursor of the following one.
func (a *Access) ListAudit(ctx context.Context, q AuditQuery) (entries []AuditEntry, next string, err error) {
	if q.Limit <= 0 {
		q.Limit = defaultAudit
	}
	q.Limit = min(q.Limit, maxAudit)
	if q.Cursor != "" {
		if _, err := uuid.Parse(q.Cursor); err != nil {
			return nil, "", fault.New(fault.Invalid, "The cursor is not one of the audit log's.").
				WithField("cursor", "is not known").WithHint("Begin again without a cursor.").WithCause(err)
		}
	}
	if entries, next, err = a.store.Audit(ctx, q); err != nil {
		return nil, "", err
	}
	for i := range entries { // older versions wrote addresses as they were given
		entries[i].Subject, entries[i].Detail = fault.Addresses(entries[i].Subject), fault.Addresses(entries[i].Detail)
	}
	return entries, next, nil
}
