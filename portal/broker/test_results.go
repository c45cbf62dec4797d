package broker

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/goldenpath/platform/contracts"
)

// resultsOf reads what a client's test results say, in the shapes that clients
// send; the sources named are theirs.
//
//   - [{"interactionId", "success", "interactionDescription", "mismatches",
//     "exceptions"}] comes from Pact's core in Rust (pact_verifier/src/pact_broker.rs,
//     build_payload) and so from Pact for JavaScript, Go, Python, .NET, PHP and Ruby 2,
//     and from Pact-JVM (PactBrokerClient.kt, buildPayload). With a success every
//     interaction has an item with its id and true; earlier Pact-JVM sends no results
//     then. The core says success with an empty list when a filter left no
//     interaction or the pact could not be verified (src/lib.rs, publish_to_broker).
//   - {"tests": [{"testDescription", "status", "interactionDescription",
//     "interactionProviderState", "exception", "differences", "actualBody"}],
//     "summary": {"testCount", "failureCount"}} comes from Pact for Ruby 1 and all that
//     wrapped it (verification_results/create.rb, rspec/pact_broker_formatter.rb), with
//     several tests for an interaction. Earlier ones call them examples, exampleCount.
//   - {"examples": [{"description", "status"}], "summary": {"failure_count"}} is the
//     JSON of RSpec, also of Pact's (rspec/json_formatter.rb), whose "pending" is a
//     failure that was ignored.
//   - {"result", "errors", "pendingErrors"} is the report the core writes to a file
//     (verifier-results.schema.json).
//
// It returns nil when they say nothing about interactions and name no failure: such
// a client is believed. A failure counts whatever it is about, for it must not stand
// beside a success. What the provider answered (actualBody and the like) is not
// read: it may well say "failed".
func resultsOf(testResults any) []contracts.InteractionResult {
	var r reading
	r.value(testResults, true)
	failed := func(result contracts.InteractionResult) bool { return result.Status == contracts.Failed }
	switch {
	case len(r.whole) > 0 && !slices.ContainsFunc(r.results, failed):
		return append(r.results, contracts.InteractionResult{Description: r.whole[0], Status: contracts.Failed, Mismatches: r.whole[1:]})
	case len(r.results) == 0 && r.lists && r.items == 0:
		return []contracts.InteractionResult{} // nothing ran
	default:
		return r.results
	}
}

// reading is what was read so far: the results of interactions and tests, and what
// says that something failed without saying what.
type reading struct {
	results []contracts.InteractionResult
	whole   []string
	lists   bool
	items   int
}

func (r *reading) value(value any, top bool) {
	switch value := value.(type) {
	case []any:
		r.lists = true
		r.items += len(value)
		for _, item := range value {
			r.value(item, false)
		}
	case map[string]any:
		r.object(value, top)
	default:
		if word(value) == contracts.Failed {
			r.whole = append(r.whole, fmt.Sprintf("a result is %v", value))
		}
	}
}

// object reads a result, or what holds a list of them.
func (r *reading) object(object map[string]any, top bool) {
	fields := fieldsOf(object)
	status, verdicts, why := fields.outcome()
	result := contracts.InteractionResult{
		ID: fields.text("interactionid"), Description: fields.text("interactiondescription"), State: fields.text("interactionproviderstate"),
		Status: cmp.Or(status, contracts.StatusUnknown), Mismatches: why,
	}
	named := result.ID != "" || result.Description != ""
	switch {
	case top && !named && status == contracts.Failed:
		r.whole = append(append(r.whole, verdicts...), why...)
	case named || status == contracts.Failed || status == contracts.StatusUnknown:
		if !named {
			result.Description = cmp.Or(fields.text("testfulldescription"), fields.text("testdescription"), fields.text("fulldescription"),
				fields.text("description"), fields.text("name"), "a result without a name")
		}
		r.results = append(r.results, result)
	}
	for _, f := range fields {
		switch f.name {
		case "tests", "examples", "results", "testresults", "interactions", "interactionresults", "assertionresults":
			r.value(f.value, false)
		case "summary", "stats":
			r.summary(f.value)
		}
	}
}

