package contracts

import (
	"context"
	"time"

	"github.com/goldenpath/platform/internal/fault"
)

// Question asks whether a version of a service may join other versions.
type Question struct {
	Service string
	// Which version: a number, or the newest on a branch or with a tag, on the
	// service's main branch, or of all.
	Version, Branch, Tag string
	MainBranch, Latest   bool
	// What it would join: what is in an environment, the newest versions with a
	// tag, or the heads of main branches, as a merge does.
	Environment  string
	ToTag        string
	MainBranches bool
	// MaxAge makes a verdict older than it unknown; 0 is no limit but the policy's.
	MaxAge time.Duration
	// Ignore counts, for this question, as stored rules do. Only Service and
	// Version are read.
	Ignore []IgnoreRule
}

// Answer is the gate's verdict and everything it rests on: noes first, then
// unknowns, then yeses, then what is ignored.
type Answer struct {
	Service     string
	Version     string // "" when the question names none that is known
	Environment string
	Verdict     Verdict
	Summary     string // one sentence
	Reasons     []Reason
	MaxAge      time.Duration // the limit that counted, 0 for none
	Rules       []RuleUse     // ignore rules about these reasons
	Warnings    []string      // about the question
	AskedAt     time.Time
}

// Reason is one fact behind an answer, and the command that changes it.
type Reason struct {
	Verdict         Verdict
	Rule            Rule
	Text            string
	Next            string
	Consumer        string
	ConsumerVersion string
	Provider        string
	ProviderVersion string
	Interactions    []string     // that failed or have no result, by description
	There           []Deployment // that make the counterpart count; none without an environment
	SHA             string       // of the pact
	PublishedAt     time.Time
	VerificationID  int64 // 0 for none
	VerifiedAt      time.Time
	IgnoredBy       *IgnoreRule // set: the verdict does not count; of several rules that it takes, the first
}

// Rule names the rule of the gate that decided a reason.
type Rule string

// The rules. Only kept is a yes and only broken is a no.
const (
	RuleKept             Rule = "kept"
	RuleBroken           Rule = "broken"
	RuleNotVerified      Rule = "not-verified"      // the provider's version never verified the pact
	RuleIncomplete       Rule = "incomplete"        // a result is missing
	RuleTooOld           Rule = "too-old"           // the verdict is older than allowed
	RuleNowhere          Rule = "nowhere"           // no version of the provider is there
	RuleNoPact           Rule = "no-pact"           // a consumer is there without a pact
	RuleNoMainBranch     Rule = "no-main-branch"    // a consumer's main branch is not known
	RuleWithdrawn        Rule = "withdrawn"         // a pact was deleted from the version that relies on it
	RuleNothingPublished Rule = "nothing-published" // a consumer's version without any pact
	RuleNothingVerified  Rule = "nothing-verified"  // a provider's version without any verification
	RuleUnknownVersion   Rule = "unknown-version"
	RuleUnknownService   Rule = "unknown-service"
)

// CanIDeploy answers whether a version may join others. Every version that is
// there counts. Whatever nobody checked is unknown: a version nobody published or
// verified, a provider that is not there or has not verified the pact, a consumer
// that is there without a pact.
func (b *Broker) CanIDeploy(ctx context.Context, q Question) (a Answer, err error) {
	if err := q.check(); err != nil {
		return Answer{}, err
	}
	// A yes of two moments could be one that was true at none.
	err = b.store.Moment(ctx, func(ctx context.Context) error {
		a, err = b.canIDeploy(ctx, q)
		return err
	})
	return a, err
}

func (b *Broker) canIDeploy(ctx context.Context, q Question) (Answer, error) {
	g := gate{b: b, q: q, now: b.clock(), to: destination{tag: q.ToTag, main: q.MainBranches}}
	if err := g.look(ctx); err != nil {
		return Answer{}, err
	}
	known, err := g.find(ctx)
	if err != nil {
		return Answer{}, err
	}
	if known {
		if err := g.load(ctx); err != nil {
			return Answer{}, err
		}
		if mistaken, err := g.meansEnvironment(ctx); err != nil || mistaken {
			return g.answer(), err
		}
		g.judge()
		if err := g.selectPacts(ctx); err != nil {
			return Answer{}, err
		}
		g.ignore()
		if err := g.nameInteractions(ctx); err != nil {
			return Answer{}, err
		}
	}
	return g.answer(), nil
}

// check says what is wrong with a question.
func (q Question) check() error {
	if q.MaxAge < 0 {
		return fault.New(fault.Invalid, "A verdict cannot be at most %s old.", q.MaxAge).
			WithHint("Give a duration such as 72h, or none for any age.")
	}
	if given(q.Version != "", q.Branch != "", q.Tag != "", q.MainBranch, q.Latest) != 1 {
		return fault.New(fault.Invalid, "Which version of %s? Name one, or a branch, or a tag.", q.Service).
			WithHint("Give exactly one of version, branch, tag, main branch and latest.").WithField("version", "is missing, or is one of several")
	}
	if given(q.Environment != "", q.ToTag != "", q.MainBranches) != 1 {
		return fault.New(fault.Invalid, "Where shall %s go? Name an environment, or a tag.", q.Service).
			WithHint("Give exactly one of them.").WithField("environment", "is missing, or is one of several")
	}
	for _, r := range q.Ignore {
		if r.Service == q.Service {
			return fault.New(fault.Invalid, "%s cannot be ignored in a question about itself: nothing would be left to judge.", q.Service).
				WithHint("Ignore a service that it meets.").WithField("ignore", "is the service asked about")
		}
	}
	return nil
}

func given(flags ...bool) int {
	n := 0
	for _, f := range flags {
		if f {
			n++
		}
	}
	return n
}

// gate is one question with the facts to answer it.
type gate struct {
	b       *Broker
	q       Question
	to      destination
	now     time.Time
	service Pacticipant
	version Version

	services []Pacticipant // called as asked; none or one
	versions []Version     // of it, as asked, the newest first
	stored   []IgnoreRule

	meetings  []met
	verifies  bool             // the version has verified something, to the end
	consumers []Integration    // of the service, as provider; may be left out when it verifies
	providers []Integration    // of the service, as consumer
	withdrawn []WithdrawnPact  // of the version, and of whoever had a pact with the service
	branches  map[int64]string // main ones of those it would meet, when it is to be merged

	findings []finding
	rules    []RuleUse
	warnings []string
}

// finding is a reason on its way, with the services it is about. Rules ignore it
// when each of them is ignored by one.
type finding struct {
	Reason
	about []counterpart
}

// counterpart is a service that the version meets; without a version, all of it.
type counterpart struct{ service, version string }

func (g *gate) unknown(rule Rule, r Reason, about ...counterpart) {
	r.Verdict, r.Rule = Unknown, rule
	g.findings = append(g.findings, finding{r, about})
}

// maxAge is how old a verdict may be: the question may only make the policy
// stricter.
func (g *gate) maxAge() time.Duration {
	limit := g.b.policy.MaxAge
	if limit == 0 || (g.q.MaxAge > 0 && g.q.MaxAge < limit) {
		limit = g.q.MaxAge
	}
	return limit
}
