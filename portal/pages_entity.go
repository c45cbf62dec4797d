package portal

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/fault"
)

// entityFrame is what every tab of an entity shows.
type entityFrame struct {
	frame
	Entity     catalog.Entity
	Icon       string
	Owner      *entityLink
	System     *entityLink
	Contact    string // how to reach the owner
	Repository field  // name shown and address, which may be empty
	Running    []contracts.Deployment
	Gate       badge
	GateReason string
	GateFor    string
	Warnings   []warning
	Orphan     *orphan // nil while a file defines it
	Tabs       []tab
}

// ContractsURL is the address of the tab that explains the gate.
func (f entityFrame) ContractsURL() string { return entityURL(f.Entity.Ref(), tabContracts) }

// Place is where the entity is written down, as file:line.
func (f entityFrame) Place() string { return placeOf(f.Entity) }

// PublishCommand publishes what a component relies on.
func (f entityFrame) PublishCommand() string {
	return "platform contracts publish pacts --service " + f.Entity.Metadata.Name
}

// GateCommand asks whether a version of a component may be deployed.
func (f entityFrame) GateCommand() string {
	return "platform contracts can-i-deploy --service " + f.Entity.Metadata.Name + " --version \"$(git rev-parse HEAD)\" --environment " + f.GateFor
}

// warning is something wrong with an entity or its file.
type warning struct {
	Where string // file:line
	At    string // the location, when it is not the entity's own
	Text  string
	Hint  string
}

type tab struct {
	Title, URL string
	Current    bool
}

// The tabs of an entity, by their part of the address.
const (
	tabOverview     = ""
	tabAPI          = "api"
	tabContracts    = "contracts"
	tabDependencies = "dependencies"
	tabRuns         = "runs"
	tabHistory      = "history"
	tabSource       = "source"
)

// entityOf reads the entity that the address names.
func (p *pages) entityOf(c echo.Context) (catalog.Entity, error) {
	kind, err := url.PathUnescape(c.Param("kind"))
	if err != nil {
		return catalog.Entity{}, fault.New(fault.Invalid, "The address cannot be read.").WithCause(err)
	}
	ref, err := catalog.ParseRef(kind+":"+c.Param("namespace")+"/"+c.Param("name"), catalog.RefDefaults{})
	if err != nil {
		return catalog.Entity{}, err
	}
	e, err := p.catalog.Get(c.Request().Context(), ref)
	if err != nil {
		return catalog.Entity{}, p.neverSeen(c, ref, err)
	}
	return e, nil
}

// entityFrame gathers what the header of an entity shows on every tab.
func (p *pages) entityFrame(c echo.Context, current string) (entityFrame, error) {
	e, err := p.entityOf(c)
	if err != nil {
		return entityFrame{}, err
	}
	ctx := c.Request().Context()
	crumbs := []crumb{{"Catalog", "/catalog"}, {e.Kind + "s", "/catalog?kind=" + url.QueryEscape(strings.ToLower(e.Kind))}}
	out := entityFrame{
		frame: newFrame(c, e.Title(), "catalog", crumbs...), Entity: e, Icon: kindIcon(e.Kind),
		Repository: repositoryOf(e), GateFor: p.gateFor, Orphan: p.orphanOf(e),
	}
	if out.Owner, out.Contact, err = p.ownerOf(ctx, e); err != nil {
		return entityFrame{}, err
	}
	if system, ok, err := p.catalog.SystemOf(ctx, e); err != nil {
		return entityFrame{}, err
	} else if ok {
		out.System = linkTo(system)
	}
	if out.Warnings, err = p.warnings(ctx, e); err != nil {
		return entityFrame{}, err
	}
	if e.Kind == catalog.KindComponent {
		p.side(c, "gate and deployments", func(ctx context.Context) error { return p.deployments(ctx, &out) })
	}
	out.Tabs = tabsOf(e, current)
	if current != tabOverview {
		out.Title = words(current) + " of " + e.Title()
		if current == tabAPI {
			out.Title = "API of " + e.Title()
		}
		out.Title = strings.ToUpper(out.Title[:1]) + out.Title[1:]
	}
	return out, nil
}

// ownerOf returns the owner and, when the owner's entity says so, a mail address.
func (p *pages) ownerOf(ctx context.Context, e catalog.Entity) (link *entityLink, contact string, err error) {
	n, ok, err := p.catalog.OwnerOf(ctx, e)
	if err != nil || !ok {
		return nil, "", err
	}
	if !n.Exists {
		return linkTo(n), "", nil
	}
	owner, err := p.catalog.Get(ctx, n.Ref)
	if err != nil {
		if fault.Is(err, fault.NotFound) {
			return linkTo(n), "", nil
		}
		return nil, "", err
	}
	if profile, ok := owner.Spec["profile"].(map[string]any); ok {
		contact, _ = profile["email"].(string)
	}
	return linkTo(n), contact, nil
}

