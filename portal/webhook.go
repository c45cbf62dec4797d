package portal

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/fault"
)

const (
	webhookRoute = "/webhooks/github"
	// maxEvent bounds an event. GitHub's own bound is 25 MB; what is larger than
	// this lists thousands of commits, and the schedule sees those, too.
	maxEvent = 4 << 20
	// maxDeliveries and deliveryTime bound which deliveries are remembered.
	maxDeliveries, deliveryTime = 10_000, time.Hour
	// maxCommits is how many commits GitHub lists of a push at most.
	maxCommits = 2048
)

// webhookCatalog is what events of a git host are told to.
type webhookCatalog interface {
	Changed(ctx context.Context, event catalog.RepositoryEvent) ([]string, error)
}

// Webhooks take what GitHub tells of repositories.
type Webhooks struct {
	secret  []byte
	catalog webhookCatalog
	log     *slog.Logger
	now     func() time.Time

	mu   sync.Mutex
	seen map[string]time.Time // deliveries
}

// NewWebhooks returns what takes events that are signed with secret; none are
// when it is empty.
func NewWebhooks(secret string, c webhookCatalog, log *slog.Logger) *Webhooks {
	return &Webhooks{secret: []byte(secret), catalog: c, log: log, now: time.Now, seen: map[string]time.Time{}}
}

// receive takes one event. It only notes what is to be read: the schedule reads.
func (w *Webhooks) receive(c echo.Context) error {
	if w == nil || len(w.secret) == 0 {
		return fault.New(fault.Forbidden, "This server takes no events from GitHub: it has no secret to know them by.").
			WithHint("Make one (openssl rand -hex 32), set it as PLATFORM_GITHUB_WEBHOOK_SECRET here and as the webhook's secret on GitHub.")
	}
	r := c.Request()
	signature := r.Header.Get("X-Hub-Signature-256")
	if signature == "" {
		return fault.New(fault.Unauthenticated, "The event is not signed.").
			WithHint("Set a secret in the settings of the webhook on GitHub, the same as PLATFORM_GITHUB_WEBHOOK_SECRET.")
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	if !w.signed(body, signature) {
		return fault.New(fault.Unauthenticated, "The signature of the event is not ours.").
			WithHint("The secret of the webhook on GitHub must be the same as PLATFORM_GITHUB_WEBHOOK_SECRET.")
	}
	delivery := r.Header.Get("X-GitHub-Delivery")
	if delivery == "" {
		return fault.New(fault.Invalid, "The event has no X-GitHub-Delivery.").WithHint("Send it as GitHub does.")
	}
	if !w.fresh(delivery) {
		return c.JSON(http.StatusAccepted, webhookAnswer{Message: "This event was received before."})
	}
	answer, err := w.take(r, body)
	if err != nil {
		w.forget(delivery) // it may come again
		return err
	}
	return c.JSON(http.StatusAccepted, answer)
}

// webhookAnswer is what GitHub shows beside the delivery.
type webhookAnswer struct {
	Message   string   `json:"message"`
	Locations []string `json:"locations,omitempty"` // that are read again
}

// signed compares without telling by its time how much is right.
func (w *Webhooks) signed(body []byte, signature string) bool {
	given, err := hex.DecodeString(strings.TrimPrefix(signature, "sha256="))
	if err != nil || !strings.HasPrefix(signature, "sha256=") {
		return false
	}
	mac := hmac.New(sha256.New, w.secret)
	mac.Write(body)
	return hmac.Equal(given, mac.Sum(nil))
}

// fresh reports whether a delivery comes for the first time, and remembers it.
func (w *Webhooks) fresh(delivery string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.now()
	if at, known := w.seen[delivery]; known && now.Sub(at) < deliveryTime {
		return false
	}
	if len(w.seen) >= maxDeliveries {
		for id, at := range w.seen {
			if now.Sub(at) >= deliveryTime || len(w.seen) >= maxDeliveries {
				delete(w.seen, id)
			}
		}
	}
	w.seen[delivery] = now
	return true
}

func (w *Webhooks) forget(delivery string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.seen, delivery)
}

// githubEvent is the part of GitHub's events that we read.
type githubEvent struct {
	Action     string `json:"action"`
	Ref        string `json:"ref"`
	Created    bool   `json:"created"`
	Deleted    bool   `json:"deleted"`
	Forced     bool   `json:"forced"`
	Repository *struct {
		CloneURL      string `json:"clone_url"`
		DefaultBranch string `json:"default_branch"`
	} `json:"repository"`
	Commits []struct {
		Added    []string `json:"added"`
		Removed  []string `json:"removed"`
		Modified []string `json:"modified"`
	} `json:"commits"`
}

// take tells the catalog what an event means.
func (w *Webhooks) take(r *http.Request, body []byte) (webhookAnswer, error) {
	kind := r.Header.Get("X-GitHub-Event")
	switch kind {
	case "ping":
		return webhookAnswer{Message: "Events arrive."}, nil
	case "push", "repository":
	default:
		return webhookAnswer{Message: "Events of this kind mean nothing here."}, nil
	}
	var event githubEvent
	if err := decodeEvent(r, body, &event); err != nil {
		return webhookAnswer{}, err
	}
	if event.Repository == nil || event.Repository.CloneURL == "" {
		return webhookAnswer{}, fault.New(fault.Invalid, "The event names no repository.").WithHint("Send it as GitHub does.")
	}
	changed := catalog.RepositoryEvent{Target: event.Repository.CloneURL, DefaultBranch: event.Repository.DefaultBranch}
	if kind == "repository" {
		changed.Listed = true
	} else {
		branch, ok := strings.CutPrefix(event.Ref, "refs/heads/")
		if !ok {
			branch, ok = strings.CutPrefix(event.Ref, "refs/tags/")
		}
		if !ok || branch == "" {
			return webhookAnswer{Message: "The push is to no branch or tag."}, nil
		}
		changed.Branch, changed.Files = branch, event.files()
	}
	ids, err := w.catalog.Changed(r.Context(), changed)
	if err != nil {
		return webhookAnswer{}, err
	}
	w.log.InfoContext(r.Context(), "event from GitHub", "event", kind, "action", event.Action, "repository", changed.Target, "locations", len(ids))
	if len(ids) == 0 {
		return webhookAnswer{Message: "Nothing in the catalog depends on this."}, nil
	}
	return webhookAnswer{Message: "What depends on this is read again.", Locations: ids}, nil
}

// decodeEvent reads a body in either of the two forms that a webhook on GitHub
// may be set to.
func decodeEvent(r *http.Request, body []byte, event *githubEvent) error {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind == "application/x-www-form-urlencoded" {
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return fault.New(fault.Invalid, "The event cannot be read.").WithHint("Choose application/json as the webhook's content type.").WithCause(err)
		}
		body = []byte(form.Get("payload"))
	}
	if err := json.NewDecoder(bytes.NewReader(body)).Decode(event); err != nil {
		return fault.New(fault.Invalid, "The event is not valid JSON.").WithHint("Choose application/json as the webhook's content type.").WithCause(err)
	}
	return nil
}

// files returns which files a push changed, nil when it does not say so of all
// its commits: a new branch, one that was rewritten, or a very long push.
func (e githubEvent) files() []string {
	if e.Created || e.Deleted || e.Forced || len(e.Commits) == 0 || len(e.Commits) >= maxCommits {
		return nil
	}
	files := []string{}
	for _, commit := range e.Commits {
		files = append(files, commit.Added...)
		files = append(files, commit.Removed...)
		files = append(files, commit.Modified...)
	}
	return files
}
