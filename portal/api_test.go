package portal

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/portal/api"
)

// newAPIServer returns a server of the API alone, in which who makes every request.
func newAPIServer(t *testing.T, deps APIDeps, who Identity) http.Handler {
	t.Helper()
	e := echo.New()
	e.HTTPErrorHandler = func(err error, c echo.Context) {
		if err := WriteProblem(c, err, "request-1"); err != nil {
			t.Errorf("write problem: %v", err)
		}
	}
	e.Use(func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			c.Request().Body = http.MaxBytesReader(c.Response(), c.Request().Body, 1<<16)
			c.SetRequest(c.Request().WithContext(WithIdentity(c.Request().Context(), who)))
			return next(c)
		}
	})
	NewAPI(deps).Register(e)
	return e
}

var apiCaller = Identity{Actor: "ada", User: "user:default/ada", Scopes: []string{ScopeAdmin}, Authenticated: true}

func documentOf(t *testing.T) *openapi3.T {
	t.Helper()
	spec, err := openapi3.NewLoader().LoadFromData(api.Document)
	if err != nil {
		t.Fatal(err)
	}
	return spec
}

func TestTheDocumentIsValid(t *testing.T) {
	t.Parallel()
	spec := documentOf(t)
	if err := spec.Validate(t.Context(), openapi3.EnableExamplesValidation()); err != nil {
		t.Fatal(err)
	}
	for path, item := range spec.Paths.Map() {
		for method, op := range item.Operations() {
			if op.OperationID == "" || op.Summary == "" || len(op.Tags) != 1 || op.Security == nil {
				t.Errorf("%s %s needs an operationId, a summary, one tag and its scope", method, path)
			}
			if op.Responses.Default() == nil || op.Responses.Default().Ref != "#/components/responses/Problem" {
				t.Errorf("%s %s must fail with a problem", method, path)
			}
		}
	}
}

// apiCall is one request to the API and what its answer must be.
type apiCall struct {
	op     string // operationId
	method string
	path   string
	body   string
	status int
	wants  []string // parts of the body
}

