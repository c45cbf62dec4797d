package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/labstack/echo/v4"
	"github.com/pact-foundation/pact-go/v2/consumer"
	"github.com/pact-foundation/pact-go/v2/matchers"
	"github.com/pact-foundation/pact-go/v2/message"
	messages "github.com/pact-foundation/pact-go/v2/message/v4"
	"github.com/pact-foundation/pact-go/v2/models"
	"github.com/pact-foundation/pact-go/v2/provider"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/database/databasetest"
	"github.com/goldenpath/platform/internal/store"
	"github.com/goldenpath/platform/portal/broker"
)

const (
	goConsumer = "go-web"
	goProvider = "go-api"
)

// goVerification is what a provider's test with pact-go is to do. It runs in a
// process of its own, because it must be allowed to fail.
type goVerification struct {
	Broker, Provider, Version string
	Pending                   bool
	WIPSince                  *time.Time
	Order                     string // what the provider puts into its message
}

// jobVariable hands a goVerification to the process.
const jobVariable = "PLATFORM_TEST_PACT_GO"

// TestPactGo walks with pact-go, as teams have it in their tests, from a consumer
// test over the broker to a provider's verification.
func TestPactGo(t *testing.T) {
	if job := os.Getenv(jobVariable); job != "" {
		verifyWithPactGo(t, job)
		return
	}
	t.Parallel()
	if testing.Short() {
		t.Skip("runs foreign programs")
	}
	db := databasetest.SQLite(t)
	domain := contracts.New(store.New(db).Contracts(), db, nil)
	e := echo.New()
	broker.New(domain, broker.Options{}).Register(e.Group("/broker"))
	server := httptest.NewServer(e)
	t.Cleanup(server.Close)
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Path != "/products/A1" || r.Header.Get("Authorization") != "Bearer of-the-provider" {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		_, _ = io.WriteString(w, `{"sku": "A1", "stock": 7}`)
	}))
	t.Cleanup(api.Close)
	job := goVerification{Broker: server.URL + "/broker", Provider: api.URL, Version: "p1", Order: "o1"}

	publish(t, job.Broker, "1", "main", consume(t, "/products/A1"))
	if out, kept := runPactGo(t, job); !kept {
		t.Fatalf("a promise was kept, pact-go says not:\n%s", out)
	}
	wantVerifications(t, domain, "p1 yes: message passed, request passed")

	job.Version, job.Order = "p2", ""
	if out, kept := runPactGo(t, job); kept {
		t.Errorf("a message without its content was kept:\n%s", out)
	}
	wantVerifications(t, domain, "p2 no: message failed, request passed", "p1 yes: message passed, request passed")

	// What a branch asks for in addition is work in progress: it fails, and breaks
	// no build.
	since := time.Now().Add(-time.Hour)
	job.Version, job.Order, job.Pending, job.WIPSince = "p3", "o1", true, &since
	publish(t, job.Broker, "2", "feat/more", consume(t, "/products/of/the/future"))
	if out, kept := runPactGo(t, job); !kept {
		t.Errorf("work in progress broke the build:\n%s", out)
	}
	wantVerifications(t, domain,
		"p3 no pending wip: message passed, request failed", "p3 yes: message passed, request passed",
		"p2 no: message failed, request passed", "p1 yes: message passed, request passed")
}

