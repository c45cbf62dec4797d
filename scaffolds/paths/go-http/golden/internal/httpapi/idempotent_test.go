package httpapi_test

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/golden/service/client"
	"example.com/golden/service/internal/items"
	"example.com/golden/service/internal/items/memory"
)

const teapot = `{"name":"Blue teapot","quantity":3}`

func TestIdempotencyKey(t *testing.T) {
	t.Parallel()
	s := newService(t, memory.New())
	create := func(body, key string) (status int, text string) {
		t.Helper()
		answer := s.do(t, http.MethodPost, "/items", body, "Idempotency-Key", key)
		return answer.Code, answer.Header().Get("Location") + " " + answer.Header().Get("Content-Type") + " " + answer.Body.String()
	}
	status, first := create(teapot, "k1")
	if status != http.StatusCreated {
		t.Fatalf("answered %d %s", status, first)
	}
	status, again := create(teapot, "k1")
	if diff := cmp.Diff(first, again); status != http.StatusCreated || diff != "" {
		t.Errorf("again: answered %d (-first +again):\n%s", status, diff)
	}
	if status, other := create(`{"name":"Red teapot","quantity":3}`, "k1"); status != http.StatusUnprocessableEntity || !strings.Contains(other, "application/problem+json") {
		t.Errorf("another item with the same key: answered %d %s, want a problem with 422", status, other)
	}
	if status, other := create(teapot, "k2"); status != http.StatusCreated || other == first {
		t.Errorf("another key: answered %d %s, want an item of its own", status, other)
	}
	if status, wrong := create(`{"name":"Blue teapot"}`, "k3"); status != http.StatusBadRequest {
		t.Errorf("a wrong request: answered %d %s", status, wrong)
	}
	if status, mended := create(teapot, "k3"); status != http.StatusCreated {
		t.Errorf("mended, with its key: answered %d %s", status, mended)
	}
	if status, long := create(teapot, strings.Repeat("k", 256)); status != http.StatusBadRequest {
		t.Errorf("a key that is too long: answered %d %s", status, long)
	}
	page := decode[client.ItemPage](t, s.do(t, http.MethodGet, "/items", "", "Idempotency-Key", "k1"))
	if len(page.Items) != 3 {
		t.Errorf("there are %d items, want 3", len(page.Items))
	}
}

// A key is text: what is none is refused, and named.
func TestIdempotencyKey_thatIsNoText(t *testing.T) {
	t.Parallel()
	s := newService(t, memory.New())
	for _, key := range []string{"\xff\xfe", "a\x00b", "a\tb", "a\u0085b"} {
		answer := s.do(t, http.MethodPost, "/items", teapot, "Idempotency-Key", key)
		if problem := decode[client.Problem](t, answer); answer.Code != http.StatusBadRequest || !namesField(problem, "Idempotency-Key") {
			t.Errorf("%q: answered %d %s, want 400 and the header named", key, answer.Code, answer.Body)
		}
	}
	if answer := s.do(t, http.MethodPost, "/items", teapot, "Idempotency-Key", "Schlüssel 1"); answer.Code != http.StatusCreated {
		t.Errorf("answered %d %s to a key with an umlaut", answer.Code, answer.Body)
	}
}

// A store that fails at first, and lets the test look on.
type moodyStore struct {
	items.Store
	failures         atomic.Int32
	panics           bool
	entered, release chan struct{}
}

func (s *moodyStore) Insert(ctx context.Context, item items.Item) error {
	if s.failures.Add(-1) >= 0 {
		if s.panics {
			panic(errStore)
		}
		return errStore
	}
	if s.entered != nil {
		s.entered <- struct{}{}
		<-s.release
	}
	return s.Store.Insert(ctx, item)
}

func TestIdempotencyKey_whileTheFirstIsBeingAnswered(t *testing.T) {
	t.Parallel()
	store := &moodyStore{Store: memory.New(), entered: make(chan struct{}), release: make(chan struct{})}
	s := newService(t, store)
	first := make(chan int, 1)
	go func() { first <- s.do(t, http.MethodPost, "/items", teapot, "Idempotency-Key", "k").Code }()
	<-store.entered
	second := s.do(t, http.MethodPost, "/items", teapot, "Idempotency-Key", "k")
	if second.Code != http.StatusConflict || second.Header().Get("Retry-After") == "" {
		t.Errorf("answered %d %s, want 409 and when to come back", second.Code, second.Body)
	}
	close(store.release)
	if status := <-first; status != http.StatusCreated {
		t.Errorf("the first was answered %d", status)
	}
}

// An error of the service is not the answer forever.
func TestIdempotencyKey_afterAnError(t *testing.T) {
	t.Parallel()
	for name, panics := range map[string]bool{"an error": false, "a panic": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := &moodyStore{Store: memory.New(), panics: panics}
			store.failures.Store(1)
			s := newService(t, store)
			for _, want := range []int{http.StatusInternalServerError, http.StatusCreated, http.StatusCreated} {
				if answer := s.do(t, http.MethodPost, "/items", teapot, "Idempotency-Key", "k"); answer.Code != want {
					t.Errorf("answered %d %s, want %d", answer.Code, answer.Body, want)
				}
			}
		})
	}
}
