package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/contracts/contractstest/company"
	"github.com/goldenpath/platform/internal/database"
	"github.com/goldenpath/platform/internal/database/databasetest"
)

// BenchmarkContracts asks a server about the contracts of a company, over HTTP,
// as pipelines and verifiers do, and looks whether the answers are right. Two
// settings change it:
//
//   - PLATFORM_BENCH_CONTRACTS is SERVICESxVERSIONS of the company, 1000x100
//     unless set.
//   - PLATFORM_BENCH_KEEP is a folder in which SQLite files of companies stay.
//
// A Pact Broker spent, on the same kind of machine with PostgreSQL and the same
// numbers, for each call: may I deploy 32-51 ms of its own processor time and
// 14-23 ms of the database's; publish 57 and 15 ms; lists that are not cut 2-19
// seconds; 335 MB of memory.
func BenchmarkContracts(b *testing.B) {
	if runtime.GOOS != "linux" {
		b.Skip("reads processor times from /proc, which only Linux has")
	}
	size := contractsSize(b)
	for _, dialect := range []database.Dialect{database.SQLite, database.Postgres} {
		b.Run(fmt.Sprintf("%dx%d/%s", size.Services, size.Versions, dialect), func(b *testing.B) {
			db := companyOn(b, size, dialect)
			benchContracts(b, size, startServer(b, db), db)
		})
	}
}

func contractsSize(b *testing.B) company.Size {
	b.Helper()
	size := company.Size{Services: 1000, Versions: 100}
	if text := os.Getenv("PLATFORM_BENCH_CONTRACTS"); text != "" {
		if _, err := fmt.Sscanf(text, "%dx%d", &size.Services, &size.Versions); err != nil {
			b.Fatalf("PLATFORM_BENCH_CONTRACTS is %q, not like 1000x100: %v", text, err)
		}
	}
	if err := size.Check(); err != nil {
		b.Fatal(err)
	}
	return size
}

// companyOn returns a database with the company. An SQLite file that was kept is
// copied, because what is measured changes it.
func companyOn(b *testing.B, size company.Size, dialect database.Dialect) *database.DB {
	b.Helper()
	if dialect == database.Postgres {
		db := databasetest.Postgres(b)
		load(b, db, size.Tables())
		return db
	}
	folder := os.Getenv("PLATFORM_BENCH_KEEP")
	if folder == "" {
		db := databasetest.SQLite(b)
		load(b, db, size.Tables())
		return db
	}
	known, err := database.Known(database.SQLite)
	if err != nil {
		b.Fatal(err)
	}
	kept := filepath.Join(folder, fmt.Sprintf("company-%dx%d-%d.db", size.Services, size.Versions, known.Schema))
	if _, err := os.Stat(kept); err != nil {
		db := databasetest.SQLite(b)
		load(b, db, size.Tables())
		if err := db.SnapshotTo(b.Context(), kept); err != nil {
			b.Fatal(err)
		}
		return db
	}
	content, err := os.ReadFile(filepath.Clean(kept))
	if err != nil {
		b.Fatal(err)
	}
	path := filepath.Join(b.TempDir(), "platform.db")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		b.Fatal(err)
	}
	return databasetest.Open(b, "sqlite:"+path)
}

func benchContracts(b *testing.B, size company.Size, s *benchServer, db *database.DB) {
	b.Helper()
	gate := contractsGate{size, s}
	eachOf(b, "can i deploy", func(b *testing.B, clients int) {
		b.Helper()
		s.measure(b, clients, func(n int) error { return gate.deployable(b, "/broker/can-i-deploy?", n) })
	})
	b.Run("can i deploy, as the Pact CLI asks", func(b *testing.B) {
		s.measure(b, 1, func(n int) error { return gate.deployable(b, "/broker/matrix?latestby=cvpv&", n) })
	})
	b.Run("can i deploy, our own rules", func(b *testing.B) {
		s.measure(b, 1, func(n int) error { return gate.own(b, n) })
	})
	eachOf(b, "pacts for verification, pending and work in progress", func(b *testing.B, clients int) {
		b.Helper()
		benchForVerification(b, s, size, clients)
	})
	eachOf(b, "matrix of two services, 100 rows", func(b *testing.B, clients int) {
		b.Helper()
		benchPairMatrix(b, s, size, clients)
	})
	for _, path := range []string{"/broker/pacticipants", "/broker/pacts/latest", "/broker/integrations"} {
		b.Run("list "+path, func(b *testing.B) { benchList(b, s, path) })
	}
	b.Run("memory", func(b *testing.B) { reportMemory(b, s) })

	const consumers = 2000
	hub := company.Hub{Beside: size, Consumers: consumers}
	loadHub(b, db, hub)
	for version, want := range company.HubVersions() {
		b.Run(fmt.Sprintf("provider with %d consumers/%s", consumers, version), func(b *testing.B) {
			benchHub(b, s, version, want)
		})
	}
	eachOf(b, "publish new content", func(b *testing.B, clients int) {
		b.Helper()
		benchPublish(b, s, size, clients)
	})
	b.Run("memory, afterwards", func(b *testing.B) { reportMemory(b, s) })
}

