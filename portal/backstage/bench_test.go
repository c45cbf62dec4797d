package backstage_test

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/catalog/catalogtest/company"
	"github.com/goldenpath/platform/internal/access"
	"github.com/goldenpath/platform/internal/access/accesstest"
	"github.com/goldenpath/platform/internal/database"
	"github.com/goldenpath/platform/internal/database/databasetest"
	"github.com/goldenpath/platform/internal/git"
	"github.com/goldenpath/platform/internal/store"
	"github.com/goldenpath/platform/portal"
	"github.com/goldenpath/platform/portal/backstage"
)

// clients is how many ask at the same time.
const clients = 16

// firsts is how many of the first requests are reported as cold.
const firsts = 300

// generator is named beside the figures. It shares the machine, and the process,
// with the server; both take from the same processors.
const generator = "load: 16 goroutines of this process, a kept connection each, net/http's reader of answers; " +
	"warm: some pages far more often than others (Zipf, s = 1.2), and, where it says so, all of them in turn"

// BenchmarkByQuery asks the platform's web server over TCP for pages of 20
// entities with two filters. Cold is the first time that anybody asks: entities
// are read from the database. PLATFORM_BENCH_ENTITIES sets other sizes.
func BenchmarkByQuery(b *testing.B) {
	fmt.Fprintln(os.Stderr, generator)
	for _, n := range companySizes(b) {
		folder := filepath.Join(b.TempDir(), "company")
		if err := company.Write(folder, n); err != nil {
			b.Fatal(err)
		}
		for name, open := range map[string]func(testing.TB) *database.DB{"sqlite": databasetest.SQLite, "postgres": databasetest.Postgres} {
			b.Run(fmt.Sprintf("%d/%s", n, name), func(b *testing.B) { benchSize(b, n, folder, open(b)) })
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

func benchSize(b *testing.B, n int, folder string, db *database.DB) {
	b.Helper()
	open := func() *catalog.Catalog {
		guard, err := git.NewGuard()
		if err != nil {
			b.Fatal(err)
		}
		reader := git.NewCatalogReader(git.CatalogReaderOptions{Guard: guard})
		return catalog.New(store.New(db).Catalog(), db, reader, slog.New(slog.DiscardHandler))
	}
	filled := open()
	for division := range company.Divisions(n) {
		r, err := filled.Register(b.Context(), catalog.Location{Target: filepath.Join(folder, company.Folder(division))})
		if err != nil || len(r.Problems) > 0 {
			b.Fatal(r.Problems, err)
		}
	}
	for _, kind := range questions(n) {
		fresh := open() // nothing is cached
		address := platformServer(b, fresh)
		if page, err := fresh.Search(b.Context(), catalog.Search{CountOnly: true}); err != nil || page.Total != n {
			b.Fatal(page.Total, err)
		}
		inTurn := func(i int64) string { return kind.queries[i%int64(len(kind.queries))] }
		cold := load(b, address, min(len(kind.queries), firsts), inTurn)
		b.Run(kind.name, func(b *testing.B) {
			warm := load(b, address, max(b.N, clients), popular(kind.queries))
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(warm.perSecond, "req/s")
			b.ReportMetric(warm.p99, "p99-ms")
			b.ReportMetric(cold.perSecond, "cold-req/s")
			b.ReportMetric(cold.p99, "cold-p99-ms")
		})
		b.Run(kind.name+", all in turn", func(b *testing.B) {
			warm := load(b, address, max(b.N, clients), inTurn)
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(warm.perSecond, "req/s")
			b.ReportMetric(warm.p99, "p99-ms")
		})
	}
}

// popular returns which query comes when: the first ones often, the last rarely.
func popular(queries []string) func(i int64) string {
	const s, v, most = 1.2, 1, 1 << 16
	zipf := rand.NewZipf(rand.New(rand.NewPCG(1, 2)), s, v, uint64(len(queries)-1))
	order := make([]string, most)
	for i := range order {
		order[i] = queries[zipf.Uint64()]
	}
	return func(i int64) string { return order[i%most] }
}

// question is a kind of request, with others values each time.
type question struct {
	name    string
	queries []string
}

// questions are the pages of every team's components, those of components of
// every type at all offsets, three facets with a filter, and parts of names.
func questions(n int) []question {
	size := company.SizeOf(n)
	owner, sorted := question{name: "by kind and owner"}, question{name: "by kind and type, sorted"}
	facets, text := question{name: "three facets with a filter"}, question{name: "part of name or title"}
	const page, counts = "/api/catalog/entities/by-query?limit=20&", "/api/catalog/entity-facets?facet=kind&facet=spec.type&facet=spec.lifecycle&"
	for i := range size.Groups {
		team := fmt.Sprintf("relations.ownedBy=group:default/team-%04d", i)
		owner.queries = append(owner.queries, page+url.Values{"filter": {"kind=component," + team}}.Encode())
		facets.queries = append(facets.queries, counts+url.Values{"filter": {team}}.Encode())
		text.queries = append(text.queries, page+"fullTextFilterFields=metadata.name,metadata.title&fullTextFilterTerm="+fmt.Sprintf("vice-%03d", i%1000))
	}
	for _, kind := range []string{"service", "website", "library", "worker"} {
		facets.queries = append(facets.queries, counts+url.Values{"filter": {"spec.type=" + kind}}.Encode())
		for offset := 0; offset < size.Services/5-20; offset += 20 {
			filter := url.Values{"filter": {"kind=component,spec.type=" + kind}, "offset": {strconv.Itoa(offset)}}
			sorted.queries = append(sorted.queries, page+"orderField=metadata.name,asc&"+filter.Encode())
		}
	}
	return []question{owner, sorted, facets, text}
}

// platformServer starts the platform's web server, with all that a request goes
// through, and returns its address.
func platformServer(b *testing.B, c *catalog.Catalog) string {
	b.Helper()
	s, err := portal.New(portal.Options{
		Catalog: c, Access: access.New(accesstest.NewStore(), access.Options{}), Backstage: backstage.New(c, backstage.Options{}),
		Templates: fstest.MapFS{}, Assets: fstest.MapFS{"manifest.json": {Data: []byte("{}")}}, Loopback: true,
	})
	if err != nil {
		b.Fatal(err)
	}
	listener, err := (&net.ListenConfig{}).Listen(b.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	server := portal.HTTPServer(s)
	go func() { _ = server.Serve(listener) }()
	b.Cleanup(func() { server.Close() })
	return listener.Addr().String()
}

// measured is what a load came to.
type measured struct{ perSecond, p99 float64 }

// load sends n requests from all clients and returns how it went.
func load(b *testing.B, address string, n int, query func(i int64) string) measured {
	b.Helper()
	var next atomic.Int64
	var all sync.WaitGroup
	took := make([]time.Duration, n)
	start := time.Now()
	for range clients {
		all.Go(func() {
			conn, err := (&net.Dialer{}).DialContext(b.Context(), "tcp", address)
			if err != nil {
				b.Error(err)
				return
			}
			defer conn.Close()
			answers := bufio.NewReaderSize(conn, 1<<16)
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				from := time.Now()
				if err := once(conn, answers, query(i)); err != nil {
					b.Error(err)
					return
				}
				took[i] = time.Since(from)
			}
		})
	}
	all.Wait()
	elapsed := time.Since(start)
	slices.Sort(took)
	return measured{perSecond: float64(n) / elapsed.Seconds(), p99: took[n*99/100].Seconds() * 1000}
}

// once sends a request and reads all of its answer.
func once(conn io.Writer, answers *bufio.Reader, query string) error {
	if _, err := io.WriteString(conn, "GET "+query+" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"); err != nil {
		return err
	}
	answer, err := http.ReadResponse(answers, nil)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	read, err := io.Copy(io.Discard, answer.Body)
	if err == nil && (answer.StatusCode != http.StatusOK || read < 20) {
		err = fmt.Errorf("GET %s: %s with %d bytes", query, answer.Status, read)
	}
	return err
}