// warnings lists what is wrong: problems in its file, also where the file could
// not be read at all, those in files of others that define the same entity, and
// names that lead nowhere.
func (p *pages) warnings(ctx context.Context, e catalog.Entity) ([]warning, error) {
	problems, err := p.catalog.ProblemsOf(ctx, e)
	if err != nil {
		return nil, err
	}
	var out []warning
	for _, problem := range problems {
		w := warning{Where: problem.Where(), Text: problem.Message, Hint: problem.Hint}
		if problem.LocationID != e.Source.LocationID {
			other, _, err := p.catalog.LocationByID(ctx, problem.LocationID)
			if err != nil {
				return nil, err
			}
			w.At = other.String()
		}
		out = append(out, w)
	}
	groups, err := p.catalog.Relations(ctx, e.Ref())
	if err != nil {
		return nil, err
	}
	lines, err := p.catalog.ReferenceLines(ctx, e)
	if err != nil {
		return nil, err
	}
	for _, group := range groups {
		for _, n := range group.Neighbours {
			if n.Exists || !statedBy(e, group.Type) {
				continue
			}
			at := catalog.Problem{File: e.Source.Path, Line: cmp.Or(lines[catalog.Relation{Type: group.Type, TargetRef: n.Ref.String()}], e.Source.Line)}
			out = append(out, warning{
				Where: at.Where(), Text: relationTitle(group.Type) + ": " + n.Ref.String() + " is not in the catalog.",
				Hint: "Register its file, or correct the name.",
			})
		}
	}
	return out, nil
}

// statedBy reports whether the entity's own file states relations of a type.
func statedBy(e catalog.Entity, relationType string) bool {
	return slices.ContainsFunc(catalog.RelationsOf(e), func(r catalog.Relation) bool { return r.Type == relationType })
}

// placeOf returns where the entity is written down, as file:line.
func placeOf(e catalog.Entity) string {
	return catalog.Problem{File: e.Source.Path, Line: e.Source.Line}.Where()
}

// deployments adds where the component runs and what its gate says.
func (p *pages) deployments(ctx context.Context, out *entityFrame) error {
	name := out.Entity.Metadata.Name
	gates, err := p.contracts.GateStatuses(ctx, p.gateFor, []string{name})
	if err != nil {
		return err
	}
	if gate, ok := gates[name]; ok {
		out.Gate, out.GateReason = gateBadge(gate.Verdict), gate.Reason
	}
	running, err := p.contracts.Deployments(ctx, contracts.DeploymentFilter{Current: true})
	if err != nil {
		return err
	}
	for _, d := range running {
		if d.Service == name {
			out.Running = append(out.Running, d)
		}
	}
	slices.SortFunc(out.Running, func(a, b contracts.Deployment) int {
		return cmp.Or(cmp.Compare(a.Environment, b.Environment), b.CreatedAt.Compare(a.CreatedAt))
	})
	return nil
}

// repositoryOf returns the name and the address of the entity's repository.
func repositoryOf(e catalog.Entity) field {
	for _, key := range []string{catalog.AnnotationViewURL, catalog.AnnotationSourceLocation} {
		if e.Metadata.Annotations[key] == catalog.RejectedURL {
			continue
		}
		address := strings.TrimPrefix(e.Metadata.Annotations[key], "url:")
		if strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "http://") {
			return field{Name: shortAddress(address), Value: address}
		}
	}
	if e.Source.Type == catalog.LocationGit || e.Source.Type == catalog.LocationPush {
		f := field{Name: shortAddress(e.Source.Target)}
		if strings.HasPrefix(e.Source.Target, "https://") || strings.HasPrefix(e.Source.Target, "http://") {
			f.Value = e.Source.Target
		}
		return f
	}
	return field{}
}

// shortAddress leaves out what people know anyway.
func shortAddress(address string) string {
	address = strings.TrimPrefix(strings.TrimPrefix(address, "https://"), "http://")
	address, _, _ = strings.Cut(address, "/-/tree/")
	address, _, _ = strings.Cut(address, "/tree/")
	return strings.TrimSuffix(strings.TrimSuffix(address, "/"), ".git")
}

func tabsOf(e catalog.Entity, current string) []tab {
	list := []field{{tabOverview, "Overview"}}
	switch e.Kind {
	case catalog.KindComponent:
		list = append(list, field{tabAPI, "API"}, field{tabContracts, "Contracts"}, field{tabDependencies, "Dependencies"}, field{tabRuns, "Runs"})
	case catalog.KindAPI:
		list = append(list, field{tabAPI, "API"}, field{tabDependencies, "Dependencies"})
	default:
		list = append(list, field{tabDependencies, "Dependencies"})
	}
	list = append(list, field{tabHistory, "History"}, field{tabSource, "Source of truth"})
	tabs := make([]tab, len(list))
	for i, t := range list {
		address := entityURL(e.Ref())
		if t.Name != "" {
			address = entityURL(e.Ref(), t.Name)
		}
		tabs[i] = tab{Title: t.Value, URL: address, Current: t.Name == current}
	}
	return tabs
}
