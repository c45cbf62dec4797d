package portal

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/goldenpath/platform/pipelines"
)

// worldPages are the pages of a full world, by what is to be seen.
func worldPages() []string {
	return []string{
		"/", "/catalog", "/catalog?q=zzz", "/catalog?kind=component&order=-name", "/catalog?tag=go&q=o",
		"/catalog/component/default/orders", "/catalog/component/default/orders/api", "/catalog/component/default/orders/contracts",
		"/catalog/component/default/orders/dependencies", "/catalog/component/default/orders/runs", "/catalog/component/default/orders/history", "/catalog/component/default/orders/source",
		"/catalog/component/default/inventory/api", "/catalog/component/default/web/contracts",
		"/catalog/component/default/arabic", "/catalog/component/default/arabic/contracts", "/catalog/component/default/arabic/dependencies",
		"/catalog/component/default/worker-07/api", "/catalog/component/default/worker-07/runs",
		"/catalog/component/default/a-service-with-a-name-that-is-as-long-as-names-may-be-here-ok",
		"/catalog/api/default/inventory", "/catalog/api/default/inventory/api", "/catalog/api/default/payments-api/api", "/catalog/api/default/torn/api", "/catalog/api/default/tools/api",
		"/catalog/component/default/label-printer", "/catalog/component/default/lift", "/catalog/component/default/belt/history",
		"/catalog/group/default/checkout", "/catalog/group/default/warehouse", "/catalog/user/default/ada", "/catalog/system/default/shop",
		"/contracts", "/contracts?show=failed", "/contracts?q=nothing", "/contracts/orders/inventory", "/contracts/web/inventory", "/contracts/ignore-rules",
		"/contracts/orders/inventory?service=orders&environment=production", "/contracts/orders/inventory?service=inventory&environment=nowhere",
		"/contracts/orders/inventory?verification=LATEST",
		"/create", "/create/go-http", "/create/go-http/preview?name=billing&owner=checkout&packs=cache", "/create/ts-http?name=billing&consumes=orders&consumes=ghost",
		"/runs", "/runs?state=failed", "/runs?subject=nobody", "/runs/" + runLive, "/runs/" + runMade, "/runs/" + runFail,
		"/runs/0190aaaa-0000-7000-8000-000000000004", "/runs/0190aaaa-0000-7000-8000-000000000005", "/runs/0190aaaa-0000-7000-8000-000000000006",
		"/admin", "/admin/locations", "/admin/catalog", "/admin/catalog?owner=warehouse", "/admin/catalog?owner=user:ada&location=none", "/admin/tokens", "/admin/audit", "/admin/audit?actor=nobody", "/admin/locations?notice=removed", "/login",
	}
}

// likePages look like others among them: a browser need not see each.
func likePages() []string {
	return []string{
		"/catalog?kind=component&order=-name", "/catalog?tag=go&q=o", "/catalog/component/default/web/contracts", "/catalog/component/default/arabic/dependencies",
		"/catalog/component/default/worker-07/runs", "/catalog/user/default/ada", "/catalog/system/default/shop", "/catalog/group/default/checkout", "/contracts?show=failed", "/contracts?q=nothing",
		"/contracts/web/inventory", "/runs?state=failed", "/runs?subject=nobody", "/runs/0190aaaa-0000-7000-8000-000000000005",
		"/admin/audit?actor=nobody", "/admin/catalog?owner=warehouse", "/admin/locations?notice=removed", "/catalog/component/default/inventory/api", "/login",
	}
}

// firstPages are those that people meet on the first day.
func firstPages() []string {
	return []string{"/", "/catalog", "/contracts", "/create", "/runs", "/admin", "/admin/locations", "/admin/catalog", "/admin/tokens", "/admin/audit", "/login"}
}

// troublePages answer with an error, by their status.
var troublePages = map[string]int{
	"/nothing-here": 404, "/catalog/component/default/missing": 404, "/catalog/component/default/forklift": 404, "/runs/none": 404, "/create/none": 404, "/catalog?order=color": 400,
	"/create/go-http/preview?name=taken&owner=checkout": 409, "/create/go-http/preview?name=": 400, "/contracts/a/b": 404,
}

