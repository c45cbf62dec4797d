package catalog

import (
	"bytes"
	"context"
	"errors"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/goldenpath/platform/catalog/proposal"
	"github.com/goldenpath/platform/internal/fault"
)

const (
	// proposalBranch is the branch that proposals are made on.
	proposalBranch = "platform/catalog-info"
	// proposalFile is the file that is proposed.
	proposalFile = "catalog-info.yaml"
	// proposalReads is how many files of a repository are looked into: each is a
	// request, and hosts count them.
	proposalReads = 16
	// unknownOwner is who owns what nobody is named for.
	unknownOwner = "unknown"
)

// ProposalRequest asks for a catalog file in one repository.
type ProposalRequest struct {
	Repository string // its address
	Branch     string // its default branch; looked up when empty
	Owner      string // who owns it where the repository names nobody
	DryRun     bool   // look, and write nothing
	Again      bool   // also where a pull request was closed
}

// ProposalOutcome says what became of a proposal.
type ProposalOutcome string

// What becomes of a proposal. With DryRun they say what would.
const (
	ProposalOpened    ProposalOutcome = "opened"
	ProposalUpdated   ProposalOutcome = "updated"
	ProposalUnchanged ProposalOutcome = "unchanged" // the pull request is there and says the same
	ProposalSkipped   ProposalOutcome = "skipped"   // nothing is to be proposed
	ProposalFailed    ProposalOutcome = "failed"    // in this repository; others may go on
	ProposalWaits     ProposalOutcome = "waits"     // the host asks to come back later
)

// Proposed is what became of a proposal.
type Proposed struct {
	Repository  string // its address
	Outcome     ProposalOutcome
	Reason      string // why it was skipped, failed or waits
	Hint        string
	Failure     fault.Code // of what failed
	PullRequest string     // its address
	File        []byte     // what is proposed
	Notes       []string   // what people should look at
	Until       time.Time  // until when it waits
}

// Propose looks into a repository that has no catalog file and opens a pull
// request with one, or brings the one up to date that is open. Doing it again
// changes nothing. What is wrong with this repository alone is an outcome; an
// error concerns all of them.
func (c *Catalog) Propose(ctx context.Context, q ProposalRequest) (Proposed, error) {
	if c.contributor == nil {
		return Proposed{}, noContributor()
	}
	at, err := repositoryAddress(q.Repository)
	if err != nil {
		return Proposed{}, err
	}
	if q.Owner != "" {
		if _, err := ParseRef(q.Owner, RefDefaults{Kind: KindGroup}); err != nil {
			return Proposed{}, err
		}
	}
	at.Branch = q.Branch
	p := &proposing{Catalog: c, request: q, at: at}
	out, err := p.run(ctx)
	out.Repository = at.Address()
	if wait, ok := errors.AsType[*WaitError](err); ok {
		out.Outcome, out.Reason, out.Until = ProposalWaits, wait.Reason, wait.Until
		return out, nil
	}
	switch f := fault.From(err); {
	case err == nil:
		return out, nil
	case ctx.Err() != nil || f.Code == fault.Internal || f.Code == fault.Unauthenticated:
		return Proposed{}, err
	default:
		out.Outcome, out.Reason, out.Hint, out.Failure = ProposalFailed, f.Message, f.Hint, f.Code
		return out, nil
	}
}

// proposing is one proposal on its way.
type proposing struct {
	*Catalog

	request ProposalRequest
	at      HostedRepository
	notes   []string
}

// leftAlone is what becomes of a repository in which nothing is proposed.
func leftAlone(reason, pull string) Proposed {
	return Proposed{Outcome: ProposalSkipped, Reason: reason, PullRequest: pull}
}

func (p *proposing) run(ctx context.Context) (Proposed, error) {
	var err error
	if p.at.Branch == "" {
		if p.at.Branch, err = p.contributor.DefaultBranch(ctx, p.at); err != nil {
			return Proposed{}, err
		}
	}
	files, err := p.contributor.Files(ctx, p.at)
	if err != nil {
		return Proposed{}, err
	}
	if there, err := p.hasFile(ctx, files); err != nil || there != "" {
		return leftAlone("has "+there, ""), err
	}
	if taken, err := p.taken(ctx); err != nil || taken != "" {
		return leftAlone(taken, ""), err
	}
	last, exists, err := p.contributor.LastPullRequest(ctx, p.at, proposalBranch)
	if err != nil {
		return Proposed{}, err
	}
	if exists && last.State != PullRequestOpen && !p.request.Again {
		return leftAlone("its pull request was "+string(last.State), last.URL), nil
	}
	made, err := p.look(ctx, files)
	if err != nil {
		return Proposed{}, err
	}
	out := Proposed{File: made.YAML(), Notes: p.notes}
	if _, err := Parse(proposalFile, out.File); err != nil {
		return out, err
	}
	if !exists || last.State != PullRequestOpen {
		return p.open(ctx, out, made, exists)
	}
	return p.update(ctx, out, made, last)
}

