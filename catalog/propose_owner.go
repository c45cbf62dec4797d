package catalog

import (
	"context"
	"path"
	"strings"

	"github.com/goldenpath/platform/catalog/index"
	"github.com/goldenpath/platform/catalog/proposal"
)

// Annotations that say who somebody is on GitHub.
const (
	annotationTeam = "github.com/team-slug"  // of a group: ORGANISATION/TEAM
	annotationUser = "github.com/user-login" // of a user
)

// settleOwners calls the owners what the catalog calls them, and says what people
// have to look at.
func (p *proposing) settleOwners(ctx context.Context, made *proposal.Proposal) error {
	settled := map[string]proposal.Proposal{}
	for _, one := range made.Components() {
		named := one.Owner
		if before, known := settled[named]; known { // said once is enough
			one.Owner = before.Owner
			if named == "" {
				one.Because["owner"] = before.Because["owner"]
			}
			continue
		}
		if err := p.settleOwner(ctx, one); err != nil {
			return err
		}
		settled[named] = *one
	}
	return nil
}

func (p *proposing) settleOwner(ctx context.Context, made *proposal.Proposal) error {
	if made.Owner == "" && p.request.Owner != "" {
		made.Owner, made.Because["owner"] = p.request.Owner, ""
	}
	if made.Owner == "" {
		made.Owner, made.Because["owner"] = unknownOwner, "nothing in a CODEOWNERS names anybody: write who answers for it"
		p.note("No CODEOWNERS names anybody: write the group that answers for it instead of `" + unknownOwner + "`.")
		return nil
	}
	ref, err := ParseRef(made.Owner, RefDefaults{Kind: KindGroup})
	if err != nil {
		return err
	}
	key, value := annotationTeam, path.Base(p.at.Organization)+"/"+ref.Name
	if ref.Kind == strings.ToLower(KindUser) {
		key, value = annotationUser, ref.Name
	}
	x, err := p.model.index(ctx)
	if err != nil {
		return err
	}
	hits := x.Find(index.Query{Limit: 2, Where: index.AllOf{
		index.Has{Key: "kind", Values: []string{ref.Kind}}, index.Has{Key: "metadata.annotations." + key, Values: []string{value}},
	}}).Hits
	if len(hits) == 1 {
		named, err := ParseRef(hits[0].Ref, RefDefaults{})
		if err != nil {
			return err
		}
		made.Owner = shortRef(named)
		return nil
	}
	switch there, err := p.Exists(ctx, ref); {
	case err != nil:
		return err
	case there:
		made.Owner = shortRef(ref)
		return nil
	}
	near, err := p.Nearest(ctx, ref.Kind, ref.Name)
	if err != nil {
		return err
	}
	note := code(ref.String()) + " is not in the catalog yet."
	if len(near) > 0 {
		note += " Perhaps " + code(near[0].String()) + " is meant."
	}
	p.note(note)
	return nil
}

// shortRef is how a file names an owner.
func shortRef(ref Ref) string {
	switch group := ref.Kind == strings.ToLower(KindGroup); {
	case ref.Namespace != DefaultNamespace:
		return ref.String()
	case group:
		return ref.Name
	}
	return ref.Kind + ":" + ref.Name
}
