package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// unfollowed is the header in which libpact compares where an answer leads. It
// follows each Location it can read, also to other hosts and where the pact says
// that the answer is a redirect, and there is no option against it.
const unfollowed = "Location-Not-Followed"

// redirects knows which requests of a pact expect a redirect.
type redirects struct {
	expected map[string]bool // by method and path
}

// hideLocations returns the pact with Location renamed in what it expects.
func hideLocations(content []byte) (redirects, []byte, error) {
	r := redirects{expected: map[string]bool{}}
	var fields map[string]any
	in := json.NewDecoder(bytes.NewReader(content))
	in.UseNumber()
	if err := in.Decode(&fields); err != nil {
		return r, nil, fmt.Errorf("parse the pact: %w", err)
	}
	list, _ := fields["interactions"].([]any)
	for _, item := range list {
		interaction, _ := item.(map[string]any)
		request, _ := interaction["request"].(map[string]any)
		response, _ := interaction["response"].(map[string]any)
		if response == nil {
			continue
		}
		method, _ := request["method"].(string)
		path, _ := request["path"].(string)
		if status, ok := response["status"].(json.Number); ok && strings.HasPrefix(status.String(), "3") {
			r.expected[strings.ToUpper(method)+" "+path] = true
		}
		for _, key := range []string{"headers", "matchingRules", "generators"} {
			rename(response[key])
		}
	}
	out, err := json.Marshal(fields)
	return r, out, err
}

// aLocation is the path to the header in matching rules of specification 2.
var aLocation = regexp.MustCompile(`(?i)^(\$\.headers?(?:\.|\[['"]))location\b`)

// rename renames the header among the keys of headers or rules, and of the rules
// for headers among them.
func rename(rules any) {
	named, _ := rules.(map[string]any)
	for key, value := range named {
		to := aLocation.ReplaceAllString(key, "${1}"+unfollowed)
		switch {
		case strings.EqualFold(key, "location"):
			to = unfollowed
		case key == "header" || key == "headers":
			rename(value)
		}
		if to != key {
			delete(named, key)
			named[to] = value
		}
	}
}

// hold copies an answer's Location to where it is compared. It leaves a redirect
// that libpact may follow: within the provider, through us, where the pact expects
// something else than a redirect.
func (r redirects) hold(provider *url.URL) func(*http.Response) error {
	base := strings.TrimRight(provider.Path, "/")
	return func(answer *http.Response) error {
		location := answer.Header.Get("Location")
		if location == "" {
			return nil
		}
		answer.Header.Set(unfollowed, location)
		if answer.StatusCode < 300 || answer.StatusCode > 399 {
			return nil
		}
		asked := answer.Request
		to, err := asked.URL.Parse(location)
		within := err == nil && to.Scheme == provider.Scheme && to.Host == provider.Host && strings.HasPrefix(to.Path, base+"/")
		if !within || r.expected[asked.Method+" "+strings.TrimPrefix(asked.URL.Path, base)] {
			answer.Header.Del("Location")
			return nil
		}
		answer.Header.Set("Location", (&url.URL{Path: strings.TrimPrefix(to.Path, base), RawQuery: to.RawQuery}).String())
		return nil
	}
}

// shown gives the header its name back in what people read.
func shown(results json.RawMessage) json.RawMessage {
	return bytes.ReplaceAll(results, []byte(unfollowed), []byte("Location"))
}
