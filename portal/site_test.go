package portal

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/catalog/catalogtest"
	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/contracts/contractstest"
	"github.com/goldenpath/platform/internal/access"
	"github.com/goldenpath/platform/internal/access/accesstest"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/pipelines"
	"github.com/goldenpath/platform/portal/backstage"
	"github.com/goldenpath/platform/portal/broker"
	"github.com/goldenpath/platform/scaffolds"
)

// What the program gives the server must fit.
var (
	_ pageCatalog     = (*catalog.Catalog)(nil)
	_ serverContracts = (*contracts.Broker)(nil)
	_ pageRuns        = (*pipelines.Runner)(nil)
)

// site is a server with everything around it that a test looks at.
type site struct {
	*Server
	store *accesstest.Store
	log   *logBuffer
	now   *movingClock
}

// newSite returns a server that only this machine reaches; change may make it
// another one.
func newSite(t *testing.T, change func(o *Options)) *site {
	t.Helper()
	s := &site{store: accesstest.NewStore(), log: &logBuffer{}, now: &movingClock{now: apiTime}}
	fakes := emptyAPIFakes()
	store := contractstest.NewStore()
	o := Options{
		Catalog: &siteCatalog{fakes.catalog}, Paths: &sitePaths{fakes.creation}, Creation: fakes.creation, Runs: &siteRuns{fakes.runs},
		Contracts: &siteContracts{fakes.contracts}, About: fakes.access,
		Access:    access.New(s.store, access.Options{Now: s.now.Now}),
		Broker:    broker.New(contracts.New(store, store, nil), broker.Options{}),
		Backstage: backstage.New(catalogtest.New(nil), backstage.Options{MayReadDisk: MayReadDisk}),
		Git:       http.HandlerFunc(fakeGit),
		Metrics:   http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "up 1\n") }),
		Templates: bareTemplates{}, Assets: fstest.MapFS{"manifest.json": {Data: []byte(`{"app.css":"app.1.css"}`)}, "app.1.css": {Data: []byte("a{}")}},
		Loopback: true, LocalActor: "me", PublicURL: "http://platform.example.com",
		Log: slog.New(withIDs{slog.NewJSONHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug})}),
		Route: func(ctx context.Context, route, id string) context.Context {
			return context.WithValue(ctx, loggedKey{}, id+" "+route)
		},
	}
	if change != nil {
		change(&o)
	}
	var err error
	if s.Server, err = New(o); err != nil {
		t.Fatal(err)
	}
	return s
}

// exposed makes a site that other machines reach.
func exposed(o *Options) { o.Loopback, o.RequireLogin = false, true }

// token makes a token and returns its secret.
func (s *site) token(t *testing.T, scope string) (Token, string) {
	t.Helper()
	token, secret, err := s.access.CreateToken(t.Context(), NewToken{Name: scope + "er", Scopes: []string{scope}})
	if err != nil {
		t.Fatal(err)
	}
	return token, secret
}

// ask sends a request: "POST /login token=x", then headers as "Name: value".
func (s *site) ask(t *testing.T, line string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	parts := strings.SplitN(line, " ", 3)
	var body io.Reader = http.NoBody
	if len(parts) == 3 {
		body = strings.NewReader(parts[2])
	}
	r := httptest.NewRequestWithContext(t.Context(), parts[0], parts[1], body)
	r.Host = "127.0.0.1:8080"
	if len(parts) == 3 {
		kind := "application/x-www-form-urlencoded"
		if strings.HasPrefix(parts[2], "{") {
			kind = "application/json"
		}
		r.Header.Set("Content-Type", kind)
	}
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		if name == "Host" {
			r.Host = value
			continue
		}
		r.Header.Add(name, value)
	}
	answer := httptest.NewRecorder()
	s.ServeHTTP(answer, r)
	return answer
}