// eachOf measures with one client, which says how long a call takes, and with
// eight, which says what a call costs: a server that is left alone between two
// calls spends as much on falling asleep and waking as on short calls themselves.
func eachOf(b *testing.B, name string, run func(b *testing.B, clients int)) {
	b.Helper()
	for _, clients := range []int{1, 8} {
		b.Run(fmt.Sprintf("%s/clients=%d", name, clients), func(b *testing.B) { run(b, clients) })
	}
}

// spread returns the service of call n. The first services are popular ones: a few
// calls in a row would meet nothing else.
func spread(size company.Size, n int) int {
	const step = 379 // a prime, so that all services have their turn
	return n * step % size.Services
}

// contractsGate asks about versions that wait for production and knows the answers.
type contractsGate struct {
	size   company.Size
	server *benchServer
}

// verdictText is how a verdict is said in a summary.
func verdictText(v contracts.Verdict) string {
	return map[contracts.Verdict]string{contracts.Yes: "true", contracts.No: "false", contracts.Unknown: "null"}[v]
}

func (g contractsGate) deployable(b *testing.B, path string, n int) error {
	b.Helper()
	service, version := spread(g.size, n), g.size.Candidate()
	q := url.Values{"environment": {company.Production}}
	if strings.Contains(path, "matrix") {
		q["q[][pacticipant]"], q["q[][version]"] = []string{company.Service(service)}, []string{company.Number(service, version)}
	} else {
		q["pacticipant"], q["version"] = []string{company.Service(service)}, []string{company.Number(service, version)}
	}
	want := g.size.MayDeploy(service, version)
	return g.server.expect(b, path+q.Encode(), `"deployable":`+verdictText(want))
}

// own asks by our API. A no outweighs an unknown there, and what only the broker
// forgives is unknown; so a yes is a yes on both, and nothing else is.
func (g contractsGate) own(b *testing.B, n int) error {
	b.Helper()
	service, version := spread(g.size, n), g.size.Candidate()
	q := url.Values{"service": {company.Service(service)}, "version": {company.Number(service, version)}, "environment": {company.Production}}
	a, err := g.server.ask(b.Context(), http.MethodGet, "/api/v1/contracts/can-i-deploy?"+q.Encode(), nil)
	if err != nil {
		return err
	}
	var out struct{ Verdict contracts.Verdict }
	if err := json.Unmarshal(a.body, &out); err != nil {
		return fmt.Errorf("%w in %s", err, a.body)
	}
	yes := out.Verdict == contracts.Yes
	if want := g.size.MayDeploy(service, version); yes != (want == contracts.Yes) || out.Verdict == "" {
		return fmt.Errorf("%s %d may go to production: %s, want %s", company.Service(service), version, out.Verdict, want)
	}
	return nil
}

// expect asks and looks for a text in the answer.
func (s *benchServer) expect(b *testing.B, path, text string) error {
	b.Helper()
	a, err := s.ask(b.Context(), http.MethodGet, path, nil)
	if err == nil && (a.status != http.StatusOK || !bytes.Contains(a.body, []byte(text))) {
		err = fmt.Errorf("%s: status %d without %s:\n%.2000s", path, a.status, text, a.body)
	}
	return err
}

// published numbers versions that benchmarks publish; a benchmark runs several
// times, and each version is new.
var publishedVersions atomic.Int64

func benchPublish(b *testing.B, s *benchServer, size company.Size, clients int) {
	b.Helper()
	s.measure(b, clients, func(n int) error {
		consumer := spread(size, n)
		name, provider := company.Service(consumer), company.Service(size.Provider(consumer, 0))
		version := fmt.Sprintf("new-%d-%d", time.Now().UnixNano(), publishedVersions.Add(1))
		body, err := json.Marshal(map[string]any{
			"pacticipantName": name, "pacticipantVersionNumber": version, "branch": "main", "tags": []string{"next"},
			"contracts": []map[string]any{{
				"consumerName": name, "providerName": provider, "specification": "pact", "contentType": "application/json",
				"content": base64.StdEncoding.EncodeToString(company.Pact(name, provider, version)),
			}},
		})
		if err != nil {
			return err
		}
		a, err := s.ask(b.Context(), http.MethodPost, "/broker/contracts/publish", body)
		if err == nil && (a.status != http.StatusOK || !bytes.Contains(a.body, []byte(version))) {
			err = fmt.Errorf("publish: status %d:\n%.2000s", a.status, a.body)
		}
		return err
	})
}

