package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/catalog/catalogtest/company"
	"github.com/goldenpath/platform/internal/database"
	"github.com/goldenpath/platform/internal/database/databasetest"
)

// BenchmarkWritersBeside takes in all divisions of a company at the same time,
// about 10,000 entities each, and reports how long others waited meanwhile who
// wrote a little: a row, and a location of one entity.
func BenchmarkWritersBeside(b *testing.B) {
	const n = 120_000
	folder := filepath.Join(b.TempDir(), "company")
	if err := company.Write(folder, n); err != nil {
		b.Fatal(err)
	}
	for name, open := range map[string]func(testing.TB) *database.DB{"sqlite": databasetest.SQLite, "postgres": databasetest.Postgres} {
		b.Run(name, func(b *testing.B) { benchWriters(b, n, folder, open(b)) })
	}
}

func benchWriters(b *testing.B, n int, folder string, db *database.DB) {
	b.Helper()
	c := openCatalog(b, db)
	ctx, stop := context.WithCancel(b.Context())
	var beside sync.WaitGroup
	longest := map[string]float64{}
	var mu sync.Mutex
	again := func(name string, write func(i int) error) {
		beside.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				from := time.Now()
				err := write(i)
				mu.Lock()
				longest[name] = max(longest[name], float64(time.Since(from).Milliseconds()))
				mu.Unlock()
				if err != nil {
					b.Errorf("%s after %s: %v", name, time.Since(from), err)
				}
				time.Sleep(5 * time.Millisecond)
			}
		})
	}
	again("row", func(int) error {
		return db.InTx(b.Context(), func(ctx context.Context) error {
			_, err := db.Writer(ctx).ExecContext(ctx, "UPDATE environments SET display_name = 'Test' WHERE name = 'test'")
			return err
		})
	})
	again("statement", func(int) error {
		_, err := db.Writer(b.Context()).ExecContext(b.Context(), "UPDATE environments SET display_name = 'Test' WHERE name = 'test'")
		return err
	})
	small := b.TempDir()
	again("location", func(i int) error {
		path := filepath.Join(small, fmt.Sprintf("small-%d.yaml", i))
		text := fmt.Sprintf("apiVersion: backstage.io/v1alpha1\nkind: Domain\nmetadata:\n  name: small-%d\nspec:\n  owner: team-0000\n", i)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return err
		}
		_, err := c.Register(b.Context(), catalog.Location{Target: path})
		return err
	})
	from := time.Now()
	var large errgroup.Group
	for division := range company.Divisions(n) {
		large.Go(func() error {
			_, err := c.Register(b.Context(), catalog.Location{Target: filepath.Join(folder, company.Folder(division))})
			return err
		})
	}
	if err := large.Wait(); err != nil {
		b.Error(err)
	}
	took := time.Since(from)
	stop()
	beside.Wait()
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(company.Divisions(n)), "locations")
	b.ReportMetric(took.Seconds(), "s")
	for name, ms := range longest {
		b.ReportMetric(ms, name+"-longest-ms")
	}
}
