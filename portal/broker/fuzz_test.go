package broker

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/contracts/contractstest"
)

func FuzzNestedQuery(f *testing.F) {
	f.Add("q[][pacticipant]=A&q[][version]=1&q[][pacticipant]=B&latestby=cvp")
	f.Add("q%5B%5D%5Bpacticipant%5D=A&success[]=true&success[]=&a[b][c]=1;d=2")
	f.Add("a=1&a[]=2&a[b]=3&[]=x&=&[[]]=&a[b=1&%zz")
	f.Add(strings.Repeat("a[]", 40) + "=1")
	f.Add("q[]pacticipant=A&q[]version=1&a=1&a=2&a[]b[c]d=3&e[]=1&e=2")
	f.Fuzz(func(t *testing.T, query string) {
		n, err := parseNested(query)
		if err != nil {
			return
		}
		if depth := depthOf(n); depth > 2*maxNesting+2 {
			t.Errorf("%q is nested %d deep", query, depth)
		}
		// A query of plain names means what it means everywhere; the last of a name counts.
		if strings.ContainsAny(query, "[;%") {
			return
		}
		plain, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		for name, values := range plain {
			if name != "" && n.text(name) != values[len(values)-1] {
				t.Errorf("%q: %s is %q, want %q", query, name, n.text(name), values[len(values)-1])
			}
		}
	})
}

func depthOf(v any) int {
	deepest := 0
	switch v := v.(type) {
	case nested:
		for _, child := range v {
			deepest = max(deepest, 1+depthOf(child))
		}
	case []any:
		for _, child := range v {
			deepest = max(deepest, 1+depthOf(child))
		}
	}
	return deepest
}

func FuzzMetadata(f *testing.F) {
	f.Add("cyU1QiU1RCU1QmwlNUQ9dHJ1ZSZzJTVCJTVEJTVCY3YlNUQ9MzQmcD10cnVl")
	f.Add("Y3ZuPTI")
	f.Add("dz10cnVl")
	f.Fuzz(func(t *testing.T, text string) {
		m := decodeMetadata(text)
		for _, id := range m.versions {
			if id <= 0 {
				t.Errorf("%q has the version %d", text, id)
			}
		}
		short := metadata{versions: m.versions[:min(1, len(m.versions))], number: m.number, pending: m.pending, wip: m.wip}
		again := decodeMetadata(short.encode())
		if len(again.versions) != len(short.versions) || again.number != short.number || again.wip != short.wip || (again.pending == nil) != (short.pending == nil) {
			t.Errorf("%q: %+v became %+v", text, short, again)
		}
	})
}

// fuzzed is a broker with one pact.
func fuzzed(tb testing.TB) http.Handler {
	tb.Helper()
	store := contractstest.NewStore()
	e := echo.New()
	New(contracts.New(store, store, nil), Options{}).Register(e.Group(""))
	for _, path := range []string{"/pacts/provider/api/consumer/web/version/1", "/pacticipants/api/branches/main/versions/a1"} {
		w := httptest.NewRecorder()
		e.ServeHTTP(w, sends(tb, http.MethodPut, path, `{"interactions":[]}`))
		if w.Code != http.StatusCreated {
			tb.Fatalf("PUT %s: %d %s", path, w.Code, w.Body)
		}
	}
	return e
}

func sends(tb testing.TB, method, path, body string) *http.Request {
	tb.Helper()
	r := httptest.NewRequestWithContext(tb.Context(), method, path, strings.NewReader(body))
	r.Header.Set(echo.HeaderContentType, echo.MIMEApplicationJSON)
	return r
}

