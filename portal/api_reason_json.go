package portal

import (
	"encoding/json"
	"time"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/portal/api/types"
)

// reasonsJSON is a list of reasons as encoding/json writes it. A service with
// thousands of counterparts has as many, and describing each to encoding/json takes
// as long as finding it.
type reasonsJSON []contracts.Reason

// MarshalJSON implements json.Marshaler.
func (list reasonsJSON) MarshalJSON() ([]byte, error) {
	const perReason = 768 // bytes, about
	w := &reasonWriter{buf: make([]byte, 0, 2+perReason*len(list))}
	w.buf = append(w.buf, '[')
	for i := range list {
		if i > 0 {
			w.buf = append(w.buf, ',')
		}
		r := fromReason(&list[i])
		w.reason(&r)
	}
	w.buf = append(w.buf, ']')
	return w.buf, w.err
}

// reasonWriter writes reasons, each field in its place in the generated types.
type reasonWriter struct {
	buf []byte
	err error
}

func (w *reasonWriter) reason(r *types.Reason) {
	w.begin()
	w.optional("consumer", r.Consumer)
	w.optional("consumer_version", r.ConsumerVersion)
	if r.IgnoredBy != (types.IgnoreRule{}) {
		w.value("ignored_by", r.IgnoredBy)
	}
	if len(r.Interactions) > 0 {
		w.value("interactions", r.Interactions)
	}
	w.optional("next", r.Next)
	w.optional("provider", r.Provider)
	w.optional("provider_version", r.ProviderVersion)
	w.optionalTime("published_at", r.PublishedAt)
	w.text("rule", string(r.Rule))
	w.optional("sha", r.Sha)
	w.text("text", r.Text)
	if len(r.There) > 0 {
		w.key("there")
		w.buf = append(w.buf, '[')
		for i := range r.There {
			if i > 0 {
				w.buf = append(w.buf, ',')
			}
			w.deployment(&r.There[i])
		}
		w.buf = append(w.buf, ']')
	}
	w.text("verdict", string(r.Verdict))
	w.optional("verification_id", r.VerificationID)
	w.optionalTime("verified_at", r.VerifiedAt)
	w.end()
}

func (w *reasonWriter) deployment(d *types.Deployment) {
	w.begin()
	w.optional("application_instance", d.ApplicationInstance)
	w.time("deployed_at", d.DeployedAt)
	w.optionalTime("ended_at", d.EndedAt)
	w.text("environment", d.Environment)
	w.text("id", d.ID)
	w.text("kind", string(d.Kind))
	w.text("service", d.Service)
	w.text("version", d.Version)
	w.end()
}

func (w *reasonWriter) begin() { w.buf = append(w.buf, '{') }

func (w *reasonWriter) end() { w.buf = append(w.buf, '}') }

func (w *reasonWriter) key(name string) {
	if w.buf[len(w.buf)-1] != '{' {
		w.buf = append(w.buf, ',')
	}
	w.buf = append(w.buf, '"')
	w.buf = append(w.buf, name...)
	w.buf = append(w.buf, '"', ':')
}

// value writes what encoding/json has to be asked for.
func (w *reasonWriter) value(name string, value any) {
	text, err := json.Marshal(value)
	if err != nil {
		w.err = err
	}
	w.key(name)
	w.buf = append(w.buf, text...)
}

func (w *reasonWriter) optional(name, text string) {
	if text != "" {
		w.text(name, text)
	}
}

func (w *reasonWriter) text(name, text string) {
	for i := range len(text) {
		switch c := text[i]; {
		case c < ' ', c > '~', c == '"', c == '\\', c == '<', c == '>', c == '&':
			w.value(name, text) // something has to be escaped
			return
		}
	}
	w.key(name)
	w.buf = append(w.buf, '"')
	w.buf = append(w.buf, text...)
	w.buf = append(w.buf, '"')
}

func (w *reasonWriter) optionalTime(name string, t time.Time) {
	if !t.IsZero() {
		w.time(name, t)
	}
}

func (w *reasonWriter) time(name string, t time.Time) {
	if year := t.Year(); year < 0 || year > 9999 || t.Location() != time.UTC {
		w.value(name, t) // may be no time that JSON has
		return
	}
	w.key(name)
	w.buf = append(w.buf, '"')
	w.buf = t.AppendFormat(w.buf, time.RFC3339Nano)
	w.buf = append(w.buf, '"')
}
