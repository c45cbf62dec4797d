package company

import (
	"fmt"

	"github.com/goldenpath/platform/contracts"
)

// Hub is a provider that very many services consume, each deployed to production
// with a pact of its own. It lives beside a company, in the same tables.
type Hub struct {
	Beside    Size
	Consumers int
}

// HubName is the name of the provider.
const HubName = "hub"

// HubVersions are the versions of the hub and what the gate says of them: all
// consumers are kept, one is broken, one was never verified.
func HubVersions() map[string]contracts.Verdict {
	return map[string]contracts.Verdict{"keeps-all": contracts.Yes, "breaks-one": contracts.No, "forgot-one": contracts.Unknown}
}

// Odd is the consumer that the hub's versions treat differently. It is neither
// among the first nor among the last.
func (h Hub) Odd() int { return h.Consumers * 2 / 3 }

// Consumer is the name of a consumer of the hub.
func (h Hub) Consumer(i int) string { return fmt.Sprintf("fan-%04d", i) }

// Tables returns the hub as rows for a database with the company in it.
func (h Hub) Tables() []Table {
	s := h.Beside
	services, versions := int64(s.Services), s.versionID(0, s.Versions)
	contents, publications := s.contentID(0, s.contents()), int64(s.pairs()*s.Versions)+1
	results := int64(1)
	for v := range s.verifications() {
		results = v.id + 1
	}
	hubID, consumerID := services+1, func(i int) int64 { return services + 2 + int64(i) }
	hubVersion, consumerVersion := func(n int) int64 { return versions + int64(n) }, func(i int) int64 { return versions + 3 + int64(i) }
	at := s.PublishedAt(0, s.Versions)
	names := []string{"keeps-all", "breaks-one", "forgot-one"}

	each := func(fn func(i int, add adder)) func(add adder) {
		return func(add adder) {
			for i := range h.Consumers {
				fn(i, add)
			}
		}
	}
	verified := func(fn func(add adder, id int64, i, n int)) func(add adder) {
		return func(add adder) {
			id := results
			for n, name := range names {
				for i := range h.Consumers {
					if name == "forgot-one" && i == h.Odd() {
						continue
					}
					fn(add, id, i, n)
					id++
				}
			}
		}
	}
	success := func(i, n int) bool { return names[n] != "breaks-one" || i != h.Odd() }
	return []Table{
		{"pacticipants", pacticipantColumns, rows(func(add adder) {
			add(hubID, HubName, "main", "", at)
			each(func(i int, add adder) { add(consumerID(i), h.Consumer(i), "main", "", at) })(add)
		})},
		{"pacticipant_versions", versionColumns, rows(func(add adder) {
			for n, name := range names {
				add(hubVersion(n), hubID, name, "", at)
			}
			each(func(i int, add adder) { add(consumerVersion(i), consumerID(i), "1", "", at) })(add)
		})},
		{"integrations", integrationColumns, rows(each(func(i int, add adder) { add(consumerID(i), hubID, at) }))},
		{"pact_contents", contentColumns, func(yield func([]any, error) bool) {
			for i := range h.Consumers {
				body := Pact(h.Consumer(i), HubName, editionOf(i))
				sha, err := digest(body)
				row := []any{contents + int64(i), consumerID(i), hubID, sha, int64(interactions), at, body}
				if !yield(row, err) || err != nil {
					return
				}
			}
		}},
		{"pact_publications", publicationColumns, rows(each(func(i int, add adder) {
			add(publications+int64(i), consumerID(i), hubID, consumerVersion(i), contents+int64(i), at)
		}))},
		{"verifications", verificationColumns, rows(verified(func(add adder, id int64, i, n int) {
			add(id, contents+int64(i), consumerID(i), hubID, hubVersion(n), success(i, n), "1", "", at)
		}))},
		{"verification_details", detailColumns, rows(verified(func(add adder, id int64, i, n int) {
			add(id, resultsText(success(i, n)), verifiedBy)
		}))},
		{"deployments", deploymentColumns, rows(each(func(i int, add adder) {
			add(fmt.Sprintf("0190d3a2-0000-7000-8000-%012x", i), string(contracts.Deployed), consumerID(i), consumerVersion(i), productionID, "", true, at, nil)
		}))},
	}
}
