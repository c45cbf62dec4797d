package pact_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/goldenpath/platform/internal/pact"
)

// messagePact writes a pact of a specification with interactions or messages as
// they are.
func messagePact(version, key string, list ...string) pact.Pact {
	content := fmt.Sprintf(`{"consumer": {"name": "billing"}, "provider": {"name": "inventory"}, %q: [%s],
		"metadata": {"pactSpecification": {"version": %q}}}`, key, strings.Join(list, ","), version)
	return pact.Pact{SHA: "sha-of-billing", Consumer: "billing", Content: []byte(content)}
}

const (
	soldMessage = `{"description": "a product was sold", "providerStates": [{"name": "something is for sale"}],
		"contents": {"sku": "A1", "left": 2}, "metaData": {"contentType": "application/json", "topic": "sales"},
		"matchingRules": {"body": {"$.left": {"combine": "AND", "matchers": [{"match": "integer"}]}}}}`
	soldAsync = `{"type": "Asynchronous/Messages", "description": "a product was sold",
		"contents": {"content": {"sku": "A1", "left": 2}, "contentType": "application/json", "encoded": false},
		"metadata": {"contentType": "application/json", "topic": "sales"},
		"matchingRules": {"body": {"$.left": {"combine": "AND", "matchers": [{"match": "integer"}]}}}}`
	priceSync = `{"type": "Synchronous/Messages", "description": "the price of a product",
		"request": {"contents": {"content": {"sku": "A1"}, "contentType": "application/json", "encoded": false}},
		"response": [{"contents": {"content": {"price": 3}, "contentType": "application/json", "encoded": false},
			"matchingRules": {"body": {"$.price": {"combine": "AND", "matchers": [{"match": "integer"}]}}}}]}`
	productHTTP = `{"type": "Synchronous/HTTP", "description": "a product",
		"request": {"method": "GET", "path": "/products/A1"},
		"response": {"status": 200, "body": {"content": {"stock": 3}, "contentType": "application/json", "encoded": false}}}`
)

// producer answers for a provider with an API and messages; metadata travels in a
// header, as Pact clients do it.
func producer(t *testing.T, messages map[string]string) string {
	t.Helper()
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch r.URL.Path {
		case "/products/A1":
			_, _ = io.WriteString(w, `{"stock": 3}`)
			return
		case "/states":
			return
		}
		var asked struct{ Description string }
		if err := json.NewDecoder(r.Body).Decode(&asked); err != nil || r.Header.Get("Authorization") != "Bearer m" {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		w.Header().Set("Pact-Message-Metadata", base64.StdEncoding.EncodeToString([]byte(`{"contentType":"application/json","topic":"sales"}`)))
		body, known := messages[asked.Description]
		if !known {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		if text, broken := strings.CutPrefix(body, "500 "); broken {
			body = text
			w.WriteHeader(http.StatusInternalServerError)
		}
		_, _ = io.WriteString(w, body)
	})
}

// askProducer asks for pacts to be verified against a producer; it says where messages
// are unless they are nil.
func askProducer(t *testing.T, messages map[string]string, pacts ...pact.Pact) pact.Request {
	t.Helper()
	address := producer(t, messages)
	r := request(address, pacts...)
	r.Headers = map[string]string{"Authorization": "Bearer m"}
	r.StateURL = address + "/states"
	if messages != nil {
		r.MessagesURL = address + "/_pact/messages"
	}
	return r
}

func TestMessages(t *testing.T) {
	t.Parallel()
	const sold, price = "a product was sold", "the price of a product"
	tests := []struct {
		name     string
		pact     pact.Pact
		messages map[string]string // nil when the provider produces none
		want     []string          // description, status
		why      string            // of the last interaction
	}{
		{"specification 3, kept", messagePact("3.0.0", "messages", soldMessage), map[string]string{sold: `{"sku": "A1", "left": 9}`}, []string{sold + " passed"}, ""},
		{"specification 3, broken", messagePact("3.0.0", "messages", soldMessage), map[string]string{sold: `{"sku": "A1", "left": "many"}`}, []string{sold + " failed"}, "Body at $.left: "},
		{"specification 3, nobody produces it", messagePact("3.0.0", "messages", soldMessage), map[string]string{}, []string{sold + " failed"}, "The provider did not produce the message: it answered 404 Not Found."},
		{"specification 3, an error that looks right", messagePact("3.0.0", "messages", soldMessage), map[string]string{sold: `500 {"sku": "A1", "left": 9}`}, []string{sold + " failed"}, "it answered 500"},
		{"specification 3, nobody knows where", messagePact("3.0.0", "messages", soldMessage), nil, []string{sold + " unknown"}, "nobody said where the provider produces messages"},
		{"specification 4, kept", messagePact("4.0", "interactions", soldAsync), map[string]string{sold: `{"sku": "A1", "left": 9}`}, []string{sold + " passed"}, ""},
		{"specification 4, broken", messagePact("4.0", "interactions", soldAsync), map[string]string{sold: `{"sku": "A1"}`}, []string{sold + " failed"}, "left"},
		{"with requests", messagePact("4.0", "interactions", productHTTP, soldAsync), map[string]string{sold: `{"sku": "A1", "left": 9}`}, []string{"a product passed", sold + " passed"}, ""},
		{
			"with requests, and nobody knows where", messagePact("4.0", "interactions", productHTTP, soldAsync), nil,
			[]string{"a product passed", sold + " unknown"},
			"nobody said where the provider produces messages",
		},
		{"an answer to a message, kept", messagePact("4.0", "interactions", priceSync), map[string]string{price: `{"price": 7}`}, []string{price + " passed"}, ""},
		{"an answer to a message, broken", messagePact("4.0", "interactions", priceSync), map[string]string{price: `{"price": "high"}`}, []string{price + " failed"}, "$.price"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := verified(t, realVerifier(t), askProducer(t, tt.messages, tt.pact))[0]
			wantResults(t, got, tt.want...)
			last := got.Interactions[len(got.Interactions)-1]
			if why := strings.Join(last.Mismatches, "\n"); !strings.Contains(why, tt.why) || (tt.why == "") != (why == "") {
				t.Errorf("mismatches %q, want %q\n%s", why, tt.why, got.Log)
			}
		})
	}
}
