// Package company generates the contracts of a company of any size, as rows of
// the tables that keep them: services that release often, each with pacts with
// three others, branches, tags, three environments, and results of verifying.
// The same size gives the same company, and MayDeploy knows what must come out.
package company

import (
	"fmt"
	"time"
)

// Size says how big a company is.
type Size struct {
	Services int // at least 40
	Versions int // of each service; a multiple of perContent
}

const (
	pactsPerVersion = 3
	perContent      = 10 // versions in a row that publish the same, and verify it
	teams           = 50
)

// Versions of a service that are somewhere, counted back from the newest.
const (
	backProduction = 10
	backStaging    = 5
	backTest       = 1
	backDraft      = 7 // publishes what nobody has verified, from a branch
)

// Environments of a company. The first two come with the first migration.
const (
	Production = "production"
	Test       = "test"
	Staging    = "staging"
)

// Check says why there is no company of this size.
func (s Size) Check() error {
	if s.Services < 40 || s.Versions < perContent || s.Versions%perContent != 0 {
		return fmt.Errorf("a company has at least 40 services, and versions in tens: %d services with %d versions is none", s.Services, s.Versions)
	}
	return nil
}

// Service is the name of a service; they are numbered from 0.
func Service(i int) string { return fmt.Sprintf("service-%04d", i) }

// Number is the number of a version of a service, in the form of a commit.
func Number(service, version int) string {
	n := uint64(service)*1_000_003 + uint64(version) //nolint:gosec // both are small and not negative
	n = (n ^ n>>30) * 0xbf58476d1ce4e5b9
	n = (n ^ n>>27) * 0x94d049bb133111eb
	return fmt.Sprintf("%016x%016x%04x%04x", n^n>>31, n*0x9e3779b97f4a7c15, service, version)
}

// Candidate is the version that waits for production.
func (s Size) Candidate() int { return s.Versions - backStaging }

// Provider returns with which service a service has its pact number slot. Every
// service has two consumers nearby; a few have many more.
func (s Size) Provider(service, slot int) int {
	near := []int{(service + 1) % s.Services, (service + 7) % s.Services}
	if slot < len(near) {
		return near[slot]
	}
	popular := max(4, s.Services/teams)
	p := (service*7 + 3) % popular
	for p == service || p == near[0] || p == near[1] {
		p = (p + 1) % popular
	}
	return p
}

// Consumers returns the services that have a pact with a service.
func (s Size) Consumers(provider int) []int {
	var out []int
	for c := range s.Services {
		for slot := range pactsPerVersion {
			if s.Provider(c, slot) == provider {
				out = append(out, c)
			}
		}
	}
	return out
}

func (s Size) pairs() int    { return s.Services * pactsPerVersion }
func (s Size) contents() int { return s.Versions/perContent + 1 } // the last is the draft

// contentOf returns which content a version publishes.
func (s Size) contentOf(version int) int {
	if version == s.Versions-backDraft {
		return s.contents() - 1
	}
	return version / perContent
}

// pairOf numbers the consumers and providers that have a pact.
func pairOf(consumer, slot int) int { return consumer*pactsPerVersion + slot }

// Ids are drawn in the order in which things happened: version by version, over
// all services.
func (s Size) versionID(service, version int) int64 {
	return int64(version)*int64(s.Services) + int64(service) + 1
}

func (s Size) contentID(pair, content int) int64 {
	return int64(content)*int64(s.pairs()) + int64(pair) + 1
}

// PublishedAt is when a version was published; each day brings one.
func (s Size) PublishedAt(service, version int) time.Time {
	newest := time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)
	return newest.AddDate(0, 0, version-s.Versions+1).Add(time.Duration(service) * time.Second)
}

// result is what a provider version said about a content: whether it verified
// it at all, and how often.
type result struct {
	times   int
	success bool // of the last time
}

// results returns what the j-th provider version of a content's time said.
func (s Size) results(pair, content, j int) result {
	r := result{times: 1, success: (pair*31+content*7+j*3)%53 != 0}
	if s.contentID(pair, content)%97 == 0 {
		switch j {
		case 4:
			r.times = 2 // a failure first
		case 5:
			r.times = 0
		}
	}
	return r
}
