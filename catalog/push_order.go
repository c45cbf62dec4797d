package catalog

import (
	"slices"
	"strings"
	"time"

	"github.com/goldenpath/platform/internal/fault"
)

const (
	// MaxAncestors is how many commits before the one that is sent are looked at
	// and kept: pipelines overtake each other by less.
	MaxAncestors = 200
	// commitKept is how many letters of a commit are kept: enough to tell apart
	// any two of one repository.
	commitKept = 16
)

// shortCommit is a commit as it is kept, "" for what is none.
func shortCommit(id string) string {
	id = strings.ToLower(id)
	if len(id) < commitKept || strings.Trim(id, "0123456789abcdef") != "" {
		return ""
	}
	return id[:commitKept]
}

// ancestors are commits before one, those nearest to it first.
type ancestors []string

// ancestors returns what the pipeline knows of them.
func (p PushRequest) ancestors() ancestors {
	var out ancestors
	for _, id := range p.Ancestors[:min(len(p.Ancestors), MaxAncestors)] {
		if short := shortCommit(id); short != "" {
			out = append(out, short)
		}
	}
	return out
}

// knownAncestors returns the ancestors of what was pushed last.
func (l Location) knownAncestors() ancestors { return strings.Fields(l.Settings) }

func (a ancestors) have(commit string) bool {
	short := shortCommit(commit)
	return short != "" && slices.Contains(a, short)
}

// overtaken refuses a push that is older than what was pushed before. Whose
// ancestor the other is, is the newer one, whatever clocks say; dates, which are
// to the second, count only when nobody knows.
func (p PushRequest) overtaken(known Location) error {
	mine, others := p.ancestors(), known.knownAncestors()
	switch {
	case p.Force:
		return nil
	case known.Commit != "" && strings.EqualFold(p.Commit, known.Commit), mine.have(known.Commit):
		return nil
	case others.have(p.Commit):
		return older("The commit %s comes before %s, which was sent already.", p.Commit, known.Commit)
	case p.CommittedAt.IsZero() || !p.CommittedAt.Before(pushedAt(known)):
		return nil
	}
	return older("The commit %s of %s is older than %s, which was sent already.", p.Commit, p.CommittedAt.UTC().Format(time.RFC3339), known.Commit)
}

func older(format string, args ...any) error {
	return fault.New(fault.Conflict, format, args...).
		WithHint("Nothing is wrong when a newer pipeline has overtaken this one. If the branch was set back: platform catalog push --force ...")
}

// remembered returns what to keep of the ancestors of a push: those it knows,
// and then those of the commit before it that was sent, because pipelines often
// have only the newest commits.
func (p PushRequest) remembered(known Location) string {
	all := p.ancestors()
	if strings.EqualFold(p.Commit, known.Commit) || all.have(known.Commit) {
		all = append(all, known.knownAncestors()...)
	}
	var out ancestors
	for _, id := range all {
		if len(out) < MaxAncestors && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return strings.Join(out, " ")
}
