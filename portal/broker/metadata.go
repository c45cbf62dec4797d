package broker

import (
	"encoding/base64"
	"net/url"
	"strconv"
	"strings"

	"github.com/goldenpath/platform/contracts"
)

// metadata travels in the address of a pact to the results published for it: what
// selected the pact, and whether it was pending or work in progress. To clients
// it is opaque.
type metadata struct {
	selected []contracts.SelectedBy
	versions []int64
	number   string
	pending  *bool
	wip      bool
}

// encode writes the metadata as the Pact Broker does: a nested query in base64.
func (m metadata) encode() string {
	var parts []string
	add := func(key, value string) { parts = append(parts, url.QueryEscape(key)+"="+url.QueryEscape(value)) }
	for _, s := range m.selected {
		if s.Selector.Branch != "" {
			add("s[][b]", s.Selector.Branch)
		}
		if s.Selector.Tag != "" {
			add("s[][t]", s.Selector.Tag)
		}
		if s.Selector.Latest || s.Selector.MainBranch || s.Branch != "" {
			add("s[][l]", "true")
		}
		if s.Environment.Name != "" {
			add("s[][e]", s.Environment.Name)
		}
		add("s[][cv]", strconv.FormatInt(s.Version.ID, 10))
	}
	for _, id := range m.versions {
		add("cv", strconv.FormatInt(id, 10))
	}
	if m.number != "" {
		add("cvn", m.number)
	}
	if m.pending != nil {
		add("p", strconv.FormatBool(*m.pending))
	}
	if m.wip {
		add("w", "true")
	}
	return base64.RawURLEncoding.EncodeToString([]byte(strings.Join(parts, "&")))
}

// decodeMetadata reads what encode wrote; what it cannot read is empty, because
// an address without context is still an address.
func decodeMetadata(s string) metadata {
	text, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(s, "="))
	if err != nil {
		return metadata{}
	}
	q, err := parseNested(string(text))
	if err != nil {
		return metadata{}
	}
	m := metadata{number: q.text("cvn"), wip: q.text("w") == "true"}
	if p := q.text("p"); p != "" {
		pending := p == "true"
		m.pending = &pending
	}
	for _, item := range q.list("s") {
		if s, ok := item.(nested); ok {
			m.addVersion(s.text("cv"))
		}
	}
	m.addVersion(q.text("cv"))
	return m
}

func (m *metadata) addVersion(id string) {
	if n, err := strconv.ParseInt(id, 10, 64); err == nil && n > 0 {
		m.versions = append(m.versions, n)
	}
}