func (w *world) get(t *testing.T, address string) *httptest.ResponseRecorder {
	t.Helper()
	return w.send(t, http.MethodGet, address, nil)
}

func (w *world) send(t *testing.T, method, address string, form url.Values) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, address, strings.NewReader(form.Encode()))
	r.Host = "127.0.0.1:8080"
	r.Header.Set("Accept", "text/html")
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer := httptest.NewRecorder()
	w.ServeHTTP(answer, r)
	return answer
}

// address fills in what is only known once the world exists.
func (w *world) address(t *testing.T, page string) string {
	t.Helper()
	if !strings.Contains(page, "LATEST") {
		return page
	}
	pair, err := w.options.Contracts.Pair(t.Context(), "orders", "inventory")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Replace(page, "LATEST", strconv.FormatInt(pair.Verifications[0].ID, 10), 1)
}

func TestPagesOfFullWorld(t *testing.T) {
	t.Parallel()
	w := newWorld(t, fullWorld)
	for _, page := range worldPages() {
		t.Run(page, func(t *testing.T) {
			t.Parallel()
			checkPage(t, w, w.get(t, w.address(t, page)), http.StatusOK)
		})
	}
	for page, status := range troublePages {
		t.Run(page, func(t *testing.T) {
			t.Parallel()
			checkPage(t, w, w.get(t, page), status)
		})
	}
}

func TestAServerOfToolsSaysWhereItIsReached(t *testing.T) {
	t.Parallel()
	w := newWorld(t, fullWorld)
	body := w.get(t, "/catalog/api/default/tools/api").Body.String()
	for _, want := range []string{"Reached at", "streamable-http", "https://mcp.example.com/v1"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(body, "No API is known") {
		t.Error("the page says that no API is known")
	}
}

func TestPagesOfFirstDay(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emptyWorld)
	for _, page := range firstPages() {
		t.Run(page, func(t *testing.T) {
			t.Parallel()
			answer := w.get(t, page)
			checkPage(t, w, answer, http.StatusOK)
			if !slices.Contains([]string{"/admin", "/admin/tokens", "/login", "/admin/audit"}, page) && !strings.Contains(answer.Body.String(), `class="command"`) {
				t.Error("an empty page names no command that fills it")
			}
		})
	}
}

func TestPagesWantALogin(t *testing.T) {
	t.Parallel()
	w := newWorld(t, lockedWorld)
	answer := w.get(t, "/runs?state=failed")
	if to := answer.Header().Get("Location"); answer.Code != http.StatusSeeOther || to != "/login?next=%2Fruns%3Fstate%3Dfailed" {
		t.Fatalf("answered %d and sent to %q", answer.Code, to)
	}
	login := w.get(t, answer.Header().Get("Location"))
	checkPage(t, w, login, http.StatusOK)
	for _, hidden := range []string{`class="rail"`, `id="palette"`} {
		if strings.Contains(login.Body.String(), hidden) {
			t.Errorf("who is not known yet sees %s", hidden)
		}
	}
}

func TestPagesWhileFactsAreMissing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, brokenWorld)
	for page, words := range map[string]string{
		"/": "Could not load", "/catalog": "orders", "/catalog/component/default/orders": "Orders", "/catalog/component/default/orders/runs": "could not be loaded",
	} {
		t.Run(page, func(t *testing.T) {
			t.Parallel()
			answer := w.get(t, page)
			checkPage(t, w, answer, http.StatusOK)
			if !strings.Contains(strings.ToLower(answer.Body.String()), strings.ToLower(words)) {
				t.Errorf("the page does not say %q", words)
			}
		})
	}
	for _, page := range []string{"/contracts", "/runs"} {
		checkPage(t, w, w.get(t, page), http.StatusInternalServerError)
	}
}