// hasFile returns the catalog file that the repository has already, "" without one.
func (p *proposing) hasFile(ctx context.Context, files HostedFiles) (string, error) {
	names := slices.Concat(files.Names, files.Links)
	slices.SortFunc(names, func(a, b string) int { return strings.Count(a, "/") - strings.Count(b, "/") })
	for _, name := range names {
		if isCatalogFile(name) && !slices.ContainsFunc(strings.Split(path.Dir(name), "/"), func(folder string) bool { return folder != "." && skipped(folder) }) {
			return name, nil
		}
	}
	if !files.Cut {
		return "", nil
	}
	p.note("The repository has more files than its host lists, so not all of them were looked at.")
	for _, name := range []string{proposalFile, "catalog-info.yml"} {
		if _, there, err := p.contributor.FileOn(ctx, p.at, p.at.Branch, name); err != nil || there {
			return name, err
		}
	}
	return "", nil
}

func (p *proposing) note(text string) { p.notes = append(p.notes, text) }

// look makes the proposal.
func (p *proposing) look(ctx context.Context, files HostedFiles) (proposal.Proposal, error) {
	var failed error
	head := func(name string) string {
		if failed != nil {
			return ""
		}
		start, err := files.Head(ctx, name, proposal.MaxHead)
		if err != nil && !fault.Is(err, fault.NotFound) {
			failed = err
		}
		return string(start)
	}
	made := proposal.LookAt(files.Names, head, p.subject())
	if failed != nil {
		return made, failed
	}
	if made.Because["name"] == "the remote origin" {
		made.Because["name"] = "the name of the repository"
	}
	if err := p.rename(ctx, &made); err != nil {
		return made, err
	}
	if made.Unread > 0 {
		p.note(thousands(made.Unread) + " files that may say more were not looked into; `platform init` in a clone looks into all.")
	}
	return made, p.settleOwners(ctx, &made)
}

// rename calls components otherwise whose names the catalog has already: another
// repository may have the same manifest.
func (p *proposing) rename(ctx context.Context, made *proposal.Proposal) error {
	whole := proposal.Name(p.subject())
	for _, one := range made.Components() {
		e, found, err := p.Find(ctx, NewRef(KindComponent, "", one.Name))
		if err != nil {
			return err
		}
		if !found || sameRepository(e.Source.Target) == sameRepository(p.at.Address()) {
			continue
		}
		before := one.Name
		if one.Name = whole; one.Folder != "" {
			one.Name = whole + "-" + before
		}
		one.Because["name"] = "the name of the repository"
		p.note(code(before) + " is in the catalog already, from " + code(e.Source.Target) + ", so it is called " + code(one.Name) + " here.")
	}
	return nil
}

// subject is what the proposal is for.
func (p *proposing) subject() proposal.Repository {
	return proposal.Repository{Folder: p.at.Name, Origin: p.at.Address(), Reads: proposalReads}
}

// taken says that the catalog has the component already, "" when it has not.
func (p *proposing) taken(ctx context.Context) (string, error) {
	e, found, err := p.Find(ctx, NewRef(KindComponent, "", proposal.Name(p.subject())))
	if err != nil || !found {
		return "", err
	}
	where := e.Source.Target
	if at := (Problem{File: e.Source.Path, Line: e.Source.Line}).Where(); at != "" {
		where += " (" + at + ")"
	}
	return e.Ref().String() + " is in the catalog already, from " + where, nil
}

// open opens a pull request, or says that it would.
func (p *proposing) open(ctx context.Context, out Proposed, made proposal.Proposal, before bool) (Proposed, error) {
	out.Outcome = ProposalOpened
	if p.request.DryRun {
		return out, nil
	}
	opened, err := p.contributor.Offer(ctx, p.at, p.offer(out, made, nil, before))
	out.PullRequest = opened.URL
	return out, err
}

// update brings an open pull request up to date, unless somebody has changed the
// file in it meanwhile: then it is theirs.
func (p *proposing) update(ctx context.Context, out Proposed, made proposal.Proposal, open PullRequest) (Proposed, error) {
	out.PullRequest, out.Outcome = open.URL, ProposalUnchanged
	there, exists, err := p.contributor.FileOn(ctx, p.at, proposalBranch, proposalFile)
	if err != nil {
		return out, err
	}
	same := exists && bytes.Equal(there, out.File)
	switch {
	case same && strings.Contains(open.Body, marker(out.File)):
		return out, nil
	case !same && exists && !strings.Contains(open.Body, marker(there)):
		out.Reason, out.File, out.Notes = "somebody changed the file in the pull request; it stays as it is", there, nil
		return out, nil
	}
	out.Outcome = ProposalUpdated
	if p.request.DryRun {
		return out, nil
	}
	_, err = p.contributor.Offer(ctx, p.at, p.offer(out, made, &open, false))
	return out, err
}

func (p *proposing) offer(out Proposed, made proposal.Proposal, open *PullRequest, anew bool) Offer {
	return Offer{
		Branch: proposalBranch, Path: proposalFile, Content: out.File, Title: "Add " + proposalFile + " for the software catalog",
		Body: proposalBody(out, made), Open: open, Anew: anew,
	}
}
