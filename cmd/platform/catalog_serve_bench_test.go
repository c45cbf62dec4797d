package main

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/goldenpath/platform/catalog/catalogtest/company"
	"github.com/goldenpath/platform/internal/database"
)

// benchServe starts a server on a catalog, until it says that it is ready, and
// looks how much memory it takes then and when people have looked around.
func benchServe(b *testing.B, n int, db *database.DB) {
	b.Helper()
	var ready, now, used float64
	for b.Loop() {
		from := time.Now()
		s := startServer(b, db)
		for {
			a, err := s.ask(b.Context(), http.MethodGet, "/readyz", nil)
			if err == nil && a.status == http.StatusOK {
				break
			}
			if time.Since(from) > time.Minute {
				b.Fatalf("not ready: %s %v", a.body, err)
			}
			time.Sleep(2 * time.Millisecond)
		}
		ready = float64(time.Since(from).Milliseconds())
		now, _ = s.memory(b)
		lookAround(b, n, s)
		used, _ = s.memory(b)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(ready, "ready-ms")
	b.ReportMetric(now, "resident-MB")
	b.ReportMetric(used, "resident-used-MB")
}

// lookAround reads what a busy hour reads: lists, facets, single entities and
// pages all over the catalog.
func lookAround(b *testing.B, n int, s *benchServer) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), time.Minute)
	defer cancel()
	get := func(path string) {
		a, err := s.ask(ctx, http.MethodGet, path, nil)
		if err != nil || a.status != http.StatusOK {
			b.Fatalf("GET %s: %d %s %v", path, a.status, a.body, err)
		}
	}
	const looks = 200
	services := company.SizeOf(n).Services
	for i := range looks {
		service := i * services / looks
		get(fmt.Sprintf("/api/v1/entities?limit=50&q=service-%05d", service))
		get(fmt.Sprintf("/api/catalog/entities/by-query?limit=20&filter=kind=component,spec.type=service&offset=%d", i*20))
		get("/api/catalog/entity-facets?facet=kind&facet=spec.type&facet=relations.ownedBy")
		get(fmt.Sprintf("/catalog/component/default/service-%05d", service))
		get(fmt.Sprintf("/catalog?owner=group:default/team-%04d", i%50))
	}
}
