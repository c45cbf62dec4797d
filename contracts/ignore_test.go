package contracts_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/fault"
)

func TestIgnoreRulesAreRefusedWithEveryReason(t *testing.T) {
	t.Parallel()
	soon := time.Now().Add(time.Hour)
	tests := []struct {
		name   string
		rule   contracts.IgnoreRule
		code   fault.Code
		fields []string
	}{
		{"nothing is given", contracts.IgnoreRule{}, fault.Invalid, []string{"service", "owner", "reason", "expires_at"}},
		{"a version with a control character", contracts.IgnoreRule{Service: "orders", Version: "1\x1b[2J", Owner: "checkout", Reason: "r", ExpiresAt: soon}, fault.Invalid, []string{"version"}},
		{"an owner with a control character", contracts.IgnoreRule{Service: "orders", Owner: "a\x1b[2Jb", Reason: "r", ExpiresAt: soon}, fault.Invalid, []string{"owner"}},
		{"a reason that no database keeps", contracts.IgnoreRule{Service: "orders", Owner: "checkout", Reason: "a\x00", ExpiresAt: soon}, fault.Invalid, []string{"reason"}},
		{"blanks are nothing", contracts.IgnoreRule{Service: " ", Owner: "\t", Reason: " ", ExpiresAt: soon}, fault.Invalid, []string{"service", "owner", "reason"}},
		{"it has ended", contracts.IgnoreRule{Service: "inventory", Owner: "a", Reason: "b", ExpiresAt: time.Now().Add(-time.Second)}, fault.Invalid, []string{"expires_at"}},
		{"it does not end", contracts.IgnoreRule{Service: "inventory", Owner: "a", Reason: "b", ExpiresAt: time.Now().AddDate(2, 0, 0)}, fault.Invalid, []string{"expires_at"}},
		{"nobody knows the service", contracts.IgnoreRule{Service: "ghost", Owner: "a", Reason: "b", ExpiresAt: soon}, fault.NotFound, nil},
		{"nobody knows the service of a version", contracts.IgnoreRule{Service: "ghost:1", Owner: "a", Reason: "b", ExpiresAt: soon}, fault.NotFound, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := journey(t)
			_, err := b.AddIgnoreRule(t.Context(), tt.rule)
			f := fault.From(err)
			if err == nil || f.Code != tt.code {
				t.Fatalf("got %v, want %s", err, tt.code)
			}
			var fields []string
			for _, field := range f.Fields {
				fields = append(fields, field.Name)
			}
			if diff := cmp.Diff(tt.fields, fields); diff != "" {
				t.Errorf("fields (-want +got):\n%s", diff)
			}
			if rules, err := b.IgnoreRules(t.Context()); err != nil || len(rules) != 0 {
				t.Errorf("there are %+v, %v, want none", rules, err)
			}
		})
	}
}

func TestAnIgnoreRuleComesAndGoes(t *testing.T) {
	t.Parallel()
	b := journey(t)
	verify(t, b, "i1", map[string]string{inStock: contracts.Failed})
	made, err := b.AddIgnoreRule(t.Context(), contracts.IgnoreRule{
		ID: "chosen by a client", Service: "inventory:i1", Owner: "checkout", Reason: "it leaves", ExpiresAt: time.Now().Add(time.Hour), CreatedBy: "ada",
	})
	if err != nil {
		t.Fatal(err)
	}
	if made.Service != "inventory" || made.Version != "i1" || made.ID == "" || made.ID == "chosen by a client" || made.CreatedAt.IsZero() || made.CreatedBy != "ada" {
		t.Errorf("made %+v", made)
	}
	if a := ask(t, b, "orders", "o1"); a.Verdict != contracts.Yes || a.Reasons[0].IgnoredBy == nil || len(a.Rules) != 1 || a.Rules[0].Reasons != 1 {
		t.Errorf("with the rule: %s, %+v, %+v", a.Verdict, a.Reasons, a.Rules)
	}
	gone, err := b.RemoveIgnoreRule(t.Context(), made.ID)
	if err != nil || gone.ID != made.ID {
		t.Errorf("removed %+v, %v", gone, err)
	}
	if a := ask(t, b, "orders", "o1"); a.Verdict != contracts.No {
		t.Errorf("without the rule: %s", a.Verdict)
	}
	if _, err := b.RemoveIgnoreRule(t.Context(), made.ID); !fault.Is(err, fault.NotFound) || fault.From(err).Hint == "" {
		t.Errorf("removed twice: %v", err)
	}
}

func TestRulesAreReadWithColonsInNames(t *testing.T) {
	t.Parallel()
	b := newBroker()
	publish(t, b, "1", "main", "shop:orders", "inventory", "x")
	publish(t, b, "1", "main", "shop", "inventory", "x")
	for text, want := range map[string]contracts.IgnoreRule{
		"inventory":            {Service: "inventory"},
		"inventory:2":          {Service: "inventory", Version: "2"},
		"inventory:sha256:12":  {Service: "inventory", Version: "sha256:12"},
		"shop":                 {Service: "shop"},
		"shop:1":               {Service: "shop", Version: "1"},
		"shop:orders":          {Service: "shop:orders"},
		"shop:orders:1":        {Service: "shop:orders", Version: "1"},
		"shop:orders:sha256:1": {Service: "shop:orders", Version: "sha256:1"},
		"ghost:a:b":            {Service: "ghost", Version: "a:b"},
	} {
		got, err := b.ParseIgnores(t.Context(), []string{text})
		if err != nil || len(got) != 1 || got[0] != want {
			t.Errorf("%q is read as %+v, %v; want %+v", text, got, err, want)
		}
		if text != "ghost:a:b" && want.Subject() != text {
			t.Errorf("%+v is written %q, want %q", want, want.Subject(), text)
		}
	}
}

