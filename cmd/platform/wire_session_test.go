package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/goldenpath/platform/internal/database"
)

func TestOnlyPagesOfPeopleWhoJustReadMayComeFromReplicas(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, method, path string
		wrote              bool
		primary            bool
	}{
		{name: "a page", method: http.MethodGet, path: "/catalog"},
		{name: "a page of somebody who wrote a moment ago", method: http.MethodGet, path: "/catalog", wrote: true, primary: true},
		{name: "a form", method: http.MethodPost, path: "/create/go-http", primary: true},
		{name: "the API", method: http.MethodGet, path: "/api/v1/runs", primary: true},
		{name: "the broker", method: http.MethodGet, path: "/broker/matrix", primary: true},
		{name: "git", method: http.MethodGet, path: "/git/orders.git/info/refs", primary: true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var seen context.Context
			handler := readingReplicas(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen = r.Context() }))
			r := httptest.NewRequestWithContext(t.Context(), tc.method, tc.path, nil)
			if tc.wrote {
				r.AddCookie(&http.Cookie{Name: wroteCookie, Value: "1"})
			}
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			if got := database.Wrote(seen); got != tc.primary {
				t.Errorf("reads the primary: %t, want %t", got, tc.primary)
			}
			if got := len(w.Result().Cookies()) == 1; got != (tc.method == http.MethodPost) {
				t.Errorf("remembers a write: %t", got)
			}
		})
	}
}