var apiCalls = []apiCall{
	{op: "listEntities", path: "/entities?kind=component&kind=api&owner=checkout&q=ord&limit=2", status: 200, wants: []string{`"total":1`, `"ref":"component:default/orders"`, `"next":"2"`}},
	{op: "listFacets", path: "/entities/facets?facet=kind&facet=owner&kind=component", status: 200, wants: []string{`{"count":12,"label":"Component","value":"component"}`}},
	{op: "getEntity", path: "/entities/Component/default/orders", status: 200, wants: []string{`"targetRef":"group:default/checkout"`, `"mood":"good"`}},
	{op: "listLocations", path: "/locations", status: 200, wants: []string{`"where":"catalog-info.yaml:7"`}},
	{op: "registerLocation", method: "POST", path: "/locations", body: `{"target":"/srv/orders"}`, status: 200, wants: []string{`"entities":["component:default/orders"]`, `"problems":[]`}},
	{
		op: "registerLocation", method: "POST", path: "/locations", status: 200,
		body:  `{"target":"github-org:https://github.com/acme","organization":{"path":"x/*.yaml","repositories":"team-*","topics":["go"],"archived":true,"forks":true,"branch":"main","expression":"t.*","without_topics":["old"],"visibility":["internal"]}}`,
		wants: []string{`"organization":{"archived":true,"branch":"main","expression":"t.*","forks":true,"path":"x/*.yaml","repositories":"team-*","topics":["go"],"visibility":["internal"],"without_topics":["old"]}`},
	},
	{
		op: "listOrganizationRepositories", path: "/organizations/repositories?organization=https://github.com/acme&page=2", status: 200,
		wants: []string{`"skip":"is a fork"`, `"next":3`},
	},
	{
		op: "proposeCatalogFile", method: "POST", path: "/proposals", status: 200, wants: []string{`"outcome":"opened"`, `"notes":["look at this"]`, `/pull/1"`},
		body: `{"repository":"https://github.com/acme/orders","branch":"main","owner":"checkout","dry_run":true,"again":true}`,
	},
	{op: "deleteLocation", method: "DELETE", path: "/locations/l1", status: 204},
	{op: "setLocationSchedule", method: "PUT", path: "/locations/l1/schedule", body: `{"every":"90m"}`, status: 200, wants: []string{`"every":"1h30m"`, `"every_from":"location"`, `"refresh_at"`}},
	{op: "refreshLocation", method: "POST", path: "/locations/l1/refresh", status: 200, wants: []string{`"id":"l1"`}},
	{op: "entityHistory", path: "/entities/component/default/orders/history", status: 200, wants: []string{`"previous":"component:default/sales"`, `"commit":"c0ffee"`, `"what":"renamed"`, `"author":"Bob"`, `{"after":"checkout","path":"spec.owner"}`}},
	{op: "entityGraph", path: "/entities/component/default/orders/graph?depth=2&direction=in&relation=consumesApi&only=api", status: 200, wants: []string{`"target":"api:default/stock"`, `"title":"Orders"`}},
	{op: "entityOwners", path: "/entities/component/default/orders/owners", status: 200, wants: []string{`"missing":true`, `"via":[]`}},
	{op: "entityOwned", path: "/entities/group/default/checkout/owned?transitive=true", status: 200, wants: []string{`["component:default/orders"]`}},
	{op: "entityHealth", path: "/entities/component/default/orders/health", status: 200, wants: []string{`"state":"unknown"`}},
	{op: "entityDocuments", path: "/entities/component/default/orders/documents", status: 200, wants: []string{`"title":"Use Go"`}},
	{op: "getDocument", path: "/documents/" + strings.Repeat("a", 64), status: 200, wants: []string{"# Use Go"}},
	{op: "refreshEntity", method: "POST", path: "/entities/component/default/orders/refresh", status: 200, wants: []string{`"id":"l1"`}},
	{op: "deleteEntity", method: "DELETE", path: "/entities/component/default/orders", status: 204},
	{op: "exportEntities", path: "/exports?kind=component&kind=api&limit=3", status: 200, wants: []string{`"document":{"kind":"Component"}`, `"next":"2"`}},
	{op: "listProblems", path: "/problems?owner=checkout&entity=orders&location=l1", status: 200, wants: []string{`"where":"catalog-info.yaml:7"`, `"entity":"component:default/orders"`}},
	{op: "listOwnership", path: "/ownership?owner=checkout", status: 200, wants: []string{`"check":"owner-exists"`}},
	{
		op: "pushEntities", method: "POST", path: "/pushes", status: 200, wants: []string{`"orphaned":["component:default/gone"]`, `"component:default/sales":"component:default/orders"`},
		body: `{"target":"https://github.com/acme/orders","commit":"c0ffee","ancestors":["bebe"],"committed_at":"2026-03-01T12:00:00Z","entries":["catalog-info.yaml"],"files":[{"path":"catalog-info.yaml","content":"kind: x"}]}`,
	},
	{op: "listGoldenPaths", path: "/golden-paths", status: 200, wants: []string{`"name":"go-http"`, `"default":true`}},
	{op: "getGoldenPath", path: "/golden-paths/go-http", status: 200, wants: []string{`"schema":{"type":"object"}`}},
	{op: "previewService", method: "POST", path: "/golden-paths/go-http/preview", body: `{"name":"orders"}`, status: 200, wants: []string{`"encoding":"base64"`, `"content":"package main"`}},
	{op: "planService", method: "POST", path: "/services/plan", body: `{"name":"orders","owner":"checkout"}`, status: 200, wants: []string{`"notices":["The group is made."]`, `"version":"1.0.0"`}},
	{op: "createService", method: "POST", path: "/services", body: `{"name":"orders","owner":"checkout","create_owner":true}`, status: 202, wants: []string{`"state":"queued"`, `"actor":"ada"`}},
	{op: "listRuns", path: "/runs?state=failed&subject=orders", status: 200, wants: []string{`"id":"r1"`}},
	{op: "getRun", path: "/runs/r1", status: 200, wants: []string{`"code":"unavailable"`, `"state":"failed"`}},
	{op: "watchRun", path: "/runs/r1/events?after=1", status: 200, wants: []string{"id: 2\nevent: log\ndata: {", `"text":"pushed"`, "id: 3\nevent: end\n"}},
	{op: "retryRun", method: "POST", path: "/runs/r1/retry", status: 202},
	{op: "undoRun", method: "POST", path: "/runs/r1/undo", status: 202},
	{op: "cancelRun", method: "POST", path: "/runs/r1/cancel", status: 202},
	{op: "listContracts", path: "/contracts?service=orders", status: 200, wants: []string{`"verdict":"unknown"`, `"consumer":"orders"`}},
	{op: "listContracts", path: "/contracts?service=billing", status: 200, wants: []string{`"items":[]`}},   // known to the broker
	{op: "listContracts", path: "/contracts?service=inventory", status: 200, wants: []string{`"items":[]`}}, // to the catalog
	{
		op: "compareContracts", path: "/contracts/pairs/orders/inventory/changes?from_branch=feat%2Fx&to=2", status: 200,
		wants: []string{`"kind":"changed"`, `"details":["request.path was 1 and is 2"]`, `"version":"2"`},
	},
	{op: "getContract", path: "/contracts/pairs/orders/inventory", status: 200, wants: []string{`"content":{"a":1.0}`, `"branches":["main"]`}},
	{
		op: "publishContracts", method: "POST", path: "/contracts/publications", status: 200, wants: []string{`"changed":true`},
		body: `{"consumer":"orders","version":"1","contracts":[{"content":{"consumer":{"name":"orders"}},"file":"a.json"}]}`,
	},
	{
		op: "planVerification", method: "POST", path: "/contracts/verification-plan", body: `{"provider":"inventory","selectors":[{"main_branch":true}]}`, status: 200,
		wants: []string{`"content":{"n":1.50}`, `"notices":["because"]`, `"consumer_versions":[]`},
	},
	{
		op: "recordVerification", method: "POST", path: "/contracts/verifications", status: 201, wants: []string{`"id":"9"`, `"mismatches":["$.sku is missing"]`},
		body: `{"sha":"s","consumer":"orders","provider":"inventory","provider_version":"2","success":false,"interactions":[{"description":"d","status":"failed","mismatches":["$.sku is missing"]}]}`,
	},
	{op: "recordDeployment", method: "POST", path: "/contracts/deployments", body: `{"service":"orders","version":"1","environment":"production"}`, status: 201, wants: []string{`"environment":"production"`, `"kind":"deployed"`}},
	{op: "recordUndeployment", method: "DELETE", path: "/contracts/deployments?service=orders&environment=production&application_instance=blue", status: 200, wants: []string{`"application_instance":"blue"`, `"ended_at":`}},
	{op: "recordRelease", method: "POST", path: "/contracts/releases", body: `{"service":"orders","version":"1","environment":"production"}`, status: 201, wants: []string{`"kind":"released"`}},
	{op: "recordSupportEnded", method: "DELETE", path: "/contracts/releases?service=orders&version=1&environment=production", status: 200, wants: []string{`"kind":"released"`, `"version":"1"`}},
	{op: "canIDeploy", path: "/contracts/can-i-deploy?service=orders&version=1&environment=production", status: 200, wants: []string{`"verdict":"no"`, `"next":"verify"`, `"rule":"broken"`, `"there":[{`}},
	{op: "canIDeploy", path: "/contracts/can-i-deploy?service=orders&main_branch=true&environment=production", status: 200, wants: []string{`"version":"of main"`}},
	{op: "canIDeploy", path: "/contracts/can-i-deploy?service=orders&latest=true&environment=production", status: 200, wants: []string{`"version":"of all"`}},
	{op: "canIMerge", path: "/contracts/can-i-merge?service=orders&main_branch=true", status: 200, wants: []string{`"version":"of main"`}},
	{op: "canIMerge", path: "/contracts/can-i-merge?service=orders&latest=true", status: 200, wants: []string{`"version":"of all"`}},
	{op: "canIMerge", path: "/contracts/can-i-merge?service=orders&tag=v1&max_age=3600&ignore=legacy:1:2", status: 200, wants: []string{`"main_branches":true`, `"max_age":3600`, `"ignored_by":{`, `"warnings":["Nothing is sure."]`}},
	{op: "listProviders", path: "/contracts/providers", status: 200, wants: []string{`"url":"http://inventory"`, `"Authorization":"PLATFORM_PROVIDER_INVENTORY"`}},
	{
		op: "registerProvider", method: "PUT", path: "/contracts/providers/inventory", status: 200, wants: []string{`"provider":"inventory"`, `"messages_url":"http://inventory/m"`},
		body: `{"url":"http://inventory","messages_url":"http://inventory/m","headers":{"X":"PLATFORM_PROVIDER_X"}}`,
	},
	{op: "forgetProvider", method: "DELETE", path: "/contracts/providers/inventory", status: 200, wants: []string{`"provider":"inventory"`}},
	{op: "verifyProvider", method: "POST", path: "/contracts/providers/inventory/verifications", body: `{"version":"1"}`, status: 202, wants: []string{`"state":"queued"`}},
	{op: "listIgnoreRules", path: "/contracts/ignore-rules", status: 200, wants: []string{`"owner":"checkout"`, `"expired":true`}},
	{
		op: "addIgnoreRule", method: "POST", path: "/contracts/ignore-rules", status: 201, wants: []string{`"service":"legacy"`, `"id":"r2"`},
		body: `{"service":"legacy","owner":"checkout","reason":"it leaves","expires_at":"2027-01-01T00:00:00Z"}`,
	},
	{op: "removeIgnoreRule", method: "DELETE", path: "/contracts/ignore-rules/r1", status: 200, wants: []string{`"id":"r1"`}},
	{op: "listEnvironments", path: "/environments", status: 200, wants: []string{`"production":true`}},
	{op: "listTokens", path: "/tokens", status: 200, wants: []string{`"scopes":["read"]`}},
	{op: "createToken", method: "POST", path: "/tokens", body: `{"name":"ci","scopes":["write"]}`, status: 201, wants: []string{`"secret":"gp_secret"`, `"name":"ci"`}},
	{op: "revokeToken", method: "DELETE", path: "/tokens/t1", status: 204},
	{op: "getMe", path: "/me", status: 200, wants: []string{`"actor":"ada"`, `"authenticated":true`}},
	{op: "listAudit", path: "/audit?limit=1", status: 200, wants: []string{`"action":"createService"`, `"next":"7"`}},
	{op: "getHealth", path: "/health", status: 200, wants: []string{`"status":"degraded"`}},
	{op: "getVersion", path: "/version", status: 200, wants: []string{`"version":"1.2.3"`}},
	{op: "getInfo", path: "/info", status: 200, wants: []string{`"data_dir":"/data"`}},
}

