// Package portal is the web server: the pages people look at, the platform's
// own API, and what every request goes through before either. It knows echo and
// HTML; what things mean is the domains'.
package portal

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/internal/access"
)

// Options are what the server is made of. Catalog, Paths, Creation, Runs,
// Contracts, About, Access, Templates and Assets are needed; Broker,
// Backstage, Git, Downloads and Metrics have no addresses when they are nil.
type Options struct {
	Catalog   pageCatalog
	Paths     apiPaths
	Creation  apiCreation
	Runs      pageRuns
	Contracts serverContracts
	About     apiServer
	Access    *access.Access

	// Broker answers at /broker, Backstage at /api/catalog.
	Broker    interface{ Register(g *echo.Group) }
	Backstage interface{ Register(g *echo.Group) }
	// Git answers at /git/ and sees addresses without it. MayPush tells it who
	// may push.
	Git       http.Handler
	Downloads *Downloads
	// Webhooks takes what git hosts tell; nil refuses.
	Webhooks *Webhooks
	Metrics  http.Handler

	Templates, Assets fs.FS

	// PublicURL is how people reach this server, such as https://platform.example.com.
	PublicURL string
	// Loopback says that only this machine reaches the server. RequireLogin says
	// that everybody has to say who they are. One of them must be true.
	Loopback, RequireLogin bool
	// LocalActor is the name that writes without login are recorded under.
	LocalActor string

	// Instrument measures and traces requests; none when nil. Route is told which
	// route a request has and what its id is, once that is known, and returns the
	// context that Log finds the id in: lines written here do not repeat it.
	Instrument func(http.Handler) http.Handler
	Route      func(ctx context.Context, route, requestID string) context.Context
	Log        *slog.Logger
	Limits     Limits
}

// serverContracts is what API and pages need of contracts.
type serverContracts interface {
	apiContracts
	pageContracts
}

// Server is the web server: every page, API and file of the platform.
type Server struct {
	options  Options
	log      *slog.Logger
	access   *access.Access
	sessions *sessions
	renderer *renderer
	limits   Limits
	hosts    map[string]bool // names it answers to on loopback
	origins  *http.CrossOriginProtection
	secure   bool // people reach it with TLS
	echo     *echo.Echo
	handler  http.Handler

	auditing sync.WaitGroup // entries that are being written
	draining atomic.Bool
	closing  context.Context //nolint:containedctx // ends with the server; streams end with it
	close    context.CancelFunc
}

var errOpenToAll = errors.New("a server that other machines reach needs a login")

// New returns the server over o.
func New(o Options) (*Server, error) {
	if !o.Loopback && !o.RequireLogin {
		return nil, errOpenToAll
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.LocalActor == "" {
		o.LocalActor = "local"
	}
	renderer, err := newRenderer(o.Templates, o.Assets)
	if err != nil {
		return nil, err
	}
	o.PublicURL = strings.TrimSuffix(o.PublicURL, "/")
	s := &Server{options: o, log: o.Log, access: o.Access, renderer: renderer, limits: o.Limits.orDefaults(), echo: echo.New()}
	s.closing, s.close = context.WithCancel(context.Background())
	if err := s.setOrigins(); err != nil {
		return nil, err
	}
	s.sessions = &sessions{access: o.Access, required: o.RequireLogin, secure: s.secure, log: o.Log}
	s.echo.HideBanner, s.echo.HidePort = true, true
	s.echo.HTTPErrorHandler = func(err error, c echo.Context) { s.fail(c, err) }
	s.echo.Pre(wholeQuery)
	s.echo.Use(s.identifyRequest, s.observe, s.bound, s.checkHost, s.checkOrigin, s.authenticate)
	s.routes()
	s.handler = http.HandlerFunc(s.serve)
	if o.Instrument != nil {
		s.handler = o.Instrument(s.handler)
	}
	return s, nil
}

// setOrigins works out which names the server answers to, and which origins its
// own pages have.
func (s *Server) setOrigins() error {
	s.hosts = map[string]bool{"localhost": true, "127.0.0.1": true, "::1": true}
	s.origins = http.NewCrossOriginProtection()
	if s.options.PublicURL == "" {
		return nil
	}
	u, err := url.Parse(s.options.PublicURL)
	if err != nil {
		return err
	}
	s.hosts[strings.ToLower(u.Hostname())] = true
	s.secure = u.Scheme == "https"
	return s.origins.AddTrustedOrigin(u.Scheme + "://" + u.Host)
}

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Drain says that the server is about to stop: /readyz fails, so that no more
// requests are sent here, and streams end, so that their clients go elsewhere.
func (s *Server) Drain() {
	s.draining.Store(true)
	s.close()
}

// Bounds of a connection. What one request may take is in Limits.
const (
	readHeaderTime = 10 * time.Second
	answerTime     = 3 * time.Minute // more than an answer may take, unless its route says otherwise
	idleTime       = 2 * time.Minute
	maxHeader      = 64 << 10
)

// HTTPServer returns the server of s for a listener. Streams, git and downloads
// move the deadline of writing on by themselves.
func HTTPServer(s *Server) *http.Server {
	return &http.Server{
		Handler:           s,
		ReadHeaderTimeout: readHeaderTime,
		WriteTimeout:      answerTime,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
	}
}
