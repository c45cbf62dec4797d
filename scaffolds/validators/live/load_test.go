//go:build proof

package live_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// rate is how many requests are sent in a second.
const rate = 80

// balancer knows which instances may get requests, as Kubernetes does: it looks
// at the readiness of each every so often, and believes what it saw last.
type balancer struct {
	instances  instances
	operations []string // that they have, and are asked for one after the other
	ready      []atomic.Bool
}

func newBalancer(t *testing.T, every time.Duration, over instances, operations ...string) *balancer {
	t.Helper()
	b := &balancer{instances: over, operations: operations, ready: make([]atomic.Bool, len(over))}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	var looking sync.WaitGroup
	for i, s := range over {
		b.ready[i].Store(true)
		looking.Go(func() {
			ticks := time.NewTicker(every)
			defer ticks.Stop()
			for {
				select {
				case <-ctx.Done():
					return
				case <-ticks.C:
					b.ready[i].Store(isReady(ctx, s.admin))
				}
			}
		})
	}
	t.Cleanup(func() {
		stop()
		looking.Wait()
	})
	return b
}

func isReady(ctx context.Context, admin string) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second) // the probe's timeoutSeconds
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+admin+"/readyz", http.NoBody)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	_ = response.Body.Close()
	return response.StatusCode == http.StatusOK
}

// pick returns the address for the next request. With nobody ready it is any:
// an answer says more than none.
func (b *balancer) pick() string {
	// Not in turn: the operations are, and each instance is to get all of them.
	n := rand.N(len(b.instances))
	for i := range b.instances {
		if at := (n + i) % len(b.instances); b.ready[at].Load() {
			return b.instances[at].api
		}
	}
	return b.instances[n].api
}

// sees reports whether the balancer takes an instance for ready.
func (b *balancer) sees(s *service) bool { return b.ready[slices.Index(b.instances, s)].Load() }

// The operations.
const (
	create   = "POST /items"
	list     = "GET /items"
	get      = "GET /items/{itemId}"
	stock    = "GET /stock"
	estimate = "GET /stock/estimate"
)

// load is requests by vegeta, sent at a steady rate.
type load struct {
	attacker *vegeta.Attacker
	done     chan struct{}

	mu      sync.Mutex
	answers answers
}

// attack begins. Items are those that may be asked for.
func attack(b *balancer, items []string) *load {
	l := &load{done: make(chan struct{}), attacker: vegeta.NewAttacker(
		vegeta.Timeout(patience), vegeta.MaxWorkers(40), vegeta.KeepAlive(true), vegeta.MaxBody(4<<10))}
	sent := 0
	var mu sync.Mutex
	target := func(to *vegeta.Target) error {
		mu.Lock()
		defer mu.Unlock()
		operation := b.operations[sent%len(b.operations)]
		method, path, _ := strings.Cut(operation, " ")
		to.Method, to.Body, to.Header = method, nil, http.Header{}
		if operation == create {
			// Without an Idempotency-Key, so nobody sends it twice: what is lost is lost.
			to.Body = fmt.Appendf(nil, `{"name":"Teapot %d","quantity":3}`, sent)
			to.Header.Set("Content-Type", "application/json")
		}
		to.URL = "http://" + b.pick() + strings.ReplaceAll(path, "{itemId}", items[sent%len(items)])
		sent++
		return nil
	}
	results := l.attacker.Attack(target, vegeta.Rate{Freq: rate, Per: time.Second}, 0, "live")
	go func() {
		defer close(l.done)
		for result := range results {
			l.mu.Lock()
			l.answers = append(l.answers, answer{result})
			l.mu.Unlock()
		}
	}()
	return l
}

// reaches waits until so many more answers came.
func (l *load) reaches(t *testing.T, more int) {
	t.Helper()
	until(t, "for answers", func() func() bool {
		start := l.count()
		return func() bool { return l.count() >= start+more }
	}())
}

func (l *load) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.answers)
}

// since returns what came after the first n answers.
func (l *load) since(n int) answers {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.answers[n:])
}

// stop ends it, and returns all answers: what was sent is waited for.
func (l *load) stop() answers {
	l.attacker.Stop()
	<-l.done
	return l.answers
}

// answer is what came of a request.
type answer struct{ *vegeta.Result }

func (a answer) operation() string {
	_, path, _ := strings.Cut(strings.TrimPrefix(a.URL, "http://"), "/")
	if strings.HasPrefix(path, "items/") {
		path = "items/{itemId}"
	}
	return a.Method + " /" + path
}

func (a answer) ok() bool { return a.Code >= 200 && a.Code < 300 }

// isLater is the answer that the documents promise when something is away: 503,
// a problem, and when to try again.
func (a answer) isLater() bool {
	return a.Code == http.StatusServiceUnavailable && a.Headers.Get("Retry-After") != "" && a.Headers.Get("Content-Type") == "application/problem+json"
}

type answers []answer

func (a answers) where(is func(answer) bool) (found answers) {
	for _, each := range a {
		if is(each) {
			found = append(found, each)
		}
	}
	return found
}

func (a answers) of(operations ...string) answers {
	return a.where(func(each answer) bool { return slices.Contains(operations, each.operation()) })
}

func (a answers) good() answers  { return a.where(answer.ok) }
func (a answers) later() answers { return a.where(answer.isLater) }

// only fails the test for answers that are not as they should be.
func (a answers) only(t *testing.T, what string, is func(answer) bool) {
	t.Helper()
	wrong := a.where(func(each answer) bool { return !is(each) })
	for _, each := range wrong[:min(5, len(wrong))] {
		t.Errorf("%s to %s was answered %d %s %s", each.operation(), each.URL, each.Code, each.Error, each.Body)
	}
	if len(wrong) > 0 {
		t.Errorf("%d of %d requests were not answered as they should be: %s", len(wrong), len(a), what)
	}
	if len(a) == 0 {
		t.Errorf("no request was sent: %s", what)
	}
}