// TestEveryAnswerIsWhatTheDocumentSays makes a request to each operation and
// validates what comes back against openapi.yaml.
func TestEveryAnswerIsWhatTheDocumentSays(t *testing.T) {
	t.Parallel()
	spec := documentOf(t)
	covered := map[string]bool{}
	for _, c := range apiCalls {
		covered[c.op] = true
		t.Run(c.op, func(t *testing.T) {
			t.Parallel()
			f := newAPIFakes()
			answer := callAPI(t, newAPIServer(t, f.deps(), apiCaller), c.method, c.path, c.body)
			if answer.Code != c.status {
				t.Fatalf("answered %d: %s", answer.Code, answer.Body)
			}
			for _, want := range c.wants {
				if !strings.Contains(answer.Body.String(), want) {
					t.Errorf("the answer lacks %s:\n%s", want, answer.Body)
				}
			}
			conforms(t, spec, c.op, answer)
		})
	}
	for path, item := range spec.Paths.Map() {
		for method, op := range item.Operations() {
			if !covered[op.OperationID] {
				t.Errorf("nobody tests %s %s (%s)", method, path, op.OperationID)
			}
		}
	}
}

// TestListsWithoutItemsAreEmptyAndNotNull asks fakes that know nothing.
func TestListsWithoutItemsAreEmptyAndNotNull(t *testing.T) {
	t.Parallel()
	spec := documentOf(t)
	for _, c := range apiCalls {
		if c.op == "watchRun" || c.op == "deleteLocation" || c.op == "exportEntities" {
			continue // a stream; and there is nothing to delete or export
		}
		t.Run(c.op, func(t *testing.T) {
			t.Parallel()
			answer := callAPI(t, newAPIServer(t, emptyAPIFakes().deps(), apiCaller), c.method, c.path, c.body)
			if answer.Code != c.status {
				t.Fatalf("answered %d: %s", answer.Code, answer.Body)
			}
			conforms(t, spec, c.op, answer)
		})
	}
}