// consume runs a consumer's tests, with a request and a message, and returns the
// pact they wrote.
func consume(t *testing.T, path string) string {
	t.Helper()
	dir := t.TempDir()
	mock, err := consumer.NewV4Pact(consumer.MockHTTPProviderConfig{Consumer: goConsumer, Provider: goProvider, Host: "127.0.0.1", PactDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	err = mock.AddInteraction().
		GivenWithParameter(models.ProviderState{Name: "a product exists", Parameters: map[string]any{"sku": "A1"}}).
		UponReceiving("request").
		WithRequest(http.MethodGet, path).
		WillRespondWith(http.StatusOK, func(b *consumer.V4ResponseBuilder) {
			b.JSONBody(matchers.Map{"sku": matchers.Like("A1"), "stock": matchers.Integer(3)})
		}).
		ExecuteTest(t, func(c consumer.MockServerConfig) error {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, fmt.Sprintf("http://127.0.0.1:%d%s", c.Port, path), nil)
			if err != nil {
				return err
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				return err
			}
			return resp.Body.Close()
		})
	if err != nil {
		t.Fatal(err)
	}
	queue, err := messages.NewAsynchronousPact(messages.Config{Consumer: goConsumer, Provider: goProvider, PactDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	err = queue.AddAsynchronousMessage().ExpectsToReceive("message").
		WithJSONContent(matchers.Map{"order": matchers.Like("o1")}).
		ConsumedBy(func(messages.AsynchronousMessage) error { return nil }).
		Verify(t)
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, goConsumer+"-"+goProvider+".json")
}

// publish hands the pact to the broker with the official CLI: pact-go has none.
func publish(t *testing.T, url, version, branch, file string) {
	t.Helper()
	const toolMissing = 8
	var errs bytes.Buffer
	install := exec.CommandContext(t.Context(), "../../scripts/install-pact-cli.sh")
	install.Stderr = &errs
	program, err := install.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() == toolMissing {
		t.Skipf("THE OFFICIAL PACT CLI CANNOT BE FETCHED, so nothing publishes what pact-go wrote:\n%s", errs.String())
	}
	if err != nil {
		t.Fatalf("install the pact CLI: %v\n%s", err, errs.String())
	}
	cmd := exec.CommandContext(t.Context(), strings.TrimSpace(string(program)),
		"broker", "publish", file, "-b", url, "-a", version, "--branch", branch)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("pact broker publish: %v\n%s", err, out)
	}
}

// runPactGo runs the provider's test and reports whether it passed.
func runPactGo(t *testing.T, job goVerification) (out string, passed bool) {
	t.Helper()
	text, err := json.Marshal(job)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestPactGo$", "-test.v")
	cmd.Env = append(os.Environ(), jobVariable+"="+string(text), "PACT_DO_NOT_TRACK=true")
	said, err := cmd.CombinedOutput()
	if _, failed := errors.AsType[*exec.ExitError](err); err != nil && !failed {
		t.Fatal(err)
	}
	return string(said), err == nil
}

// verifyWithPactGo is the provider's test.
func verifyWithPactGo(t *testing.T, text string) {
	t.Helper()
	var job goVerification
	if err := json.Unmarshal([]byte(text), &job); err != nil {
		t.Fatal(err)
	}
	var states []string
	_ = provider.NewVerifier().VerifyProvider(t, provider.VerifyRequest{ // it tells t
		Provider: goProvider, ProviderBaseURL: job.Provider, ProviderVersion: job.Version, ProviderBranch: "main",
		BrokerURL: job.Broker, PublishVerificationResults: true, EnablePending: job.Pending, IncludeWIPPactsSince: job.WIPSince,
		ConsumerVersionSelectors: []provider.Selector{&provider.ConsumerVersionSelector{MainBranch: true}},
		StateHandlers: models.StateHandlers{"a product exists": func(_ bool, s models.ProviderState) (models.ProviderStateResponse, error) {
			states = append(states, fmt.Sprint(s.Parameters))
			return nil, nil
		}},
		RequestFilter: func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				r.Header.Set("Authorization", "Bearer of-the-provider")
				next.ServeHTTP(w, r)
			})
		},
		MessageHandlers: message.Handlers{"message": func([]models.ProviderState) (message.Body, message.Metadata, error) {
			metadata := message.Metadata{"contentType": "application/json"}
			if job.Order == "" {
				return map[string]any{}, metadata, nil
			}
			return map[string]any{"order": job.Order}, metadata, nil
		}},
		DisableColoredOutput: true,
	})
	if len(states) == 0 || !strings.Contains(states[0], "A1") {
		t.Errorf("states %q", states)
	}
}

// wantVerifications compares what the broker keeps, newest first.
func wantVerifications(t *testing.T, domain *contracts.Broker, want ...string) {
	t.Helper()
	pair, err := domain.Pair(t.Context(), goConsumer, goProvider)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, v := range pair.Verifications {
		text := v.ProviderVersion + " " + string(v.Verdict())
		if v.Pending {
			text += " pending"
		}
		if v.WIP {
			text += " wip"
		}
		var results []string
		for _, i := range v.Interactions {
			results = append(results, i.Description+" "+i.Status)
		}
		got = append(got, text+": "+strings.Join(results, ", "))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("verifications (-want +got):\n%s", diff)
	}
}
