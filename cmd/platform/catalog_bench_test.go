package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/catalog/catalogtest/company"
	"github.com/goldenpath/platform/internal/database"
	"github.com/goldenpath/platform/internal/database/databasetest"
	"github.com/goldenpath/platform/internal/git"
	"github.com/goldenpath/platform/internal/store"
)

// BenchmarkCompany takes in the catalogs of companies from files on disk, with
// the parts that a server has, and asks them. PLATFORM_BENCH_ENTITIES sets
// other sizes.
func BenchmarkCompany(b *testing.B) {
	for _, n := range companySizes(b) {
		folder := filepath.Join(b.TempDir(), "company")
		if err := company.Write(folder, n); err != nil {
			b.Fatal(err)
		}
		for _, dialect := range []database.Dialect{database.SQLite, database.Postgres} {
			b.Run(fmt.Sprintf("%d/%s", n, dialect), func(b *testing.B) { benchCompany(b, n, folder, dialect) })
		}
	}
}

func companySizes(b *testing.B) []int {
	b.Helper()
	text := os.Getenv("PLATFORM_BENCH_ENTITIES")
	if text == "" {
		return []int{10_000, 100_000}
	}
	var sizes []int
	for word := range strings.FieldsSeq(text) {
		n, err := strconv.Atoi(word)
		if err != nil {
			b.Fatal(err)
		}
		sizes = append(sizes, n)
	}
	return sizes
}

// openCatalog returns a catalog as a process of its own would have one.
func openCatalog(b *testing.B, db *database.DB) *catalog.Catalog {
	b.Helper()
	guard, err := git.NewGuard()
	if err != nil {
		b.Fatal(err)
	}
	reader := git.NewCatalogReader(git.CatalogReaderOptions{Guard: guard})
	return catalog.New(store.New(db).Catalog(), db, reader, slog.New(slog.DiscardHandler))
}

func benchCompany(b *testing.B, n int, folder string, dialect database.Dialect) {
	b.Helper()
	open := databasetest.SQLite
	if dialect == database.Postgres {
		open = databasetest.Postgres
	}
	db := open(b)
	c := openCatalog(b, db)
	ctx, stop := context.WithCancel(b.Context())
	defer stop()

	settleDisk(b)
	from := time.Now() // once: a database is filled once
	ingest(b, c, folder, n)
	took := time.Since(from)
	b.Run("ingest", func(b *testing.B) {
		for b.Loop() {
		}
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(float64(n)/took.Seconds(), "entities/s")
	})
	b.Run("read again unchanged", func(b *testing.B) {
		for b.Loop() {
			ingest(b, c, folder, n)
		}
		b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "entities/s")
	})
	b.Run("build", func(b *testing.B) {
		before := liveMemory()
		var fresh *catalog.Catalog
		for b.Loop() {
			fresh = openCatalog(b, db)
			if page, err := fresh.List(b.Context(), catalog.Query{Limit: 1}); err != nil || page.Total != n {
				b.Fatal(page.Total, err)
			}
		}
		b.ReportMetric(float64(liveMemory()-before)/(1<<20), "MB")
		runtime.KeepAlive(fresh)
	})
	keys := []string{"kind", "spec.type", "relations.ownedBy"}
	b.Run("facets of all", func(b *testing.B) {
		benchLatency(b, func() error {
			_, err := c.CountValues(b.Context(), nil, keys)
			return err
		})
	})
	b.Run("facets with a filter", func(b *testing.B) {
		where := catalog.Has{Key: "kind", Values: []string{"component"}}
		benchLatency(b, func() error {
			_, err := c.CountValues(b.Context(), where, keys)
			return err
		})
	})
	b.Run("serve", func(b *testing.B) { benchServe(b, n, db) })
	b.Run("visible on another replica", func(b *testing.B) { benchVisible(ctx, b, n, db, folder) })
}

// settleDisk waits until what earlier benchmarks wrote is on the disk: the
// database that is filled next would wait for it, in every transaction.
func settleDisk(b *testing.B) {
	b.Helper()
	if out, err := exec.CommandContext(b.Context(), "sync").CombinedOutput(); err != nil {
		b.Logf("the disk may still be busy: sync: %v %s", err, out)
	}
}

// ingest registers every division, or reads it again, some at the same time, as
// the schedule does.
func ingest(b *testing.B, c *catalog.Catalog, folder string, n int) {
	b.Helper()
	var reading errgroup.Group
	reading.SetLimit(4)
	for division := range company.Divisions(n) {
		reading.Go(func() error {
			target := filepath.Join(folder, company.Folder(division))
			r, err := c.Register(b.Context(), catalog.Location{Target: target})
			if err == nil && len(r.Problems) > 0 {
				err = errors.New(r.Problems[0].String())
			}
			return err
		})
	}
	if err := reading.Wait(); err != nil {
		b.Fatal(err)
	}
	if page, err := c.List(b.Context(), catalog.Query{Limit: 1}); err != nil || page.Total != n {
		b.Fatal(page.Total, err)
	}
}

// benchLatency reports the median and the 99th percentile beside the mean.
func benchLatency(b *testing.B, call func() error) {
	b.Helper()
	if err := call(); err != nil { // what is made on first use is made
		b.Fatal(err)
	}
	var took []time.Duration
	for b.Loop() {
		from := time.Now()
		if err := call(); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(from))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}

// benchVisible changes one file and waits until another process's catalog,
// which follows the feed, shows it.
func benchVisible(ctx context.Context, b *testing.B, n int, db *database.DB, folder string) {
	b.Helper()
	writer, replica := openCatalog(b, db), openCatalog(b, db)
	go func() { _ = replica.Follow(ctx) }()
	path := filepath.Join(folder, company.Folder(0), "services", "service-00000", "catalog-info.yaml")
	target := filepath.Dir(path)
	if _, err := writer.List(ctx, catalog.Query{Limit: 1}); err != nil {
		b.Fatal(err)
	}
	var longest time.Duration
	for i := 0; b.Loop(); i++ {
		note := fmt.Sprintf(", changed %d times", i+1)
		entities, err := catalog.Parse("catalog-info.yaml", company.SizeOf(n).Service(0, note))
		if err != nil {
			b.Fatal(err)
		}
		for j := range entities {
			entities[j].Metadata.Name = "visible"
			entities[j].Raw, entities[j].Body = nil, nil
		}
		from := time.Now()
		if _, err := writer.Put(ctx, catalog.Location{Type: catalog.LocationFile, Target: target}, entities); err != nil {
			b.Fatal(err)
		}
		for {
			page, err := replica.List(ctx, catalog.Query{Text: strings.TrimPrefix(note, ", "), Limit: 1})
			if err != nil {
				b.Fatal(err)
			}
			if page.Total > 0 {
				break
			}
			time.Sleep(time.Millisecond)
		}
		longest = max(longest, time.Since(from))
	}
	b.ReportMetric(float64(longest.Milliseconds()), "longest-ms")
}

func liveMemory() int64 {
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
