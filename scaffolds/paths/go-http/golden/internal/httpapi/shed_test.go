package httpapi_test

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"

	"example.com/golden/service/internal/items"
)

// A store that takes its time.
type slowStore struct {
	items.Store
	entered, release chan struct{}
}

func (s slowStore) Get(context.Context, uuid.UUID) (items.Item, error) {
	s.entered <- struct{}{}
	<-s.release
	return items.Item{}, items.ErrNotFound
}

// What is too much is refused at once, and what was begun is finished.
func TestShed(t *testing.T) {
	t.Parallel()
	store := slowStore{entered: make(chan struct{}), release: make(chan struct{})}
	s := newService(t, store)
	path, ended := "/items/"+uuid.NewString(), make(chan int, 2)
	for range 2 { // as many as newService allows
		go func() { ended <- s.do(t, http.MethodGet, path, "").Code }()
		<-store.entered
	}
	refused := s.do(t, http.MethodGet, path, "")
	if refused.Code != http.StatusServiceUnavailable || refused.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("answered %d %s, want a problem with 503", refused.Code, refused.Body)
	}
	if seconds, err := strconv.Atoi(refused.Header().Get("Retry-After")); err != nil || seconds < 1 || seconds > 3 {
		t.Errorf("Retry-After is %q, want 1 to 3", refused.Header().Get("Retry-After"))
	}
	close(store.release)
	for range 2 {
		if status := <-ended; status != http.StatusNotFound {
			t.Errorf("a request that was let in was answered %d", status)
		}
	}
	metrics := s.scrape(t)
	for _, want := range []string{
		"http_server_requests_shed_total 1",
		"http_server_active_requests_limit 2",
		`http_server_request_duration_seconds_count{http_request_method="GET",http_response_status_code="503",http_route="/items/{itemId}"} 1`,
	} {
		if !strings.Contains(metrics, want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
	go func() { <-store.entered }()
	if after := s.do(t, http.MethodGet, path, ""); after.Code != http.StatusNotFound {
		t.Errorf("afterwards: answered %d", after.Code)
	}
}
