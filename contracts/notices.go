package contracts

import (
	"fmt"
	"strings"
)

// BeforeVerification is when a notice that says why a pact is verified is for.
const BeforeVerification = "before_verification"

const (
	readMorePending = "Read more at https://docs.pact.io/go/pending"
	readMoreWIP     = "Read more at https://docs.pact.io/go/wip"
)

// NoticesFor says why the pact is verified and what a result will mean. subject
// names it, such as "The pact at URL". Verifiers print these words and people
// search for them, so they are the Pact Broker's.
func (p VerifiablePact) NoticesFor(subject string) []PactNotice {
	notices := []PactNotice{{BeforeVerification, p.inclusionReason(subject)}}
	if !p.query.IncludePending && !p.WIP {
		return notices
	}
	notices = append(notices, PactNotice{BeforeVerification, p.pendingReason()})
	if !p.Pending {
		return notices
	}
	who, tagged := p.pendingFor("any"), p.withTheseTags()
	return append(
		notices,
		PactNotice{
			"after_verification:success_true_published_false",
			fmt.Sprintf("This pact is still in pending state for %s as the successful verification results %shave not yet been published.", who, tagged),
		},
		PactNotice{
			"after_verification:success_false_published_false",
			fmt.Sprintf("This pact is still in pending state for %s as a successful verification result %shas not yet been published", who, tagged),
		},
		PactNotice{
			"after_verification:success_true_published_true",
			fmt.Sprintf("This pact is no longer in pending state for %s, as a successful verification result %shas been published. If a verification for a version of %s %sfails in the future, it will fail the build. %s",
				who, tagged, p.Provider, tagged, readMorePending),
		},
		PactNotice{
			"after_verification:success_false_published_true",
			fmt.Sprintf("This pact is still in pending state for %s as a successful verification result %shas not yet been published", who, tagged),
		},
	)
}

// ShortDescription names the selectors in a few words; test names are made of it.
func (p VerifiablePact) ShortDescription() string {
	parts := make([]string, len(p.Selected))
	for i, by := range p.Selected {
		parts[i] = by.short()
	}
	return strings.Join(parts, ", ")
}

func (p VerifiablePact) inclusionReason(subject string) string {
	if p.WIP {
		return p.wipReason(subject)
	}
	versions, criteria := "the consumer version", "criterion"
	if len(p.Selected) > 1 {
		versions, criteria = "the consumer versions", "criteria"
	}
	lines := make([]string, len(p.Selected))
	for i, by := range p.Selected {
		lines[i] = "    * " + by.long(p.Provider)
	}
	return fmt.Sprintf("%s is being verified because the pact content belongs to %s matching the following %s:\n%s",
		subject, versions, criteria, strings.Join(lines, "\n"))
}

func (p VerifiablePact) wipReason(subject string) string {
	var branches, tags []string
	for _, by := range p.Selected {
		if by.Branch != "" {
			branches = append(branches, "'"+by.Branch+"'")
		} else {
			tags = append(tags, "'"+by.Selector.Tag+"'")
		}
	}
	var from []string
	switch len(branches) {
	case 0:
	case 1:
		from = append(from, "from branch "+branches[0])
	default:
		from = append(from, "from branches "+join(branches))
	}
	if len(tags) > 0 {
		from = append(from, "tagged with "+join(tags))
	}
	note := ""
	switch len(p.Selected) {
	case 1:
	case 2:
		note = " (both have the same content)"
	default:
		note = " (all have the same content)"
	}
	version := "versions"
	if len(branches) == 1 || len(tags) == 1 {
		version = "version"
	}
	return fmt.Sprintf("%s is being verified because it is a 'work in progress' pact (ie. it is the pact for the latest %s of %s %s%s and it has not yet been successfully verified by %s when the pact's application version was explicitly specified in the consumer version selectors). %s",
		subject, version, p.Consumer, strings.Join(from, " and "), note, p.pendingFor("a"), readMoreWIP)
}

func (p VerifiablePact) pendingReason() string {
	switch {
	case p.WIP:
		return fmt.Sprintf("This pact is in pending state for this version of %s because it was included as a 'work in progress' pact. If this verification fails, it will not cause the overall build to fail. %s",
			p.Provider, readMorePending)
	case p.Pending:
		return fmt.Sprintf("This pact is in pending state for this version of %s because a successful verification result for %s has not yet been published. If this verification fails, it will not cause the overall build to fail. %s",
			p.Provider, p.pendingFor("a"), readMorePending)
	default:
		return fmt.Sprintf("This pact has previously been successfully verified by %s. If this verification fails, it will fail the build. %s",
			p.verifiedBy(), readMorePending)
	}
}