// perMonth is how many versions a service of the company publishes in a month.
const perMonth = 30

func benchForVerification(b *testing.B, s *benchServer, size company.Size, clients int) {
	b.Helper()
	since := size.PublishedAt(0, size.Versions-perMonth).Format(time.DateOnly)
	body := []byte(`{"providerVersionBranch":"main","includePendingStatus":true,"includeWipPactsSince":"` + since + `",` +
		`"consumerVersionSelectors":[{"mainBranch":true},{"matchingBranch":true},{"deployedOrReleased":true}]}`)
	s.measure(b, clients, func(n int) error {
		provider := spread(size, n)
		a, err := s.ask(b.Context(), http.MethodPost, "/broker/pacts/provider/"+company.Service(provider)+"/for-verification", body)
		if err != nil {
			return err
		}
		got := bytes.Count(a.body, []byte(`"shortDescription"`))
		if want := len(size.Consumers(provider)); a.status != http.StatusOK || got < want || !bytes.Contains(a.body, []byte(`"wip":true`)) {
			return fmt.Errorf("status %d, %d pacts for %s, want at least one for each of %d consumers, and work in progress:\n%.2000s",
				a.status, got, company.Service(provider), want, a.body)
		}
		return nil
	})
}

func benchPairMatrix(b *testing.B, s *benchServer, size company.Size, clients int) {
	b.Helper()
	s.measure(b, clients, func(n int) error {
		consumer := spread(size, n)
		q := url.Values{"q[][pacticipant]": {company.Service(consumer), company.Service(size.Provider(consumer, 0))}}
		a, err := s.ask(b.Context(), http.MethodGet, "/broker/matrix?latestby=cvpv&limit=100&"+q.Encode(), nil)
		if err != nil {
			return err
		}
		// Two services have more rows than versions: several provider versions verified each.
		if got := bytes.Count(a.body, []byte(`"verificationResult"`)); a.status != http.StatusOK || got < min(100, size.Versions) || got > 100 {
			return fmt.Errorf("status %d, %d rows, want up to 100:\n%.2000s", a.status, got, a.body)
		}
		return nil
	})
}

func benchList(b *testing.B, s *benchServer, path string) {
	b.Helper()
	var first time.Duration
	var bytes int
	s.measure(b, 1, func(int) error {
		a, err := s.ask(b.Context(), http.MethodGet, path, nil)
		if err == nil && a.status != http.StatusOK {
			err = fmt.Errorf("%s: status %d:\n%.2000s", path, a.status, a.body)
		}
		first, bytes = first+a.firstByte, len(a.body)
		return err
	})
	const warm = 30
	b.ReportMetric(float64(first.Microseconds())/float64(b.N+warm), "first-byte-µs/op")
	b.ReportMetric(float64(bytes)/(1<<20), "MB")
}

func reportMemory(b *testing.B, s *benchServer) {
	b.Helper()
	for b.Loop() {
	}
	now, most := s.memory(b)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(now, "MB")
	b.ReportMetric(most, "most-MB")
}

// loadHub adds the hub, unless an earlier round of the benchmark has.
func loadHub(b *testing.B, db *database.DB, hub company.Hub) {
	b.Helper()
	var versions int64
	const there = "SELECT count(*) FROM pacticipants WHERE name = '" + company.HubName + "'"
	if err := db.SQL().QueryRowContext(b.Context(), there).Scan(&versions); err != nil {
		b.Fatal(err)
	}
	if versions == 0 {
		load(b, db, hub.Tables())
	}
}

func benchHub(b *testing.B, s *benchServer, version string, want contracts.Verdict) {
	b.Helper()
	for _, ask := range []struct{ name, path string }{
		{"can-i-deploy", "/broker/can-i-deploy?pacticipant=" + company.HubName + "&version=" + version},
		{"as the Pact CLI asks", "/broker/matrix?latestby=cvpv&q[][pacticipant]=" + company.HubName + "&q[][version]=" + version},
	} {
		b.Run(ask.name, func(b *testing.B) {
			s.measure(b, 1, func(int) error {
				return s.expect(b, ask.path+"&environment="+company.Production, `"deployable":`+verdictText(want))
			})
		})
	}
	b.Run("our own rules", func(b *testing.B) {
		s.measure(b, 1, func(int) error {
			return s.expect(b, "/api/v1/contracts/can-i-deploy?service="+company.HubName+"&version="+version+"&environment="+company.Production,
				`"verdict":"`+string(want)+`"`)
		})
	})
}
