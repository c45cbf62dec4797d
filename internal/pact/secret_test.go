package pact_test

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/internal/pact"
)

// TestWhatTheHelperSaysHoldsNoSecretOfAnAddress has the helper repeat the addresses
// it was given in every part of what it says.
func TestWhatTheHelperSaysHoldsNoSecretOfAnAddress(t *testing.T) {
	t.Parallel()
	orders := pactOf("orders", interaction{description: "a product", state: "in stock", path: "/products/A1", body: `{"sku": "A1"}`})
	r := request(strings.Replace(provider(t, nil), "http://", "http://ada:hush@", 1)+"/api?key=hush2", orders)
	r.StateURL, r.MessagesURL = r.BaseURL+"&part=hush3", strings.Replace(r.BaseURL, "ada:hush@", "hush4@", 1)
	all := r.BaseURL + " " + r.StateURL + " " + r.MessagesURL
	id := idOf(t, orders)
	for name, result := range map[string]string{
		"it crashes":                       `not a result`,
		"it refuses":                       fmt.Sprintf(`{"protocol":2,"refused":%q}`, all),
		"the provider is gone":             fmt.Sprintf(`{"protocol":2,"ran":true,"failed":true,"unreachable":%q}`, all),
		"the provider goes away":           fmt.Sprintf(`{"protocol":2,"ran":true,"failed":true,"unreachable":%q,"test_results":[{"interactionId":%q,"success":false}]}`, all, id),
		"a state fails":                    fmt.Sprintf(`{"protocol":2,"ran":true,"failed":true,"states":{"in stock":%q},"test_results":[{"interactionId":%q,"success":false,"exceptions":[{"message":"state change failed"}]}]}`, all, id),
		"a request has no answer":          fmt.Sprintf(`{"protocol":2,"ran":true,"failed":true,"no_answers":[{"method":"GET","path":"/products/A1","why":%q}],"test_results":[{"interactionId":%q,"success":false,"exceptions":[{"message":"error sending request"}]}]}`, all, id),
		"an answer says where it is from":  fmt.Sprintf(`{"protocol":2,"ran":true,"failed":true,"test_results":[{"interactionId":%q,"success":false,"mismatches":[{"attribute":"header","identifier":"Location","description":%q}]}]}`, id, all),
		"the verifier says where it asked": fmt.Sprintf(`{"protocol":2,"ran":true,"failed":true,"test_results":[{"interactionId":%q,"success":false,"exceptions":[{"message":%q}]}]}`, id, all),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log strings.Builder
			v := pact.New(script(t, "cat >&3 <<'END'\n"+result+"\nEND\necho 'asking "+all+"' >&2\nexit 1"), slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
			got := verified(t, v, r)[0]
			said := fmt.Sprintf("%+v %s", got, log.String())
			if strings.Contains(said, "hush") {
				t.Errorf("a secret is in %s", said)
			}
			if !strings.Contains(got.Log, "http://ada:xxxxx@127.0.0.1:") || !strings.Contains(got.Log, "/api?key=xxxxx&part=xxxxx") || !strings.Contains(got.Log, "http://xxxxx@127.0.0.1:") {
				t.Errorf("the log does not say which addresses: %s", got.Log)
			}
		})
	}
}

// TestWhatIsWrongWithAnAddressHoldsNoSecret asks with addresses that nothing can
// be asked of.
func TestWhatIsWrongWithAnAddressHoldsNoSecret(t *testing.T) {
	t.Parallel()
	good := provider(t, nil)
	for _, bad := range []string{
		"ftp://ada:hush@inventory.test", "http://ada:hu/sh:hush@inventory.test", "ada:hush@inventory.test", "http://inventory.test:port/?key=hush",
		"http://ada:hush@127.0.0.1:1/?key=hush",
	} {
		for _, r := range []pact.Request{
			{Provider: "inventory", BaseURL: bad}, {Provider: "inventory", BaseURL: good, StateURL: bad}, {Provider: "inventory", BaseURL: good, MessagesURL: bad},
		} {
			_, err := quiet(script(t, "exit 1")).Verify(t.Context(), r)
			if err == nil {
				t.Fatalf("%s was asked", bad)
			}
			for said := err; said != nil; said = errors.Unwrap(said) { // causes go to logs
				if f := fault.From(said); strings.Contains(said.Error()+f.Hint+fmt.Sprint(f.Fields), "hush") {
					t.Errorf("%s: a secret is in %v", bad, said)
				}
			}
		}
	}
}

// TestTheRealHelperSaysNoSecretOfAnAddress hangs up on it where it asks for
// something: it then says where that was.
func TestTheRealHelperSaysNoSecretOfAnAddress(t *testing.T) {
	t.Parallel()
	v := realVerifier(t)
	var asked sync.Map
	address := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		asked.Store(r.URL.Path+" "+r.URL.Query().Get("key"), true)
		if body, err := io.ReadAll(r.Body); r.URL.Path != "/states" || err != nil || strings.Contains(string(body), "in stock") {
			panic(http.ErrAbortHandler)
		}
	})
	r := request(address+"/api?key=hush1", pactOf("orders",
		interaction{description: "a product", path: "/products/A1", body: `{}`},
		interaction{description: "a product in stock", state: "in stock", path: "/products/B2", body: `{}`}))
	r.StateURL = strings.Replace(address, "http://", "http://ada:hush2@", 1) + "/states?key=hush3"
	got := verified(t, v, r)[0]
	for _, want := range []string{"/api/products/A1 hush1", "/states hush3"} {
		if _, ok := asked.Load(want); !ok {
			t.Errorf("nobody asked for %s", want)
		}
	}
	if said := fmt.Sprintf("%+v", got); strings.Contains(said, "hush") || !strings.Contains(said, "/products/A1?key=xxxxx") || !strings.Contains(said, "/states?key=xxxxx") {
		t.Errorf("it says %s", said)
	}
}
