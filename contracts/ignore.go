package contracts

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/goldenpath/platform/internal/fault"
)

// IgnoreRule makes the gate show what it finds about a service without counting
// it, until the rule expires. It never speaks for the service asked about.
type IgnoreRule struct {
	ID        string // "" for one that came with a question
	Service   string
	Version   string // "" is every version, and the service as a whole
	Owner     string // who answers for it
	Reason    string
	ExpiresAt time.Time
	CreatedAt time.Time
	CreatedBy string // who made it
}

// Expired reports whether the rule counts no longer.
func (r IgnoreRule) Expired(now time.Time) bool {
	return !r.ExpiresAt.IsZero() && !now.Before(r.ExpiresAt)
}

// Subject is what the rule ignores, in the form ParseIgnores reads.
func (r IgnoreRule) Subject() string {
	if r.Version == "" {
		return r.Service
	}
	return r.Service + ":" + r.Version
}

// Until is when the rule ends, for people: with its zone, because the machine of
// whoever reads it may be in another than the one of whoever wrote it.
func (r IgnoreRule) Until() string { return r.ExpiresAt.UTC().Format("2006-01-02 15:04 UTC") }

// ParseIgnores reads SERVICE or SERVICE:VERSION, each. Names of services may have
// colons, and so may versions: the longest service that is known is meant. Nothing
// before or after the colon is a mistake: it would ignore more than was meant.
func (b *Broker) ParseIgnores(ctx context.Context, texts []string) ([]IgnoreRule, error) {
	names := []string{}
	for _, text := range texts {
		names = append(names, text)
		for at, c := range text {
			if c == ':' {
				names = append(names, text[:at])
			}
		}
	}
	known := map[string]bool{}
	if len(names) > len(texts) { // without a colon there is nothing to find out
		list, err := b.store.Pacticipants(ctx, PacticipantFilter{Names: names})
		if err != nil {
			return nil, err
		}
		for _, p := range list {
			known[p.Name] = true
		}
	}
	rules := make([]IgnoreRule, len(texts))
	for i, text := range texts {
		rules[i] = splitIgnore(text, known)
		if r := rules[i]; strings.TrimSpace(r.Service) == "" || (r.Service != text && strings.TrimSpace(r.Version) == "") {
			return nil, errIgnoresTooMuch(text)
		}
	}
	return rules, nil
}

func errIgnoresTooMuch(text string) error {
	missing := "service before the colon"
	if service, _, colon := strings.Cut(text, ":"); !colon {
		missing = "service"
	} else if strings.TrimSpace(service) != "" {
		missing = "version after the colon"
	}
	return fault.New(fault.Invalid, "%q cannot be ignored: there is no %s.", text, missing).
		WithHint("Write SERVICE:VERSION, or SERVICE for all its versions. A variable may be empty.").WithField("ignore", "has no %s", missing)
}

// splitIgnore takes what is before the first colon for the service, when none is
// known.
func splitIgnore(text string, known map[string]bool) IgnoreRule {
	if known[text] {
		return IgnoreRule{Service: text}
	}
	for at := strings.LastIndexByte(text, ':'); at >= 0; at = strings.LastIndexByte(text[:at], ':') {
		if known[text[:at]] {
			return IgnoreRule{Service: text[:at], Version: text[at+1:]}
		}
	}
	service, version, _ := strings.Cut(text, ":")
	return IgnoreRule{Service: service, Version: version}
}

// IgnoreRules lists stored rules, oldest first, expired ones included.
func (b *Broker) IgnoreRules(ctx context.Context) ([]IgnoreRule, error) {
	return b.store.IgnoreRules(ctx)
}

// longestIgnored is how long a rule counts at most. One without an end would be a yes that
// nobody remembers.
const longestIgnored = 366 * 24 * time.Hour

// AddIgnoreRule stores a rule under a fresh id. It needs a service that is known,
// an owner, a reason, and an end in the future. Without a version the service may
// be one of those that ParseIgnores reads.
func (b *Broker) AddIgnoreRule(ctx context.Context, r IgnoreRule) (IgnoreRule, error) {
	now := b.clock()
	r.ID, r.CreatedAt, r.ExpiresAt = "", now, r.ExpiresAt.UTC().Truncate(time.Microsecond)
	bad := fault.New(fault.Invalid, "An ignore rule needs a service, an owner, a reason and an end.")
	wrong := false
	for _, f := range []struct{ name, value string }{{"service", r.Service}, {"owner", r.Owner}, {"reason", r.Reason}} {
		if strings.TrimSpace(f.value) == "" {
			wrong, bad = true, bad.WithField(f.name, "is missing")
		}
	}
	switch {
	case !r.ExpiresAt.After(now):
		wrong, bad = true, bad.WithField("expires_at", "is not in the future")
	case r.ExpiresAt.After(now.Add(longestIgnored)):
		wrong, bad = true, bad.WithField("expires_at", "is more than a year ahead: whoever still needs the rule then decides it again")
	}
	if wrong {
		return IgnoreRule{}, bad
	}
	for _, err := range []error{checkPlain("version", r.Version), checkPlain("owner", r.Owner), checkText("reason", r.Reason)} {
		if err != nil {
			return IgnoreRule{}, err
		}
	}
	err := b.unit.InTx(ctx, func(ctx context.Context) error {
		if r.Version == "" {
			parsed, err := b.ParseIgnores(ctx, []string{r.Service})
			if err != nil {
				return err
			}
			r.Service, r.Version = parsed[0].Service, parsed[0].Version
		}
		if _, err := b.Pacticipant(ctx, r.Service); err != nil {
			return err
		}
		id, err := uuid.NewV7()
		if err != nil {
			return err
		}
		r.ID = id.String()
		return b.store.InsertIgnoreRule(ctx, r)
	})
	return r, err
}

// RemoveIgnoreRule deletes a stored rule and returns what it was, or
// fault.NotFound.
func (b *Broker) RemoveIgnoreRule(ctx context.Context, id string) (removed IgnoreRule, err error) {
	err = b.unit.InTx(ctx, func(ctx context.Context) error {
		rules, err := b.store.IgnoreRules(ctx)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(rules, func(r IgnoreRule) bool { return r.ID == id })
		if at < 0 {
			return fault.New(fault.NotFound, "There is no ignore rule %s.", id).WithHint("See which there are: platform contracts ignore list")
		}
		removed = rules[at]
		return b.store.DeleteIgnoreRule(ctx, id)
	})
	return removed, err
}
