package pact

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/fault"
)

// prepared is a part of a pact as the helper gets it, and its interactions for
// people. The helper gets only those that can be verified; the others have a reason,
// by their place in the list. The problem says why none can, "" if some can.
type prepared struct {
	body         []byte
	interactions []contracts.Interaction
	unverified   map[int]string
	problem      string
}

// prepare gives every interaction its id, and a reason to what cannot be verified.
// Each list of a pact is a part of its own, because libpact reads one of them. The
// pact may come from anyone, so it must not lead the verifier to another host or
// start plugins of this machine.
func prepare(content []byte, messages bool) []prepared {
	doc, err := contracts.ParsePact("", content)
	if err == nil {
		err = doc.Check("")
	}
	if err != nil {
		return []prepared{{problem: whole(err)}}
	}
	none := prepared{interactions: doc.People()}
	if names := plugins(content); len(names) > 0 {
		none.problem = fmt.Sprintf("The pact needs the Pact plugin %s; pacts with plugins cannot be verified here.", strings.Join(names, ", "))
	}
	if len(none.interactions) == 0 {
		none.problem = "The pact has no interactions, so there is nothing a provider could keep or break."
	}
	if none.problem != "" {
		return []prepared{none}
	}
	var parts []prepared
	for _, part := range doc.Parts() {
		parts = append(parts, preparePart(part, messages))
	}
	return parts
}

func preparePart(doc *contracts.Document, messages bool) prepared {
	ready := prepared{body: doc.WithIDs(), interactions: doc.People(), unverified: map[int]string{}}
	if strings.HasPrefix(doc.Specification, "4") && hasMessages(ready.body) {
		ready.problem = "The pact has a list of messages; in specification 4, which it follows, messages are interactions, so nothing verifies that list."
		return ready
	}
	problem := ""
	for i, in := range ready.interactions {
		if why := unverifiable(in, messages); why != "" {
			ready.unverified[i] = why
			problem = why
		}
	}
	switch len(ready.unverified) {
	case 0:
		return ready
	case len(ready.interactions):
		ready.problem = problem
		return ready
	}
	var err error
	if ready.body, err = without(ready.body, ready.unverified); err != nil {
		ready.problem = "The pact cannot be taken apart: " + err.Error() + "."
	}
	return ready
}

// unverifiable says why an interaction cannot be verified, "" for one that can.
func unverifiable(in contracts.Interaction, messages bool) string {
	switch {
	case in.Kind == contracts.SyncMessage && !messages, in.Kind == contracts.Message && !messages:
		return fmt.Sprintf("%q is about a message, and nobody said where the provider produces messages.", in.Description)
	case in.Responses > 1: // libpact asks for one message, and compares it with all of them
		return fmt.Sprintf("%q expects %d answers to its message; only one can be verified here.", in.Description, in.Responses)
	case in.Kind != contracts.HTTP:
		return ""
	case !strings.HasPrefix(in.Path, "/"):
		return fmt.Sprintf("%q asks for the path %q; a path begins with a slash.", in.Description, in.Path)
	case in.Status == 0:
		return fmt.Sprintf("%q does not say which status it expects.", in.Description)
	}
	return ""
}

// without leaves out the interactions at some places of a pact.
func without(body []byte, places map[int]string) ([]byte, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil {
		return nil, err
	}
	for _, key := range []string{"interactions", "messages"} {
		var list, kept []json.RawMessage
		if err := json.Unmarshal(fields[key], &list); err != nil || list == nil {
			continue // the part has the other list
		}
		for i, item := range list {
			if places[i] == "" {
				kept = append(kept, item)
			}
		}
		var err error
		if fields[key], err = json.Marshal(kept); err != nil {
			return nil, err
		}
		break
	}
	return json.Marshal(fields)
}

// hasMessages reports whether a pact has a list of messages. A verifier of
// specification 4 does not read it.
func hasMessages(body []byte) bool {
	var pact struct {
		Messages json.RawMessage `json:"messages"`
	}
	return json.Unmarshal(body, &pact) == nil && pact.Messages != nil
}

// whole is a fault with its fields in one line.
func whole(err error) string {
	f := fault.From(err)
	sentences := []string{f.Message}
	for _, field := range f.Fields {
		sentences = append(sentences, field.Name+" "+field.Message+".")
	}
	return strings.Join(sentences, " ")
}

// plugins returns the names of the plugins a pact asks for.
func plugins(body []byte) []string {
	var pact struct {
		Metadata struct {
			Plugins []struct {
				Name string `json:"name"`
			} `json:"plugins"`
		} `json:"metadata"`
	}
	if err := json.Unmarshal(body, &pact); err != nil {
		return nil // no plugins in a form libpact would understand
	}
	names := make([]string, len(pact.Metadata.Plugins))
	for i, p := range pact.Metadata.Plugins {
		names[i] = p.Name
	}
	return names
}
