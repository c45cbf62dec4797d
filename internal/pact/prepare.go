package pact

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/fault"
)

// prepared is a pact as the helper gets it, and its interactions for people.
type prepared struct {
	body         []byte
	interactions []contracts.Interaction
}

// prepare gives every interaction its id and refuses, in a sentence, what cannot
// be verified. The pact may come from anyone, so it must not lead the verifier
// to another host or start plugins of this machine.
func prepare(content []byte) (prepared, string) {
	doc, err := contracts.ParsePact("", content)
	if err == nil {
		err = doc.Check("")
	}
	if err != nil {
		return prepared{}, whole(err)
	}
	ready := prepared{body: doc.WithIDs(), interactions: doc.People()}
	if len(ready.interactions) == 0 {
		return ready, "The pact has no interactions, so there is nothing a provider could keep or break."
	}
	if names := plugins(ready.body); len(names) > 0 {
		return ready, fmt.Sprintf("The pact needs the Pact plugin %s; only plain HTTP pacts can be verified.", strings.Join(names, ", "))
	}
	for _, in := range ready.interactions {
		switch {
		case in.Kind != contracts.HTTP:
			return ready, fmt.Sprintf("%q is about a message; only pacts about HTTP can be verified.", in.Description)
		case !strings.HasPrefix(in.Path, "/"):
			return ready, fmt.Sprintf("%q asks for the path %q; a path begins with a slash.", in.Description, in.Path)
		case in.Status == 0:
			return ready, fmt.Sprintf("%q does not say which status it expects.", in.Description)
		}
	}
	return ready, ""
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