func callAPI(t *testing.T, handler http.Handler, method, path, body string) *httptest.ResponseRecorder {
	t.Helper()
	if method == "" {
		method = http.MethodGet
	}
	req := httptest.NewRequestWithContext(t.Context(), method, api.BasePath+path, strings.NewReader(body))
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, req)
	return answer
}

// conforms validates an answer of operation op against the document.
func conforms(t *testing.T, spec *openapi3.T, op string, answer *httptest.ResponseRecorder) {
	t.Helper()
	for path, item := range spec.Paths.Map() {
		for method, operation := range item.Operations() {
			if operation.OperationID != op {
				continue
			}
			err := openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{ //nolint:usetesting // the answer is complete
				RequestValidationInput: &openapi3filter.RequestValidationInput{
					Request: httptest.NewRequest(method, path, http.NoBody), //nolint:noctx // nothing is sent
					Route:   &routers.Route{Spec: spec, Path: path, PathItem: item, Method: method, Operation: operation},
				},
				Status: answer.Code, Header: answer.Header(), Body: io.NopCloser(bytes.NewReader(answer.Body.Bytes())),
				Options: &openapi3filter.Options{MultiError: true, IncludeResponseStatus: true, ExcludeResponseBody: op == "watchRun"},
			})
			if err != nil {
				t.Errorf("the answer is not what the document says: %v\n%s", err, answer.Body)
			}
			return
		}
	}
	t.Errorf("the document has no operation %s", op)
}

