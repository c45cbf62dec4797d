package main

import (
	"net/http"
	"strings"
	"time"

	"github.com/goldenpath/platform/internal/database"
)

// wroteCookie remembers in a browser that it wrote a moment ago: until replicas
// have caught up, it reads from the primary what it wrote.
const (
	wroteCookie = "platform_wrote"
	wroteFor    = 10 * time.Second
)

// readingReplicas lets pages be read from replicas of the database. Everything
// else reads the primary: a pipeline asks right after it wrote, and it has no
// cookies.
func readingReplicas(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !mayReadReplica(r) {
			if r.Method != http.MethodGet && r.Method != http.MethodHead {
				http.SetCookie(w, &http.Cookie{ //nolint:gosec // Secure where the connection is; a portal on loopback has none
					Name: wroteCookie, Value: "1", Path: "/", MaxAge: int(wroteFor.Seconds()),
					HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https",
				})
			}
			next.ServeHTTP(w, r.WithContext(database.ReadPrimary(r.Context())))
			return
		}
		next.ServeHTTP(w, r.WithContext(database.Session(r.Context())))
	})
}

func mayReadReplica(r *http.Request) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	for _, prefix := range []string{"/api/", "/broker", "/git/"} {
		if strings.HasPrefix(r.URL.Path, prefix) {
			return false
		}
	}
	_, err := r.Cookie(wroteCookie)
	return err != nil
}