func TestARuleDoesNotIgnoreMoreThanWasMeant(t *testing.T) {
	t.Parallel()
	b := journey(t)
	for text, want := range map[string]string{
		"":             "no service",
		" ":            "no service",
		":2":           "no service before the colon",
		"inventory:":   "no version after the colon",
		"inventory: ":  "no version after the colon",
		"ghost:":       "no version after the colon",
		"inventory:1:": "",
	} {
		rules, err := b.ParseIgnores(t.Context(), []string{"inventory", text})
		f := fault.From(err)
		if want == "" {
			if err != nil || rules[1] != (contracts.IgnoreRule{Service: "inventory", Version: "1:"}) {
				t.Errorf("%q is read as %+v, %v", text, rules, err)
			}
			continue
		}
		if err == nil || f.Code != fault.Invalid || !strings.Contains(f.Message, want+".") || f.Hint == "" {
			t.Errorf("%q is read as %+v, %v; want that there is %s", text, rules, err, want)
		}
	}
	_, err := b.AddIgnoreRule(t.Context(), contracts.IgnoreRule{Service: "inventory:", Owner: "a", Reason: "b", ExpiresAt: time.Now().Add(time.Hour)})
	if !fault.Is(err, fault.Invalid) {
		t.Errorf("a rule for no version: %v", err)
	}
}

func TestTheEndOfARuleHasAZone(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("somewhere", 2*60*60)
	rule := contracts.IgnoreRule{ExpiresAt: time.Date(2027, 2, 1, 0, 0, 0, 0, zone)}
	if got := rule.Until(); got != "2027-01-31 22:00 UTC" {
		t.Errorf("until %s", got)
	}
	for at, want := range map[time.Time]bool{rule.ExpiresAt.Add(-time.Nanosecond): false, rule.ExpiresAt: true} {
		if rule.Expired(at) != want {
			t.Errorf("expired at %s: %t", at, !want)
		}
	}
}

func TestWhatLeavesCountsNoLonger(t *testing.T) {
	t.Parallel()
	in := func(d contracts.Deployment) contracts.Deployment { d.Environment = "production"; return d }
	tests := []struct {
		name   string
		leave  contracts.Deployment
		ended  bool // its support; otherwise it is undeployed
		code   fault.Code
		says   string // in the hint
		answer contracts.Verdict
	}{
		{name: "the default instance", leave: in(contracts.Deployment{Service: "inventory"}), answer: contracts.No},
		{name: "a named instance", leave: in(contracts.Deployment{Service: "inventory", ApplicationInstance: "blue"}), answer: contracts.Yes},
		{name: "an instance that is not there", leave: in(contracts.Deployment{Service: "inventory", ApplicationInstance: "red"}), code: fault.NotFound, says: "i2 under --application-instance blue", answer: contracts.No},
		{name: "a service that is not there", leave: in(contracts.Deployment{Service: "orders"}), code: fault.NotFound, says: "No version of orders is deployed there.", answer: contracts.No},
		{name: "a service nobody knows", leave: in(contracts.Deployment{Service: "ghost"}), code: fault.NotFound, says: "Publish its pacts", answer: contracts.No},
		{name: "an environment nobody knows", leave: contracts.Deployment{Service: "inventory", Environment: "moon"}, code: fault.NotFound, says: "production", answer: contracts.No},
		{name: "the support of a version", ended: true, leave: in(contracts.Deployment{Service: "inventory", Version: "i3"}), answer: contracts.No},
		{name: "the support of one that is only deployed", ended: true, leave: in(contracts.Deployment{Service: "inventory", Version: "i1"}), code: fault.NotFound, says: "There are: i3.", answer: contracts.No},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := journey(t) // inventory i1 keeps the pact; i2 beside it breaks it, i3 keeps it
			verify(t, b, "i2", map[string]string{inStock: contracts.Failed})
			place(t, b, contracts.Deployed, "inventory", "i2", "blue")
			verify(t, b, "i3", kept())
			place(t, b, contracts.Released, "inventory", "i3", "")
			end := b.RecordUndeployment
			if tt.ended {
				end = b.RecordSupportEnded
			}
			d, err := end(t.Context(), tt.leave)
			if tt.code != "" {
				if f := fault.From(err); err == nil || f.Code != tt.code || !strings.Contains(f.Hint, tt.says) {
					t.Errorf("got %v with hint %q, want %s with %q", err, f.Hint, tt.code, tt.says)
				}
			} else if err != nil || d.Current || d.EndedAt.IsZero() || d.Service != "inventory" {
				t.Errorf("ended %+v, %v", d, err)
			}
			if a := ask(t, b, "orders", "o1"); a.Verdict != tt.answer {
				t.Errorf("afterwards the gate says %s, want %s: %+v", a.Verdict, tt.answer, a.Reasons)
			}
			if tt.code == "" {
				if _, err := end(t.Context(), tt.leave); !fault.Is(err, fault.NotFound) {
					t.Errorf("twice: %v", err)
				}
			}
		})
	}
}