func TestBadRequestsSayWhatIsWrong(t *testing.T) {
	t.Parallel()
	const gateQuestion = "/contracts/can-i-deploy?service=orders&version=1&environment=production"
	for _, tt := range []struct {
		name   string
		method string
		path   string
		body   string
		status int
		wants  []string
	}{
		{name: "a field is missing", method: "POST", path: "/services", body: `{"owner":"x"}`, status: 400, wants: []string{`"code":"invalid"`, `{"message":"is missing","name":"name"}`, `"request_id":"request-1"`}},
		{name: "a field nobody knows", method: "POST", path: "/services", body: `{"name":"x","ownr":"y"}`, status: 400, wants: []string{`{"message":"is not known here","name":"ownr"}`}},
		{
			name: "several at once, with their places", method: "POST", path: "/contracts/verifications", status: 400, wants: []string{`"name":"interactions.0.status"}`, `{"message":"is missing","name":"sha"}`},
			body: `{"consumer":"a","provider":"b","provider_version":"1","success":true,"interactions":[{"description":"d","status":"great"}]}`,
		},
		{name: "a wrong kind", method: "POST", path: "/tokens", body: `{"name":7,"scopes":["read"]}`, status: 400, wants: []string{`{"message":"value must be a string","name":"name"}`}},
		{name: "no JSON", method: "POST", path: "/services", body: `{`, status: 400, wants: []string{`{"message":"is not JSON","name":"body"}`}},
		{name: "no body", method: "POST", path: "/services", status: 400, wants: []string{`"fields":[{"message":"value is required but missing","name":"body"}`}},
		{name: "a parameter out of range", path: "/runs?limit=0", status: 400, wants: []string{`{"message":"number must be at least 1","name":"limit"}`}},
		{name: "a parameter of the wrong kind", path: "/runs?limit=many", status: 400, wants: []string{`"name":"limit"}`}},
		{name: "a parameter that is no choice", path: "/runs?state=broken", status: 400, wants: []string{`"name":"state"}`}},
		{name: "a parameter is missing", path: "/contracts/can-i-deploy?version=1&environment=production", status: 400, wants: []string{`{"message":"value is required but missing","name":"service"}`}},
		{name: "a parameter nobody knows, and the one that was meant", path: gateQuestion + "&maxage=1h", status: 400, wants: []string{`"fields":[{"message":"is not known here; did you mean max_age?","name":"maxage"}]`}},
		{name: "a parameter in other letters", path: gateQuestion + "&maxAge=60", status: 400, wants: []string{`{"message":"is not known here; did you mean max_age?","name":"maxAge"}`}},
		{name: "a parameter like none", path: gateQuestion + "&colour=green", status: 400, wants: []string{`{"message":"is not known here","name":"colour"}`}},
		{name: "a parameter without a name", path: gateQuestion + "&=1", status: 400, wants: []string{`{"message":"has a parameter without a name","name":"query"}`}},
		{name: "a parameter where none is read", path: "/version?verbose=true", status: 400, wants: []string{`{"message":"is not known here","name":"verbose"}`}},
		{name: "a parameter of a write", method: "DELETE", path: "/contracts/deployments?service=orders&environment=production&instance=blue", status: 400, wants: []string{`{"message":"is not known here","name":"instance"}`}},
		{name: "a parameter with two values", path: gateQuestion + "&version=2", status: 400, wants: []string{`{"message":"has 2 values, and may have one","name":"version"}`}},
		{name: "several that are wrong", path: gateQuestion + "&max_age=0&tga=x", status: 400, wants: []string{`"name":"max_age"`, `"name":"tga"`}},
		{name: "an address nobody knows", path: "/nothing", status: 404, wants: []string{`"code":"not_found"`}},
		{name: "a method it does not answer to", method: "PUT", path: "/me", status: 405, wants: []string{`"code":"invalid"`, "method"}},
		{name: "too much", method: "POST", path: "/services", body: `{"name":"` + strings.Repeat("x", 1<<17) + `"}`, status: 413, wants: []string{`"code":"too_large"`}},
		{name: "a place in the log that is none", path: "/runs/r1/events?after=-1", status: 400, wants: []string{`"name":"after"}`}},
		{name: "what a domain refuses", path: "/runs/gone", status: 404, wants: []string{`"detail":"There is no run gone."`, `"hint":"platform runs list"`, `"title":"Not Found"`}},
		{name: "contracts of a name that nobody knows", path: "/contracts?service=oders", status: 404, wants: []string{`"detail":"No service called oders."`, `"hint":"Did you mean orders?"`}},
		{name: "an address of a provider that nobody knows", method: "PUT", path: "/contracts/providers/oders", body: `{"url":"http://oders"}`, status: 404, wants: []string{`"detail":"No service called oders."`, `"hint":"Did you mean orders?"`}},
		{name: "what nobody classified keeps its secrets", path: "/runs/broken", status: 500, wants: []string{`"code":"internal"`, "Something went wrong on our side."}},
		{name: "no time between two readings", method: "PUT", path: "/locations/l1/schedule", body: `{"every":"often"}`, status: 400, wants: []string{`\"often\" does not say how often a location is to be read.`}},
		{name: "too often", method: "PUT", path: "/locations/l1/schedule", body: `{"every":"10s"}`, status: 400, wants: []string{"Every 10s is too often to read a location.", "Choose a minute or more"}},
		{name: "too often from the beginning", method: "POST", path: "/locations", body: `{"target":"/srv/orders","every":"1s"}`, status: 400, wants: []string{"too often"}},
		{name: "no location of that id", method: "DELETE", path: "/locations/l9", status: 404, wants: []string{"There is no location with the id l9."}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			answer := callAPI(t, newAPIServer(t, newAPIFakes().deps(), apiCaller), tt.method, tt.path, tt.body)
			if answer.Code != tt.status || answer.Header().Get("Content-Type") != "application/problem+json" {
				t.Errorf("answered %d %s: %s", answer.Code, answer.Header(), answer.Body)
			}
			for _, want := range tt.wants {
				if !strings.Contains(answer.Body.String(), want) {
					t.Errorf("the answer lacks %s:\n%s", want, answer.Body)
				}
			}
			if tt.status == http.StatusMethodNotAllowed && !strings.Contains(answer.Header().Get("Allow"), "GET") {
				t.Errorf("the answer does not say which methods are allowed: %s", answer.Header())
			}
			if strings.Contains(answer.Body.String(), "password") {
				t.Errorf("the answer tells a secret: %s", answer.Body)
			}
		})
	}
}

