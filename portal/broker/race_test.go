package broker_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/database"
	"github.com/goldenpath/platform/internal/database/databasetest"
	"github.com/goldenpath/platform/internal/store"
)

// TestConcurrentPublishersOfOneVersion lets several pipelines publish other content
// for one version at the same time: one wins, the others are told why not.
func TestConcurrentPublishersOfOneVersion(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		t.Helper()
		domain := contracts.New(store.New(db).Contracts(), db, nil)
		c := client{serve(t, domain, "")}
		const publishers, rounds = 6, 5
		ways := []struct {
			name string
			send func(version string, n int) (method, path, body string)
		}{
			{"contracts/publish", func(version string, n int) (string, string, string) {
				content := base64.StdEncoding.EncodeToString([]byte(racingPact(n)))
				return http.MethodPost, "/contracts/publish", fmt.Sprintf(`{"pacticipantName":"web","pacticipantVersionNumber":%q,"branch":"main","tags":["dev"],
					"contracts":[{"consumerName":"web","providerName":"api","specification":"pact","contentType":"application/json","content":%q}]}`, version, content)
			}},
			{"PUT", func(version string, n int) (string, string, string) {
				return http.MethodPut, "/pacts/provider/api/consumer/web/version/" + version, racingPact(n)
			}},
		}
		for _, way := range ways {
			for round := range rounds {
				version := fmt.Sprintf("%s-%d", strings.ReplaceAll(way.name, "/", "."), round)
				answers := make([]answer, publishers)
				var start, done sync.WaitGroup
				start.Add(1)
				for n := range publishers {
					done.Go(func() {
						start.Wait()
						method, path, body := way.send(version, n)
						answers[n] = c.send(t, method, path, body)
					})
				}
				start.Done()
				done.Wait()
				winner := -1
				for n, a := range answers {
					switch a.status {
					case http.StatusOK, http.StatusCreated:
						if winner >= 0 {
							t.Errorf("%s: publishers %d and %d both won", version, winner, n)
						}
						winner = n
					case http.StatusConflict:
						if !strings.Contains(a.body, "Cannot change the content of the pact for web version "+version+" and provider api") {
							t.Errorf("%s: publisher %d is not told why: %s", version, n, a.body)
						}
					default:
						t.Errorf("%s: publisher %d got %d: %s", version, n, a.status, a.body)
					}
				}
				if winner < 0 {
					t.Fatalf("%s: nobody won", version)
				}
				stored := c.send(t, http.MethodGet, "/pacts/provider/api/consumer/web/version/"+version, "")
				if !strings.Contains(stored.body, "/"+strconv.Itoa(winner)+`"`) {
					t.Errorf("%s: publisher %d won, and this is stored: %s", version, winner, stored.body)
				}
			}
		}
	})
}

func racingPact(n int) string {
	return fmt.Sprintf(`{"consumer":{"name":"web"},"provider":{"name":"api"},"interactions":[{"description":"asks",
		"request":{"method":"GET","path":"/%d"},"response":{"status":200}}],"metadata":{"pactSpecification":{"version":"2.0.0"}}}`, n)
}

// TestConcurrentPublishersOfManyVersions lets pipelines of services nobody knows
// yet publish at the same time: all succeed.
func TestConcurrentPublishersOfManyVersions(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		t.Helper()
		domain := contracts.New(store.New(db).Contracts(), db, nil)
		c := client{serve(t, domain, "")}
		const publishers = 8
		answers := make([]answer, publishers)
		var done sync.WaitGroup
		for n := range publishers {
			done.Go(func() {
				pact := strings.ReplaceAll(racingPact(n), `"web"`, fmt.Sprintf(`"web%d"`, n%3))
				answers[n] = c.send(t, http.MethodPut, fmt.Sprintf("/pacts/provider/api/consumer/web%d/version/%d", n%3, n), pact)
			})
		}
		done.Wait()
		for n, a := range answers {
			if a.status != http.StatusCreated {
				t.Errorf("publisher %d got %d: %s", n, a.status, a.body)
			}
		}
	})
}