func (s *site) entries(t *testing.T) []AuditEntry {
	t.Helper()
	entries, _, err := s.access.ListAudit(t.Context(), AuditQuery{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

const browser = "Accept: text/html,application/xhtml+xml,*/*;q=0.8"

// fakeGit answers as git's handler does: it asks who may push.
func fakeGit(w http.ResponseWriter, r *http.Request) {
	if strings.HasSuffix(r.URL.Path, "/git-receive-pack") {
		if _, err := MayPush(r); err != nil {
			http.Error(w, err.Error(), fault.CodeOf(err).HTTPStatus())
			return
		}
	}
	_, _ = io.WriteString(w, "git "+r.URL.Path)
}

// bareTemplates has every page, with nothing on it but its name and notes.
type bareTemplates struct{}

func (bareTemplates) Open(name string) (fs.File, error) {
	files := fstest.MapFS{"layout.html": {Data: []byte("<!doctype html><title>{{.Title}}</title>{{template \"content\" .}}")}, "parts/none.html": {}}
	if page, ok := strings.CutPrefix(name, "pages/"); ok {
		extra := ""
		switch page {
		case "error.html":
			extra = " {{.Fault.Message}} {{.LoginURL}}"
		case "admin/tokens.html":
			extra = " {{.Secret}}"
		case "login.html":
			extra = " {{.Message}}"
		case "home.html":
			extra = " {{.Me.Actor}}"
		}
		files[name] = &fstest.MapFile{Data: []byte(`{{define "content"}}page ` + page + extra + `{{end}}`)}
	}
	return files.Open(name)
}

// withIDs adds what Route was told to every line, as package telemetry does.
type withIDs struct{ slog.Handler }

type loggedKey struct{}

func (h withIDs) Handle(ctx context.Context, record slog.Record) error {
	if told, ok := ctx.Value(loggedKey{}).(string); ok {
		record.AddAttrs(slog.String("told", told))
	}
	return h.Handler.Handle(ctx, record)
}

type movingClock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *movingClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *movingClock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// siteCatalog knows the user ada and nothing else.
type siteCatalog struct{ *fakeCatalog }

func (f *siteCatalog) Get(ctx context.Context, ref catalog.Ref) (catalog.Entity, error) {
	switch ref.Name {
	case "ghost":
		return catalog.Entity{}, fault.New(fault.NotFound, "There is no %s.", ref)
	case "slow":
		<-ctx.Done()
		return catalog.Entity{}, ctx.Err()
	case "panic":
		panic("boom")
	}
	return f.fakeCatalog.Get(ctx, ref)
}

func (*siteCatalog) Facets(context.Context, catalog.Query, ...string) (map[string][]catalog.FacetCount, error) {
	return map[string][]catalog.FacetCount{}, nil
}

func (*siteCatalog) ReferenceLines(context.Context, catalog.Entity) (map[catalog.Relation]int, error) {
	return nil, nil
}

func (*siteCatalog) Relations(context.Context, catalog.Ref) ([]catalog.RelationGroup, error) {
	return nil, nil
}

func (*siteCatalog) OwnerOf(context.Context, catalog.Entity) (n catalog.Neighbour, ok bool, err error) {
	return n, false, nil
}

func (*siteCatalog) SystemOf(context.Context, catalog.Entity) (n catalog.Neighbour, ok bool, err error) {
	return n, false, nil
}

func (*siteCatalog) GroupsOf(context.Context, catalog.Ref) ([]catalog.Neighbour, error) {
	return nil, nil
}

func (*siteCatalog) Find(context.Context, catalog.Ref) (e catalog.Entity, ok bool, err error) {
	return e, false, nil
}

func (*siteCatalog) FormerOf(context.Context, catalog.Ref) (f catalog.Former, was bool, err error) {
	return f, false, nil
}

func (*siteCatalog) LocationByID(context.Context, string) (l catalog.Location, ok bool, err error) {
	return l, false, nil
}

func (*siteCatalog) ProblemsOf(context.Context, catalog.Entity) ([]catalog.Problem, error) {
	return nil, nil
}

func (*siteCatalog) APIOf(context.Context, catalog.Ref) (e catalog.Entity, ok bool, err error) {
	return e, false, nil
}

func (*siteCatalog) Nearest(context.Context, string, string) ([]catalog.Ref, error) { return nil, nil }

type sitePaths struct{ *fakeCreation }

func (f *sitePaths) Get(name string) (*scaffolds.Path, error) {
	path, err := f.fakeCreation.Get(name)
	if path != nil {
		path.Schema = []byte(`{"type":"object","properties":{"name":{"type":"string","title":"Name"}}}`)
	}
	return path, err
}

type siteRuns struct{ *fakeRuns }

func (*siteRuns) Events(context.Context, string, int64, int) ([]pipelines.Event, error) {
	return nil, nil
}

type siteContracts struct{ *fakeContracts }

func (*siteContracts) GateStatuses(context.Context, string, []string) (map[string]contracts.GateStatus, error) {
	return nil, nil
}

func (*siteContracts) Deployments(context.Context, contracts.DeploymentFilter) ([]contracts.Deployment, error) {
	return nil, nil
}

// location is where an answer sends its reader.
func location(t *testing.T, answer *httptest.ResponseRecorder) string {
	t.Helper()
	u, err := url.Parse(answer.Header().Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	return u.String()
}
