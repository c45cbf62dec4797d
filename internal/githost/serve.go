package githost

import (
	"log/slog"
	"net/http"
	"net/http/cgi" // #nosec G504 -- the fault it warns of was mended in Go 1.6.3
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/goldenpath/platform/internal/fault"
)

// ServeOptions are what serving repositories takes. Log is needed.
type ServeOptions struct {
	Log *slog.Logger
	// MayPush decides whether the request may write, and as whom. Nobody may
	// when it is nil. Who may read is decided before the request comes here.
	MayPush func(r *http.Request) (actor string, err error)
	// Refuse answers a request that is not served; a plain sentence when nil.
	Refuse func(w http.ResponseWriter, r *http.Request, err error)
	// Pushed is called after each push that git took.
	Pushed func(r *http.Request, repository string)
	// MaxPush bounds the size of a push; 512 MiB when 0.
	MaxPush int64
}

const defaultMaxPush = 512 << 20

// Serve answers git clients that clone, fetch from and push to the host's
// repositories over smart HTTP. It is to be mounted at /git/ with the prefix
// stripped, so that it sees /NAME.git/....
func (l *Local) Serve(o ServeOptions) http.Handler {
	if o.MaxPush == 0 {
		o.MaxPush = defaultMaxPush
	}
	if o.Refuse == nil {
		o.Refuse = func(w http.ResponseWriter, _ *http.Request, err error) {
			f := fault.From(err)
			http.Error(w, f.Message, f.Code.HTTPStatus())
		}
	}
	return &server{host: l, options: o}
}

type server struct {
	host    *Local
	options ServeOptions
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	call, err := s.parse(r)
	if err != nil {
		s.options.Refuse(w, r, err)
		return
	}
	actor := ""
	if call.push {
		if s.options.MayPush == nil {
			s.options.Refuse(w, r, fault.New(fault.Forbidden, "This server takes no pushes."))
			return
		}
		if actor, err = s.options.MayPush(r); err != nil {
			if fault.Is(err, fault.Unauthenticated) {
				// git asks for a name and a password only when it is told so.
				w.Header().Set("WWW-Authenticate", `Basic realm="Platform: any name, a token as password"`)
			}
			s.options.Refuse(w, r, err)
			return
		}
	}
	s.run(w, r, call, actor)
}

// call is what a git client asks of one repository.
type call struct {
	name   string // of the repository
	folder string
	action string // info/refs, git-upload-pack or git-receive-pack
	push   bool
}

// parse accepts the four requests of smart HTTP and nothing else: git's own
// program would also hand out single files.
func (s *server) parse(r *http.Request) (call, error) {
	unknown := fault.New(fault.NotFound, "There is no git repository at this address.").
		WithHint("Clone addresses look like this: %s/git/NAME.git", s.host.publicURL)
	name, action, found := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), ".git/")
	if !found {
		return call{}, unknown
	}
	c := call{name: name, action: action}
	service := r.URL.Query().Get("service")
	switch {
	case action == "info/refs" && r.Method == http.MethodGet && (service == "git-upload-pack" || service == "git-receive-pack"):
		c.push = service == "git-receive-pack"
	case (action == "git-upload-pack" || action == "git-receive-pack") && r.Method == http.MethodPost:
		c.push = action == "git-receive-pack"
	case action == "info/refs" && r.Method == http.MethodGet:
		return call{}, fault.New(fault.Unsupported, "Only git's smart HTTP protocol is served here.").
			WithHint("Use git 1.6.6 or newer.")
	default:
		return call{}, unknown
	}
	var err error
	if c.folder, err = s.host.path(name); err != nil {
		return call{}, unknown
	}
	if info, err := os.Stat(c.folder); err != nil || !info.IsDir() {
		return call{}, fault.New(fault.NotFound, "There is no git repository called %q.", name)
	}
	return c, nil
}

// run hands the request to git http-backend, which sees nothing of the server's
// environment or of the credentials in the request.
func (s *server) run(w http.ResponseWriter, r *http.Request, c call, actor string) {
	git, err := exec.LookPath("git")
	if err != nil {
		s.options.Refuse(w, r, fault.New(fault.MissingTool, "The program git is not installed on the server.").
			WithHint("Install it: apt-get install git").WithCause(err))
		return
	}
	stderr := &logWriter{log: s.options.Log, request: r, repository: c.name}
	handler := &cgi.Handler{
		Path: git, Args: []string{"http-backend"}, Dir: c.folder, Stderr: stderr,
		Logger: slog.NewLogLogger(s.options.Log.Handler(), slog.LevelWarn),
		Env:    s.environment(c, actor),
	}
	recorder := &statusRecorder{ResponseWriter: w, status: http.StatusOK}
	request, body := s.bare(recorder, r, c)
	handler.ServeHTTP(recorder, request)
	if c.action == "git-receive-pack" && recorder.status == http.StatusOK && body.size > len(probe) && s.options.Pushed != nil {
		s.options.Pushed(r, c.name)
	}
}

func (s *server) environment(c call, actor string) []string {
	env := []string{
		"GIT_PROJECT_ROOT=" + s.host.dir,
		"GIT_HTTP_EXPORT_ALL=1",
		"PATH_INFO=/" + filepath.Base(c.folder) + "/" + c.action,
		"PATH_TRANSLATED=" + filepath.Join(c.folder, filepath.FromSlash(c.action)),
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull,
		"HOME=" + s.host.dir, "LC_ALL=C",
	}
	settings := []string{
		"safe.directory", c.folder, // the check of the owner: the folder is ours by configuration
		"core.hooksPath", os.DevNull, // a repository brings no programs with it
		"http.getanyfile", "false",
		"uploadpack.allowFilter", "true",
		"receive.fsckObjects", "true",
		"receive.denyCurrentBranch", "ignore",
	}
	if c.push {
		settings = append(settings, "http.receivepack", "true")
		if actor == "" {
			actor = "platform"
		}
		env = append(env, "REMOTE_USER="+clean(actor))
	}
	for i := 0; i < len(settings); i += 2 {
		n := itoa(i / 2)
		env = append(env, "GIT_CONFIG_KEY_"+n+"="+settings[i], "GIT_CONFIG_VALUE_"+n+"="+settings[i+1])
	}
	return append(env, "GIT_CONFIG_COUNT="+itoa(len(settings)/2))
}

// probe is what git sends before a large push, to find out whether it may.
const probe = "0000"

// bare returns the request as git may see it: with a bounded body, without
// credentials, and without the mark of a chunked body, which package cgi refuses
// though git reads to the end of its input.
func (s *server) bare(w http.ResponseWriter, r *http.Request, c call) (*http.Request, *countedBody) {
	out := r.Clone(r.Context())
	for _, name := range []string{"Authorization", "Cookie", "Proxy-Authorization", "X-Api-Key"} {
		out.Header.Del(name)
	}
	out.URL.Path, out.URL.RawPath = "/"+c.name+".git/"+c.action, ""
	out.TransferEncoding = nil
	counted := &countedBody{}
	if out.Body != nil && out.Body != http.NoBody {
		counted.ReadCloser = http.MaxBytesReader(w, out.Body, s.options.MaxPush)
		out.Body = counted
	}
	return out, counted
}