// pendingFor names the provider versions the pact is pending for.
func (p VerifiablePact) pendingFor(article string) string {
	switch tags := p.PendingTags; {
	case p.query.ProviderBranch != "":
		return fmt.Sprintf("%s version of %s from branch '%s'", article, p.Provider, p.query.ProviderBranch)
	case len(tags) == 0:
		return p.Provider
	case len(tags) == 1:
		return fmt.Sprintf("%s version of %s with tag '%s'", article, p.Provider, tags[0])
	default:
		return fmt.Sprintf("%s versions of %s with tag %s", article, p.Provider, quoted(tags))
	}
}

func (p VerifiablePact) verifiedBy() string {
	switch tags := p.VerifiedTags; {
	case p.query.ProviderBranch != "":
		return fmt.Sprintf("a version of %s from branch '%s'", p.Provider, p.query.ProviderBranch)
	case len(tags) == 0:
		return p.Provider
	default:
		return fmt.Sprintf("a version of %s with tag %s", p.Provider, quoted(tags))
	}
}

func (p VerifiablePact) withTheseTags() string {
	switch len(p.PendingTags) {
	case 0:
		return ""
	case 1:
		return "with this tag "
	default:
		return "with these tags "
	}
}

func quoted(words []string) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = "'" + w + "'"
	}
	return join(out)
}

// short is the selector in a few words.
func (s SelectedBy) short() string {
	sel := s.Selector
	switch {
	case s.Kind == Deployed:
		return "deployed to " + s.Environment.Name
	case s.Kind == Released:
		return "released in " + s.Environment.Name
	case sel.Version != "":
		return "version " + sel.Version
	case sel.MainBranch:
		return "latest from main branch"
	case s.Branch != "":
		return "latest from branch " + s.Branch
	case sel.Tag != "" && sel.Latest:
		return "latest with tag " + s.tag()
	case sel.Tag != "" && sel.Consumer != "":
		return fmt.Sprintf("one of %s %s", sel.Consumer, s.tag())
	case sel.Tag != "":
		return "one of " + s.tag()
	default:
		return "latest"
	}
}

func (s SelectedBy) tag() string {
	if s.Fallback {
		return s.Selector.FallbackTag
	}
	return s.Selector.Tag
}

// long is the selector in a sentence, with the version it picked.
func (s SelectedBy) long(provider string) string {
	sel := s.Selector
	version, label := "version", "consumer version(s)"
	if sel.Consumer != "" {
		version, label = "version of "+sel.Consumer, "version(s) of "+sel.Consumer
	}
	var text string
	switch {
	case s.Kind == Deployed:
		return fmt.Sprintf("%s currently deployed to %s (%s)", label, s.Environment.Name, s.Version.Number)
	case s.Kind == Released:
		return fmt.Sprintf("%s released and supported in %s (%s)", label, s.Environment.Name, s.Version.Number)
	case sel.Version != "":
		text = version + " that was asked for"
	case sel.MainBranch:
		text = fmt.Sprintf("latest %s from the main branch '%s'", version, s.Branch)
	case s.Branch != "" && s.Fallback:
		text = fmt.Sprintf("latest %s from branch '%s' (fallback branch used as no pact was found from branch '%s')", version, s.Branch, sel.Branch)
	case s.Branch != "":
		text = fmt.Sprintf("latest %s from branch '%s'", version, s.Branch)
	case sel.Tag != "" && sel.Latest && s.Fallback:
		text = fmt.Sprintf("latest %s tagged '%s' (fallback tag used as no pact was found with tag '%s')", version, sel.FallbackTag, sel.Tag)
	case sel.Tag != "" && sel.Latest:
		text = fmt.Sprintf("latest %s tagged '%s'", version, sel.Tag)
	case sel.Tag != "" && sel.Consumer != "":
		text = fmt.Sprintf("all %s versions tagged '%s'", sel.Consumer, s.tag())
	case sel.Tag != "":
		text = fmt.Sprintf("all consumer versions tagged '%s'", s.tag())
	default:
		consumer := sel.Consumer
		if consumer == "" {
			consumer = "a consumer"
		}
		text = fmt.Sprintf("latest version of %s that has a pact with %s", consumer, provider)
	}
	return fmt.Sprintf("%s (%s)", text, s.Version.Number)
}