func TestFormsKeepWhatWasTyped(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, address string
		form          url.Values
		status        int
		want          []string
	}{
		{
			name: "a service whose name is taken", address: "/create/go-http", status: http.StatusConflict,
			form: url.Values{"name": {"taken"}, "owner": {"checkout"}, "description": {"A \"quoted\" <b>"}, "consumes": {"orders", "ghost"}, "packs": {"events"}, "create_owner": {"true"}},
			want: []string{`value="taken"`, `value="checkout"`, "A &#34;quoted&#34; &lt;b&gt;", `value="ghost"`, `value="events" checked`, "Is taken by component:default/taken.", `aria-invalid="true"`, `name="create_owner" value="true" checked`},
		},
		{
			name: "a service without owner", address: "/create/go-http", status: http.StatusBadRequest, form: url.Values{"name": {"billing"}},
			want: []string{`value="billing"`, "Is missing.", `href="#f-owner"`, "has &lt;odd&gt; names"},
		},
		{
			name: "a location that is not there", address: "/admin/locations", status: http.StatusBadRequest, form: url.Values{"target": {"/srv/nothing"}, "branch": {"main"}},
			want: []string{`value="/srv/nothing"`, `value="main"`, `role="alert"`},
		},
		{
			name: "a token that lives too long", address: "/admin/tokens", status: http.StatusBadRequest, form: url.Values{"name": {"ci"}, "days": {"for ever"}},
			want: []string{`value="ci"`, `value="for ever"`, `role="alert"`},
		},
		{name: "a token that is not known", address: "/login", status: http.StatusUnauthorized, form: url.Values{"token": {"gp_nonsense"}, "next": {"/runs"}}, want: []string{`value="/runs"`, `role="alert"`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, fullWorld)
			answer := w.send(t, http.MethodPost, test.address, test.form)
			checkPage(t, w, answer, test.status)
			for _, want := range test.want {
				if !strings.Contains(answer.Body.String(), want) {
					t.Errorf("the page does not have %s", want)
				}
			}
		})
	}
}

func TestFormsThatDoSomething(t *testing.T) {
	t.Parallel()
	w := newWorld(t, fullWorld)
	made := w.send(t, http.MethodPost, "/admin/tokens", url.Values{"name": {"ci"}, "scope": {"write"}})
	checkPage(t, w, made, http.StatusOK)
	if !strings.Contains(made.Body.String(), "shown only now") {
		t.Error("the secret of a new token is not shown")
	}
	read := w.send(t, http.MethodPost, "/admin/locations", url.Values{"target": {"/srv/acme"}})
	checkPage(t, w, read, http.StatusOK)
	if !strings.Contains(read.Body.String(), "was read again") {
		t.Error("the page does not say what registering brought")
	}
	started := w.send(t, http.MethodPost, "/create/go-http", url.Values{"name": {"billing"}, "owner": {"checkout"}})
	if started.Code != http.StatusSeeOther || !strings.HasPrefix(started.Header().Get("Location"), "/runs/") {
		t.Errorf("creating leads to %d %s", started.Code, started.Header().Get("Location"))
	}
	for _, deed := range []string{"retry", "undo", "cancel"} {
		if answer := w.send(t, http.MethodPost, "/runs/"+runFail+"/"+deed, nil); answer.Code != http.StatusSeeOther {
			t.Errorf("%s answers %d", deed, answer.Code)
		}
	}
}

func TestTheLogGoesOnWithoutScript(t *testing.T) {
	t.Parallel()
	w := newWorld(t, fullWorld)
	for range logShown + 10 {
		w.runs.say(runMade, "push", pipelines.Info, "a line")
	}
	first := w.get(t, "/runs/"+runMade)
	checkPage(t, w, first, http.StatusOK)
	after := "?after=2000"
	if !strings.Contains(first.Body.String(), after) {
		t.Fatalf("no link to %s", after)
	}
	rest := w.get(t, "/runs/"+runMade+after)
	if n := strings.Count(rest.Body.String(), "a line"); n == 0 || n > 20 {
		t.Errorf("the rest of the log has %d lines", n)
	}
}

func TestTheScriptIsSmall(t *testing.T) {
	t.Parallel()
	newWorld(t, emptyWorld) // or skip
	files, err := filepath.Glob("../web/dist/app.*.js")
	if err != nil || len(files) != 1 {
		t.Fatalf("built scripts: %v, %v", files, err)
	}
	body, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	zip, _ := gzip.NewWriterLevel(&packed, gzip.BestCompression) // the level is valid
	_, _ = zip.Write(body)
	_ = zip.Close()
	if packed.Len() > 30<<10 {
		t.Errorf("the script is %d bytes gzipped, 30 kB are allowed", packed.Len())
	}
}
