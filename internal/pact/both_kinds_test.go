package pact_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/pact"
)

const (
	sold       = "a product was sold"
	soldRight  = `{"sku": "A1", "left": 9}`
	productOld = `{"description": "a product", "request": {"method": "GET", "path": "/products/%s"}, "response": {"status": 200, "body": {"stock": 3}}}`
)

// bothKinds is a pact with requests and messages in lists of their own.
func bothKinds(version, requests, messages string) pact.Pact {
	content := fmt.Sprintf(`{"consumer": {"name": "billing"}, "provider": {"name": "inventory"}, "interactions": %s, "messages": %s,
		"metadata": {"pactSpecification": {"version": %q}}}`, requests, messages, version)
	return pact.Pact{SHA: "sha-of-billing", Consumer: "billing", Content: []byte(content)}
}

// TestRequestsBesideMessages verifies pacts of which libpact itself looks at the
// messages alone, and calls that a success.
func TestRequestsBesideMessages(t *testing.T) {
	t.Parallel()
	right, wrong := "["+fmt.Sprintf(productOld, "A1")+"]", "["+fmt.Sprintf(productOld, "none")+"]"
	message := "[" + soldMessage + "]"
	for _, tt := range []struct {
		name     string
		pact     pact.Pact
		messages map[string]string // nil when the provider produces none
		want     []string
	}{
		{"both kept", bothKinds("3.0.0", right, message), map[string]string{sold: soldRight}, []string{"a product passed", sold + " passed"}},
		{"a request broken", bothKinds("3.0.0", wrong, message), map[string]string{sold: soldRight}, []string{"a product failed", sold + " passed"}},
		{"a message broken", bothKinds("3.0.0", right, message), map[string]string{sold: `{"left": "many"}`}, []string{"a product passed", sold + " failed"}},
		{"nobody knows where messages are", bothKinds("3.0.0", right, message), nil, []string{"a product passed", sold + " unknown"}},
		{"no requests", bothKinds("3.0.0", "[]", message), map[string]string{sold: soldRight}, []string{sold + " passed"}},
		{"no messages", bothKinds("3.0.0", wrong, "[]"), nil, []string{"a product failed"}},
		{"messages of null", bothKinds("3.0.0", wrong, "null"), nil, []string{"a product failed"}},
		{"a list that specification 4 does not have", bothKinds("4.0", "["+productHTTP+"]", message), map[string]string{sold: soldRight}, []string{"a product passed", sold + " unknown"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			wantResults(t, verified(t, realVerifier(t), askProducer(t, tt.messages, tt.pact))[0], tt.want...)
		})
	}
}

// wantResults expects a result per interaction, and a success if all passed.
func wantResults(t *testing.T, got pact.PactResult, want ...string) {
	t.Helper()
	var results []string
	success := true
	for _, in := range got.Interactions {
		results = append(results, in.Description+" "+in.Status)
		success = success && in.Status == contracts.Passed
	}
	if diff := cmp.Diff(want, results); diff != "" {
		t.Fatalf("results (-want +got):\n%s\n%+v\n%s", diff, got, got.Log)
	}
	if got.Success != success {
		t.Errorf("success %v of %q", got.Success, results)
	}
}

// TestAMessageWithSeveralAnswers has messages of which libpact reads one answer and
// compares it with all that are expected.
func TestAMessageWithSeveralAnswers(t *testing.T) {
	t.Parallel()
	answers := func(description string, list ...string) string {
		var written []string
		for _, body := range list {
			written = append(written, `{"contents": {"content": `+body+`, "contentType": "application/json", "encoded": false}}`)
		}
		return fmt.Sprintf(`{"type": "Synchronous/Messages", "description": %q, "request": {"contents": {"content": 1, "contentType": "application/json", "encoded": false}},
			"response": [%s]}`, description, strings.Join(written, ","))
	}
	r := askProducer(t, map[string]string{"one": `{"a": 1}`, "two": `{"a": 1}`},
		messagePact("4.0", "interactions", answers("two", `{"a": 1}`, `{"a": 2}`), answers("one", `{"a": 1}`)))
	got := verified(t, realVerifier(t), r)[0]
	wantResults(t, got, "two unknown", "one passed")
	if why := `"two" expects 2 answers to its message; only one can be verified here.`; got.Problem != why || got.Interactions[0].Mismatches[0] != why {
		t.Errorf("problem %q, %q, want %q", got.Problem, got.Interactions[0].Mismatches, why)
	}
}

// TestAPendingInteractionThatFails is a failure here, as it is in what libpact
// publishes: that libpact calls the whole a success all the same is for the build.
func TestAPendingInteractionThatFails(t *testing.T) {
	t.Parallel()
	newOne := strings.Replace(productHTTP, `"description": "a product"`, `"pending": true, "description": "a new one"`, 1)
	for name, tt := range map[string]struct {
		path string
		want []string
	}{
		"it is not there yet": {"/none", []string{"a product passed", "a new one failed"}},
		"it is there":         {"/products/A1", []string{"a product passed", "a new one passed"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := request(producer(t, nil), messagePact("4.0", "interactions", productHTTP, strings.Replace(newOne, "/products/A1", tt.path, 1)))
			got := verified(t, realVerifier(t), r)[0]
			wantResults(t, got, tt.want...)
			if got.Problem != "" || got.Interactions[0].Pending || !got.Interactions[1].Pending {
				t.Errorf("%+v", got)
			}
		})
	}
}
