package company

import (
	"fmt"
	"iter"
	"time"

	"github.com/goldenpath/platform/contracts"
)

// Table is rows of one table of the database. Columns that are not named have
// their defaults; a nil is a NULL.
type Table struct {
	Name    string
	Columns []string
	Rows    iter.Seq2[[]any, error]
}

// Tables returns the company as rows for an empty database after migrations.
func (s Size) Tables() []Table {
	return []Table{
		{"environments", []string{"id", "name", "display_name", "created_at"}, rows(func(add adder) {
			add(stagingID, Staging, "Staging", s.PublishedAt(0, 0))
		})},
		{"pacticipants", pacticipantColumns, rows(s.pacticipantRows)},
		{"pacticipant_labels", []string{"pacticipant_id", "name", "created_at"}, rows(func(add adder) {
			for i := range s.Services {
				add(serviceID(i), fmt.Sprintf("team-%d", i%teams), s.PublishedAt(i, 0))
			}
		})},
		{"pacticipant_versions", versionColumns, rows(s.versionRows)},
		{"branches", []string{"id", "pacticipant_id", "name", "head_version_id", "created_at"}, rows(s.branchRows)},
		{"branch_versions", []string{"branch_id", "version_id", "created_at"}, rows(s.branchVersionRows)},
		{"version_tags", []string{"version_id", "pacticipant_id", "name", "created_at"}, rows(s.tagRows)},
		{"integrations", integrationColumns, rows(func(add adder) {
			for c := range s.Services {
				for slot := range pactsPerVersion {
					add(serviceID(c), serviceID(s.Provider(c, slot)), s.PublishedAt(c, 0))
				}
			}
		})},
		{"pact_contents", contentColumns, s.contentRows},
		{"pact_publications", publicationColumns, rows(s.publicationRows)},
		{"verifications", verificationColumns, rows(s.verificationRows)},
		{"verification_details", detailColumns, rows(func(add adder) {
			for v := range s.verifications() {
				add(v.id, resultsText(v.success), verifiedBy)
			}
		})},
		{"deployments", deploymentColumns, rows(s.deploymentRows)},
	}
}

//nolint:gochecknoglobals // the names of columns, shared with the hub's tables
var (
	pacticipantColumns  = []string{"id", "name", "main_branch", "repository_url", "created_at"}
	versionColumns      = []string{"id", "pacticipant_id", "number", "build_url", "created_at"}
	integrationColumns  = []string{"consumer_id", "provider_id", "created_at"}
	contentColumns      = []string{"id", "consumer_id", "provider_id", "sha", "interactions", "created_at", "body"}
	publicationColumns  = []string{"id", "consumer_id", "provider_id", "consumer_version_id", "content_id", "created_at"}
	verificationColumns = []string{"id", "content_id", "consumer_id", "provider_id", "provider_version_id", "success", "consumer_version", "build_url", "verified_at"}
	detailColumns       = []string{"id", "interactions", "verified_by"}
	deploymentColumns   = []string{"id", "kind", "pacticipant_id", "version_id", "environment_id", "application_instance", "current", "created_at", "ended_at"}
)

const (
	testID       = "0190d3a0-0000-7000-8000-000000000001"
	productionID = "0190d3a0-0000-7000-8000-000000000002"
	stagingID    = "0190d3a0-0000-7000-8000-000000000003"

	verifiedBy = `{"implementation":"pact-go","version":"2.4.1"}`
)

type adder func(values ...any)

// rows turns a function that adds rows into a sequence that stops early.
func rows(fill func(add adder)) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		going := true
		fill(func(values ...any) { going = going && yield(values, nil) })
	}
}

func serviceID(i int) int64 { return int64(i) + 1 }

func (s Size) pacticipantRows(add adder) {
	for i := range s.Services {
		add(serviceID(i), Service(i), "main", "https://git.example.com/shop/"+Service(i), s.PublishedAt(i, 0))
	}
}

func (s Size) versionRows(add adder) {
	for v := range s.Versions {
		for i := range s.Services {
			add(s.versionID(i, v), serviceID(i), Number(i, v), fmt.Sprintf("https://ci.example.com/%s/builds/%d", Service(i), v), s.PublishedAt(i, v))
		}
	}
}

// isFeature reports whether a version comes from a branch of its own.
func isFeature(version int) bool { return version%perContent == 3 }

func (s Size) branchesPerService() int { return 1 + s.Versions/perContent }

// branchID numbers the branches of a service: 0 is main.
func (s Size) branchID(service, branch int) int64 {
	return int64(service*s.branchesPerService()+branch) + 1
}

