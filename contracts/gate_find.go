package contracts

import (
	"cmp"
	"context"
	"fmt"
	"slices"
)

// look reads what the question names, and the rules.
func (g *gate) look(ctx context.Context) error {
	store := g.b.store
	return store.Together(ctx,
		func(ctx context.Context) (err error) {
			if g.q.Environment != "" {
				g.to.env, err = g.b.Environment(ctx, g.q.Environment)
			}
			return err
		},
		func(ctx context.Context) (err error) {
			g.services, err = store.Pacticipants(ctx, PacticipantFilter{Names: []string{g.q.Service}})
			return err
		},
		func(ctx context.Context) (err error) {
			g.versions, err = store.Versions(ctx, g.wanted())
			return err
		},
		func(ctx context.Context) (err error) {
			g.stored, err = store.IgnoreRules(ctx)
			return err
		},
	)
}

// find looks the version up. When it is not known the answer is unknown, and
// says so.
func (g *gate) find(ctx context.Context) (bool, error) {
	if len(g.services) == 0 {
		near, err := g.b.similarNames(ctx, g.q.Service)
		if err != nil {
			return false, err
		}
		text := fmt.Sprintf("No service called %s has published or verified a contract.", g.q.Service)
		if len(near) > 0 {
			meant := g.q
			meant.Service = near[0]
			text += " Similar names: " + join(near) + ". Did you mean this? " + meant.command()
		}
		g.unknown(RuleUnknownService, Reason{Text: text, Next: g.publishAsked()})
		return false, nil
	}
	g.service = g.services[0]
	if len(g.versions) == 0 {
		next, err := g.nextForUnknownVersion(ctx)
		if err != nil {
			return false, err
		}
		g.unknown(RuleUnknownVersion, Reason{Text: g.noVersion(), Next: next})
		return false, nil
	}
	g.version = g.versions[0]
	if g.q.Version == "" {
		g.warnings = append(g.warnings, fmt.Sprintf("You asked about the newest version%s, which is %s now. When you deploy it may be another: name the version.",
			g.q.chosen(), g.version.Number))
	}
	return true, nil
}

// wanted keeps the version that the question names.
func (g *gate) wanted() VersionFilter {
	f := VersionFilter{Pacticipants: []string{g.q.Service}, Branch: g.q.Branch, MainBranch: g.q.MainBranch, Tag: g.q.Tag, Latest: g.q.Version == ""}
	if g.q.Version != "" {
		f.Numbers = []string{g.q.Version}
	}
	return f
}

// chosen says how a question chooses the version, when it does not name it.
func (q Question) chosen() string {
	switch {
	case q.Branch != "":
		return " on branch " + q.Branch
	case q.MainBranch:
		return " on its main branch"
	case q.Latest:
		return ""
	}
	return " with tag " + q.Tag
}

func (g *gate) noVersion() string {
	if g.q.Version == "" {
		return fmt.Sprintf("No version of %s is known%s.", g.service.Name, g.q.chosen())
	}
	return fmt.Sprintf("Version %s of %s is not known: nothing was published for it, and nothing verified.", g.q.Version, g.service.Name)
}

// nextForUnknownVersion is to publish, or to verify for what is only a provider.
func (g *gate) nextForUnknownVersion(ctx context.Context) (string, error) {
	list, err := g.b.store.Integrations(ctx, IntegrationFilter{ConsumerIDs: []int64{g.service.ID}, ProviderIDs: []int64{g.service.ID}})
	if err != nil {
		return "", err
	}
	provides := slices.ContainsFunc(list, func(i Integration) bool { return i.ProviderID == g.service.ID })
	consumes := slices.ContainsFunc(list, func(i Integration) bool { return i.ConsumerID == g.service.ID })
	if provides && !consumes {
		return verifyCommand(g.service.Name, g.q.number()) + g.options(), nil
	}
	return g.publishAsked(), nil
}

func (g *gate) publishAsked() string {
	return publishCommand(g.q.Service, g.q.number()) + g.options()
}

// number is the version as a person would type it.
func (q Question) number() string {
	if q.Version == "" {
		return "VERSION"
	}
	return q.Version
}

// options put a version where the question looks for it. Where no main branch is
// known, main becomes it.
func (g *gate) options() string {
	switch {
	case g.q.Branch != "":
		return " --branch " + quote(g.q.Branch)
	case g.q.MainBranch:
		return " --branch " + quote(cmp.Or(g.service.MainBranch, "main"))
	case g.q.Tag != "":
		return " --tag " + quote(g.q.Tag)
	}
	return ""
}

// destination is what a version would join.
type destination struct {
	env  Environment
	tag  string
	main bool // heads of main branches
}

// in says beside a version why it is there.
func (d destination) in() string {
	switch {
	case d.main:
		return "main branch"
	case d.tag != "":
		return "tagged " + d.tag
	}
	return "in " + d.env.Name
}

// is says of a version that it is there.
func (d destination) is() string {
	switch {
	case d.main:
		return "is the newest on its main branch"
	case d.tag != "":
		return "is the newest with tag " + d.tag
	}
	return "is in " + d.env.Name
}

// nowhere says of no version that it is there.
func (d destination) nowhere() string {
	switch {
	case d.main:
		return "is on its main branch"
	case d.tag != "":
		return "has the tag " + d.tag
	}
	return "is recorded in " + d.env.Name
}

// placing is the command that puts a version of a service there. Where no main
// branch is known, main becomes it.
func (d destination) placing(service, mainBranch string) string {
	switch {
	case d.main:
		return verifyCommand(service, "VERSION") + " --branch " + quote(cmp.Or(mainBranch, "main"))
	case d.tag != "":
		return fmt.Sprintf("pact broker create-version-tag --pacticipant %s --version VERSION --tag %s", quote(service), quote(d.tag))
	}
	return fmt.Sprintf("platform contracts record-deployment --service %s --version VERSION --environment %s", quote(service), quote(d.env.Name))
}

// joining says what a version would do.
func (d destination) joining() string {
	switch {
	case d.main:
		return "be merged"
	case d.tag != "":
		return "join what is tagged " + d.tag
	}
	return "go to " + d.env.Name
}
