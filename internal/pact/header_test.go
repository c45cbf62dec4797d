package pact_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/goldenpath/platform/internal/pact"
)

// echo answers with the Authorization header it was sent in every place there is. What
// it is asked for says in which.
func echo(t *testing.T) string {
	t.Helper()
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		said := r.Header.Get("Authorization")
		encoded, err := json.Marshal(map[string]string{"sku": said})
		if err != nil {
			t.Error(err)
		}
		switch r.URL.Path {
		case "/states":
			if body, err := io.ReadAll(r.Body); err != nil || strings.Contains(string(body), `"some"`) {
				statusText(t, w, "500 "+said)
			}
		case "/json":
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write(encoded)
		case "/text":
			w.Header().Set("Content-Type", "text/plain")
			_, _ = w.Write([]byte("I was sent " + said))
		case "/escaped": // JSON in a string of JSON
			w.Header().Set("Content-Type", "application/json")
			twice, _ := json.Marshal(map[string]string{"sku": string(encoded)})
			_, _ = w.Write(twice)
		case "/header":
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("X-Echo", said)
			_, _ = w.Write([]byte(`{"sku": "A1"}`))
		case "/status":
			statusText(t, w, "404 "+said)
		default:
			statusText(t, w, said) // no status at all
		}
	})
}

// statusText answers with a first line of its own, and nothing else.
func statusText(t *testing.T, w http.ResponseWriter, line string) {
	t.Helper()
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		t.Error(err)
		return
	}
	defer conn.Close()
	_, _ = fmt.Fprintf(conn, "HTTP/1.1 %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", line)
}

// TestNoHeaderIsRepeated verifies a provider that repeats what opens it.
func TestNoHeaderIsRepeated(t *testing.T) {
	t.Parallel()
	exact := func(name, path, headers, body string) string {
		return fmt.Sprintf(`{"description": %q, "request": {"method": "GET", "path": %q}, "response": {"status": 200%s%s}}`, name, path, headers, body)
	}
	for name, header := range map[string]string{
		"a token": "Bearer HUSH%hush/99", "a password": "Basic aHVzaHVzZXI6SFVTSGh1c2g5OQ==", "with quotes": `Token "HUSH\hush&99"`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := pact.Pact{SHA: "1", Consumer: "orders", Content: []byte(`{"consumer": {"name": "orders"}, "provider": {"name": "inventory"}, "interactions": [` + strings.Join([]string{
				exact("JSON", "/json", "", `, "body": {"sku": "A1"}`), exact("text", "/text", `, "headers": {"Content-Type": "text/plain"}`, `, "body": "hello"`),
				exact("escaped", "/escaped", "", `, "body": {"sku": "A1"}`), exact("header", "/header", `, "headers": {"X-Echo": "none"}`, ""),
				exact("status", "/status", "", ""), exact("nonsense", "/nonsense", "", ""),
				strings.Replace(exact("state", "/json", "", ""), "{", `{"providerStates": [{"name": "some"}],`, 1),
			}, ",") + `], "metadata": {"pactSpecification": {"version": "3.0.0"}}}`)}
			r := request(echo(t), p)
			r.StateURL = r.BaseURL + "/states"
			r.Headers = map[string]string{"authorization": header}
			r.StatesDoubt = "It said " + header + "."
			got := verified(t, realVerifier(t), r)[0]
			said := fmt.Sprintf("%+v", got)
			if strings.Contains(strings.ToLower(said), "hush") || strings.Contains(said, "aHVzaHVzZXI6") {
				t.Errorf("a header is in %s", said)
			}
			if !strings.Contains(said, "xxxxx") || !strings.Contains(got.Log, "It said xxxxx.") {
				t.Errorf("what the provider answered is not told: %s", said)
			}
		})
	}
}

// TestNoPartOfAHeaderIsLeftWhereALogIsCut has a log that is cut somewhere in one of
// many repetitions.
func TestNoPartOfAHeaderIsLeftWhereALogIsCut(t *testing.T) {
	t.Parallel()
	const token = "Bearer 0123456789abcdef0123456789abcdef"
	helper := script(t, "i=0\nwhile [ $i -lt 20 ]; do head -c 100000 /dev/zero | tr '\\0' x | sed 's/x/"+token+"/g' >&2; i=$((i+1)); done\nexit 3")
	r := request(provider(t, nil), pactOf("orders", inStock()))
	r.Headers = map[string]string{"Authorization": token}
	got := verified(t, quiet(helper), r)[0]
	for _, part := range []string{"Bea", "rer", "0123", "cdef"} {
		if at := strings.Index(got.Log, part); at >= 0 {
			t.Fatalf("a part is left at %d of %d: %.100q", at, len(got.Log), got.Log[at:])
		}
	}
	if !strings.HasPrefix(got.Log, "(the beginning of the log was cut)") || !strings.Contains(got.Log, "xxxxxxxxxx") {
		t.Errorf("the log is %.100q", got.Log)
	}
}