// summary reads how many failed, and whether any ran. Its other numbers are counts,
// too: a success of 0 is no failure there.
func (r *reading) summary(value any) {
	object, _ := value.(map[string]any)
	for _, f := range fieldsOf(object) {
		switch number, isNumber := f.value.(float64); {
		case f.name == "testcount" || f.name == "examplecount":
			r.lists = r.lists || isNumber && number == 0
		case isNumber && !f.isFailure():
		default:
			if status, verdicts, why := (fields{f}).outcome(); status == contracts.Failed {
				r.whole = append(append(r.whole, verdicts...), why...)
			}
		}
	}
}

// field is one of an object: its name without case, hyphens and underscores, since
// failureCount, failure_count and FailureCount say the same.
type field struct {
	key, name string
	value     any
}

type fields []field

func fieldsOf(object map[string]any) fields {
	plain := strings.NewReplacer("_", "", "-", "")
	out := make(fields, 0, len(object))
	for _, key := range slices.Sorted(maps.Keys(object)) {
		out = append(out, field{key, strings.ToLower(plain.Replace(key)), object[key]})
	}
	return out
}

func (fs fields) text(name string) string {
	for _, f := range fs {
		if text, is := f.value.(string); is && f.name == name {
			return text
		}
	}
	return ""
}

// outcome is what an object says of itself, empty when nothing, and where it says
// that it failed: its verdicts, and what was wrong. Of several words the worst
// counts.
func (fs fields) outcome() (status string, verdicts, why []string) {
	said := map[string]bool{}
	for _, f := range fs {
		switch {
		case f.isVerdict():
			found := word(f.value)
			said[found] = true
			if found == contracts.Failed {
				verdicts = append(verdicts, fmt.Sprintf("%s is %v", f.key, f.value))
			}
		case f.isFailure() && says(f.value):
			said[contracts.Failed] = true
			why = append(why, f.reasons()...)
		}
	}
	for _, status := range []string{contracts.Failed, contracts.StatusUnknown, contracts.Passed} {
		if said[status] {
			return status, verdicts, why
		}
	}
	return "", nil, nil
}

func (f field) isVerdict() bool {
	switch f.name {
	case "success", "successful", "succeeded", "passed", "ok", "status", "teststatus", "result", "outcome":
		return true
	}
	return false
}

// isFailure reports whether a field says that something failed when it holds
// anything: a number, a text, a list.
func (f field) isFailure() bool {
	switch f.name {
	case "mismatches", "differences", "exceptions", "exception", "exceptionmessage",
		"errors", "pendingerrors", "error", "errormessage", "errorcount", "errorsoutsideofexamplescount",
		"failed", "failures", "failurecount", "failedcount", "failuremessage", "failuremessages":
		return true
	}
	return false
}

func (f field) reasons() []string {
	switch value := f.value.(type) {
	case []any:
		out := make([]string, len(value))
		for i, item := range value {
			out[i] = mismatchText(item)
		}
		return out
	case map[string]any:
		return []string{mismatchText(value)}
	default:
		return []string{fmt.Sprintf("%s is %v", f.key, value)}
	}
}

// word reads a verdict in whatever form: true, "passed", 1. It is empty for what is
// none, and unknown for a test that did not run.
func word(value any) string {
	switch value := value.(type) {
	case bool:
		if value {
			return contracts.Passed
		}
		return contracts.Failed
	case float64:
		return map[float64]string{0: contracts.Failed, 1: contracts.Passed}[value]
	case string:
		text := strings.ToLower(strings.TrimSpace(value))
		switch text {
		case "passed", "pass", "success", "successful", "succeeded", "true", "yes", "ok", "1":
			return contracts.Passed
		case "false", "no", "0", "ko", "not ok", "broken", "unsuccessful", "timedout", "timeout", "aborted", "crashed":
			return contracts.Failed
		case "pending", "skipped", "ignored", "disabled", "todo", "unknown":
			return contracts.StatusUnknown
		}
		if strings.HasPrefix(text, "fail") || strings.HasPrefix(text, "err") {
			return contracts.Failed
		}
	}
	return ""
}

// says reports whether a field for failures holds one.
func says(value any) bool {
	switch value := value.(type) {
	case bool:
		return value
	case float64:
		return value != 0
	case string:
		return !slices.Contains([]string{"", "0", "false", "no", "none", "null"}, strings.ToLower(strings.TrimSpace(value)))
	case []any:
		return len(value) > 0
	case map[string]any:
		return len(value) > 0
	}
	return false
}