func TestScopesAreThoseOfTheDocument(t *testing.T) {
	t.Parallel()
	nobody := Identity{}
	with := func(scopes ...string) Identity { return Identity{Actor: "ci", Scopes: scopes, Authenticated: true} }
	for _, tt := range []struct {
		name   string
		who    Identity
		method string
		path   string
		body   string
		want   int
	}{
		{"anybody may ask how the server is", nobody, "", "/health", "", 200},
		{"anybody may ask for the version", nobody, "", "/version", "", 200},
		{"nobody may read", nobody, "", "/runs", "", 401},
		{"nobody learns what is wrong with a request", nobody, "POST", "/services", `{`, 401},
		{"a reader may read", with("read"), "", "/runs", "", 200},
		{"a writer may not have the server read its disk", with("write"), "POST", "/locations", `{"target":"/etc"}`, 403},
		{"nor through the back door", with("write"), "POST", "/locations", `{"target":"file:///srv/a.git","type":"git"}`, 403},
		{"a writer may register what lies elsewhere", with("write"), "POST", "/locations", `{"target":"https://git.example/acme/orders.git"}`, 200},
		{"a writer may not have the server open pull requests", with("write"), "POST", "/proposals", `{"repository":"https://github.com/acme/orders"}`, 403},
		{"nor see what its token sees", with("write"), "GET", "/organizations/repositories?organization=https://github.com/acme", ``, 403},
		{"an administrator may", with("admin"), "POST", "/locations", `{"target":"/srv/orders"}`, 200},
		{"a reader may not write", with("read"), "POST", "/services", `{"name":"x"}`, 403},
		{"a plan is reading", with("read"), "POST", "/services/plan", `{"name":"x"}`, 200},
		{"a writer may read", with("write"), "", "/runs", "", 200},
		{"a writer may write", with("write"), "POST", "/services", `{"name":"x"}`, 202},
		{"a writer may not make tokens", with("write"), "POST", "/tokens", `{"name":"x","scopes":["read"]}`, 403},
		{"a writer may not read the audit log", with("write"), "", "/audit", "", 403},
		{"an administrator may", with("admin"), "", "/audit", "", 200},
		{"a scope nobody knows gives nothing", with("root"), "", "/runs", "", 403},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if answer := callAPI(t, newAPIServer(t, newAPIFakes().deps(), tt.who), tt.method, tt.path, tt.body); answer.Code != tt.want {
				t.Errorf("answered %d, want %d: %s", answer.Code, tt.want, answer.Body)
			}
		})
	}
}