// FuzzSelectors sends bodies that ask for pacts to verify: they are answered, or
// refused with a reason.
func FuzzSelectors(f *testing.F) {
	f.Add(`{"consumerVersionSelectors":[{"mainBranch":true},{"deployedOrReleased":true}],"includePendingStatus":true,"includeWipPactsSince":"2020-01-01","providerVersionBranch":"main"}`)
	f.Add(`{"consumerVersionSelectors":[{"tag":"dev","latest":true,"fallbackTag":"main"},{"branch":"a","fallbackBranch":"b","consumer":"web"},{"environment":"production"},{"matchingBranch":true}],"providerVersionTags":["x",3]}`)
	f.Add(`{"consumerVersionSelectors":{"mainBranch":1},"includePendingStatus":"yes","includeWipPactsSince":12}`)
	f.Add(`[]`)
	handler := fuzzed(f)
	f.Fuzz(func(t *testing.T, body string) {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, sends(t, http.MethodPost, "/pacts/provider/api/for-verification", body))
		if w.Code != http.StatusOK && w.Code != http.StatusBadRequest {
			t.Errorf("%q: %d %s", body, w.Code, w.Body)
		}
	})
}

// FuzzMatrixQuery sends queries of can-i-deploy, and those older verifiers send: they
// are answered, or refused with a reason.
func FuzzMatrixQuery(f *testing.F) {
	f.Add("q[][pacticipant]=web&q[][version]=1&latestby=cvpv&environment=production")
	f.Add("q[][pacticipant]=web&q[][latest]=true&q[][tag]=main&q[][pacticipant]=api&q[][latest]=true&latestby=cvp&success[]=true&limit=1")
	f.Add("q[][pacticipant]=web&q[][version]=1&latestby=cvp&latest=true&mainBranch=true&ignore[][pacticipant]=api")
	f.Add("q=1&q[]=2&limit=-1&latestby=x")
	f.Add("pacticipant=web&version=1&to=dev&to=main&latest=true&environmetn=production&environment[]=x&ignore[]=api")
	f.Add("provider_version_tags[]=dev&consumer_version_selectors[]main_branch=true&consumerVersionSelectors[][tag]=x&include_pending_status=false")
	handler := fuzzed(f)
	f.Fuzz(func(t *testing.T, query string) {
		for _, path := range []string{"/matrix", "/matrix/provider/api/consumer/web", "/can-i-deploy", "/pacts/provider/api/for-verification"} {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
			r.URL.RawQuery = query
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			if w.Code != http.StatusOK && w.Code != http.StatusBadRequest {
				t.Errorf("%s?%s: %d %s", path, query, w.Code, w.Body)
			}
		}
	})
}

// FuzzTestResults reads results in any shape: what comes out has a status and a
// name, a list means the same under each of its names, and a failure among them is
// found whatever surrounds it.
func FuzzTestResults(f *testing.F) {
	f.Add(`[{"interactionId":"a","success":true},{"interactionId":"b","success":false,"mismatches":[{"attribute":"body","identifier":"$","description":"x"}]}]`)
	f.Add(`{"tests":[{"testDescription":"x","status":"passed","interactionDescription":"a","actualBody":{"status":"failed"}}],"summary":{"testCount":1,"failureCount":0}}`)
	f.Add(`{"examples":[{"status":"pending"}],"summary":{"failure_count":"2","errors_outside_of_examples_count":1e9}}`)
	f.Add(`{"Success":"no","success":1,"result":[],"errors":[[null]],"results":[[["failed"]]],"stats":3}`)
	f.Fuzz(func(t *testing.T, text string) {
		var value any
		if json.Unmarshal([]byte(text), &value) != nil {
			return
		}
		results := resultsOf(value)
		for _, r := range results {
			if (r.ID == "" && r.Description == "") || !slices.Contains([]string{contracts.Passed, contracts.Failed, contracts.StatusUnknown}, r.Status) {
				t.Errorf("%s: %+v", text, r)
			}
		}
		if list, is := value.([]any); is {
			for _, name := range []string{"tests", "examples"} {
				if diff := cmp.Diff(results, resultsOf(map[string]any{name: value})); diff != "" {
					t.Errorf("%s as %s:\n%s", text, name, diff)
				}
			}
			list = append(slices.Clone(list), map[string]any{"success": false})
			if !slices.ContainsFunc(resultsOf(list), func(r contracts.InteractionResult) bool { return r.Status == contracts.Failed }) {
				t.Errorf("%s and a failure: nothing failed", text)
			}
		}
	})
}