func (s Size) branchRows(add adder) {
	for i := range s.Services {
		add(s.branchID(i, 0), serviceID(i), "main", s.versionID(i, s.Versions-1), s.PublishedAt(i, 0))
		for n := range s.Versions / perContent {
			version := n*perContent + 3
			add(s.branchID(i, n+1), serviceID(i), fmt.Sprintf("feat/%d", n), s.versionID(i, version), s.PublishedAt(i, version))
		}
	}
}

func (s Size) branchVersionRows(add adder) {
	for v := range s.Versions {
		for i := range s.Services {
			branch := 0
			if isFeature(v) {
				branch = v/perContent + 1
			}
			add(s.branchID(i, branch), s.versionID(i, v), s.PublishedAt(i, v))
		}
	}
}

func (s Size) tagRows(add adder) {
	for v := 0; v < s.Versions; v += perContent {
		for i := range s.Services {
			add(s.versionID(i, v), serviceID(i), "prod", s.PublishedAt(i, v))
			add(s.versionID(i, v+backStaging), serviceID(i), "staging", s.PublishedAt(i, v+backStaging))
		}
	}
}

func (s Size) contentRows(yield func([]any, error) bool) {
	for k := range s.contents() {
		for c := range s.Services {
			for slot := range pactsPerVersion {
				provider, first := s.Provider(c, slot), k*perContent
				if k == s.contents()-1 {
					first = s.Versions - backDraft
				}
				body := Pact(Service(c), Service(provider), editionOf(k))
				sha, err := digest(body)
				row := []any{
					s.contentID(pairOf(c, slot), k), serviceID(c), serviceID(provider), sha, int64(interactions), s.PublishedAt(c, first), body,
				}
				if !yield(row, err) || err != nil {
					return
				}
			}
		}
	}
}

func (s Size) publicationRows(add adder) {
	id := int64(0)
	for v := range s.Versions {
		for c := range s.Services {
			for slot := range pactsPerVersion {
				id++
				add(id, serviceID(c), serviceID(s.Provider(c, slot)), s.versionID(c, v), s.contentID(pairOf(c, slot), s.contentOf(v)), s.PublishedAt(c, v))
			}
		}
	}
}

// verification is one row, before it is cut into columns.
type verification struct {
	id, content               int64
	consumer, provider        int
	consumerVersion, provided int // versions
	success                   bool
	at                        time.Time
}

// verifications goes through what providers said, in the order they said it.
func (s Size) verifications() iter.Seq[verification] {
	return func(yield func(verification) bool) {
		id := int64(0)
		for k := range s.contents() - 1 {
			for j := range perContent {
				for c := range s.Services {
					for slot := range pactsPerVersion {
						r := s.results(pairOf(c, slot), k, j)
						for n := range r.times {
							id++
							version := k*perContent + j
							v := verification{
								id: id, content: s.contentID(pairOf(c, slot), k), consumer: c, provider: s.Provider(c, slot),
								consumerVersion: version, provided: version, success: r.success && n == r.times-1,
								at: s.PublishedAt(c, version).Add(time.Duration(n+1) * time.Hour),
							}
							if !yield(v) {
								return
							}
						}
					}
				}
			}
		}
	}
}

func (s Size) verificationRows(add adder) {
	for v := range s.verifications() {
		add(v.id, v.content, serviceID(v.consumer), serviceID(v.provider), s.versionID(v.provider, v.provided), v.success,
			Number(v.consumer, v.consumerVersion), fmt.Sprintf("https://ci.example.com/%s/builds/%d", Service(v.provider), v.provided), v.at)
	}
}

// deploymentRows puts every service into every environment, with what was there
// before.
func (s Size) deploymentRows(add adder) {
	n := 0
	put := func(kind contracts.DeploymentKind, service, version int, environment, instance string, until int) {
		n++
		var ended any
		if until > 0 {
			ended = s.PublishedAt(service, until)
		}
		add(fmt.Sprintf("0190d3a1-0000-7000-8000-%012x", n), string(kind), serviceID(service), s.versionID(service, version),
			environment, instance, until == 0, s.PublishedAt(service, version), ended)
	}
	for i := range s.Services {
		for _, there := range []struct {
			back        int
			environment string
		}{{backTest, testID}, {backStaging, stagingID}} {
			put(contracts.Deployed, i, s.Versions-there.back, there.environment, "", 0)
		}
		for v := 0; v < s.Versions-backProduction; v += perContent {
			put(contracts.Deployed, i, v, productionID, "", v+perContent)
			put(contracts.Deployed, i, v, testID, "", v+perContent)
		}
		for n, version := range s.InProduction(i) {
			switch {
			case n == 0:
				put(contracts.Deployed, i, version, productionID, "", 0)
			case i%20 == 0:
				put(contracts.Deployed, i, version, productionID, "blue", 0)
			default:
				put(contracts.Released, i, version, productionID, "", 0)
			}
		}
	}
}