func TestNoOperationIsLeftUnguarded(t *testing.T) {
	t.Parallel()
	for _, c := range apiCalls {
		want := 401
		if c.op == "getHealth" || c.op == "getVersion" {
			want = 200
		}
		if answer := callAPI(t, newAPIServer(t, newAPIFakes().deps(), Identity{}), c.method, c.path, c.body); answer.Code != want {
			t.Errorf("%s answers nobody with %d", c.op, answer.Code)
		}
	}
}

// TestEveryWriteSaysWhatItIsAbout looks at what the audit log gets to see.
func TestEveryWriteSaysWhatItIsAbout(t *testing.T) {
	t.Parallel()
	reads := map[string]bool{"previewService": true, "planService": true, "planVerification": true}
	for _, c := range apiCalls {
		e := echo.New()
		var operation, subject any
		e.Use(func(next echo.HandlerFunc) echo.HandlerFunc {
			return func(c echo.Context) error {
				c.SetRequest(c.Request().WithContext(WithIdentity(c.Request().Context(), apiCaller)))
				err := next(c)
				operation, subject = c.Get("operation"), c.Get("subject")
				return err
			}
		})
		NewAPI(newAPIFakes().deps()).Register(e)
		callAPI(t, e, c.method, c.path, c.body)
		if operation != c.op {
			t.Errorf("%s is noted as %v", c.op, operation)
		}
		if writes := c.method != "" && !reads[c.op]; writes != (subject != nil) {
			t.Errorf("%s is noted to be about %v", c.op, subject)
		}
	}
}

func TestWhereTheDataIsConcernsAdministratorsOnly(t *testing.T) {
	t.Parallel()
	answer := callAPI(t, newAPIServer(t, newAPIFakes().deps(), Identity{Scopes: []string{ScopeWrite}}), "", "/info", "")
	if answer.Code != 200 || strings.Contains(answer.Body.String(), "/data") {
		t.Errorf("answered %d: %s", answer.Code, answer.Body)
	}
}

func TestAWrongAnswerStartsNoRun(t *testing.T) {
	t.Parallel()
	f := newAPIFakes()
	answer := callAPI(t, newAPIServer(t, f.deps(), apiCaller), "POST", "/services", `{"name":"taken"}`)
	if answer.Code != 409 || f.runs.started != nil {
		t.Errorf("answered %d, started %v", answer.Code, f.runs.started)
	}
}

func TestTheDocumentIsServed(t *testing.T) {
	t.Parallel()
	handler := newAPIServer(t, newAPIFakes().deps(), Identity{})
	for path, kind := range map[string]string{"/api/openapi.yaml": "application/yaml", "/api/openapi.json": "application/json"} {
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody))
		if answer.Code != 200 || answer.Header().Get("Content-Type") != kind {
			t.Errorf("%s: %d %s", path, answer.Code, answer.Header())
		}
		if _, err := openapi3.NewLoader().LoadFromData(answer.Body.Bytes()); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}
