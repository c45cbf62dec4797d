package portal

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
	"go.yaml.in/yaml/v3"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/pipelines"
)

type overviewPage struct {
	entityFrame
	Facts     []field
	Links     []catalog.Link
	Labels    []field
	Notes     []field // annotations
	Relations []relationGroup
	APIs      []*entityLink
	Checks    []checkFinding
	Open      []checkFinding // of what a group owns
	MoreOpen  int
	Documents []docRow
	// DocumentsAt is where documents are that were not read.
	DocumentsAt string
	// DocumentsCommand has documents read of a repository of which only the catalog
	// file is.
	DocumentsCommand string
}

// unreadDocuments says where the documents are that an entity names and that were
// not read, and what to type to have them read.
func unreadDocuments(e catalog.Entity) (at, command string) {
	page, elsewhere := e.FileElsewhere()
	switch {
	case e.Metadata.Annotations[catalog.AnnotationTechDocs] == "":
		return "", ""
	case !elsewhere:
		return e.DocumentsAt(), ""
	case page.Branch == "":
		return page.Repository, "platform catalog register " + page.Repository
	}
	return page.In("").Folder(), "platform catalog register " + page.Repository + " --branch " + page.Branch
}

// HealthCommand lists all that is open on what a group owns.
func (p overviewPage) HealthCommand() string {
	return "platform catalog health --owner " + p.Entity.Ref().String()
}

// relationGroup is the entities at the other end of one type of relation.
type relationGroup struct {
	Title   string
	Reverse bool // the others state it, or it points at us
	Links   []*entityLink
}

func (p *pages) showOverview(c echo.Context) error {
	f, err := p.entityFrame(c, tabOverview)
	if err != nil {
		return err
	}
	page := overviewPage{entityFrame: f, Links: f.Entity.Metadata.Links}
	for _, key := range slices.Sorted(maps.Keys(f.Entity.Metadata.Labels)) {
		page.Labels = append(page.Labels, field{key, f.Entity.Metadata.Labels[key]})
	}
	for _, key := range slices.Sorted(maps.Keys(f.Entity.Metadata.Annotations)) {
		page.Notes = append(page.Notes, field{key, f.Entity.Metadata.Annotations[key]})
	}
	if page.Relations, err = p.relations(c, f.Entity); err != nil {
		return err
	}
	ctx := c.Request().Context()
	if page.Checks, page.Open, page.MoreOpen, err = p.checksOf(ctx, f.Entity); err != nil {
		return err
	}
	if page.Documents, err = p.documentsOf(ctx, f.Entity.Ref()); err != nil {
		return err
	}
	if len(page.Documents) == 0 {
		page.DocumentsAt, page.DocumentsCommand = unreadDocuments(f.Entity)
	}
	return p.render(c, http.StatusOK, "entity/overview", page)
}

// relations lists what an entity is related to, except owner and system, which
// its header shows.
func (p *pages) relations(c echo.Context, e catalog.Entity) ([]relationGroup, error) {
	groups, err := p.catalog.Relations(c.Request().Context(), e.Ref())
	if err != nil {
		return nil, err
	}
	var out []relationGroup
	for _, group := range groups {
		if group.Type == catalog.RelationOwnedBy {
			continue
		}
		g := relationGroup{Title: relationTitle(group.Type), Reverse: reverse(group.Type)}
		for _, n := range group.Neighbours {
			g.Links = append(g.Links, linkTo(n))
		}
		out = append(out, g)
	}
	return out, nil
}

func relationTitle(relationType string) string {
	switch relationType {
	case catalog.RelationOwnerOf:
		return "Owns"
	case catalog.RelationPartOf:
		return "Part of"
	case catalog.RelationHasPart:
		return "Has parts"
	case catalog.RelationProvidesAPI:
		return "Provides APIs"
	case catalog.RelationAPIProvidedBy:
		return "Provided by"
	case catalog.RelationConsumesAPI:
		return "Consumes APIs"
	case catalog.RelationAPIConsumedBy:
		return "Consumed by"
	case catalog.RelationDependsOn:
		return "Depends on"
	case catalog.RelationDependencyOf:
		return "Needed by"
	case catalog.RelationMemberOf:
		return "Member of"
	case catalog.RelationHasMember:
		return "Members"
	case catalog.RelationParentOf:
		return "Child groups"
	case catalog.RelationChildOf:
		return "Child of"
	}
	title := words(relationType)
	return strings.ToUpper(title[:1]) + title[1:]
}

// reverse reports whether others depend on us by a relation, so that it is
// drawn on the left.
func reverse(relationType string) bool {
	switch relationType {
	case catalog.RelationAPIConsumedBy, catalog.RelationDependencyOf, catalog.RelationAPIProvidedBy,
		catalog.RelationHasPart, catalog.RelationHasMember, catalog.RelationOwnerOf, catalog.RelationParentOf:
		return true
	}
	return false
}

type entityContractsPage struct {
	entityFrame
	Pairs        []pairRow // of one page
	Pager        pager
	Environments []contracts.Environment
}

func (p *pages) showEntityContracts(c echo.Context) error {
	f, err := p.entityFrame(c, tabContracts)
	if err != nil {
		return err
	}
	pairs, err := p.contracts.ContractsOf(c.Request().Context(), f.Entity.Metadata.Name)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	page := entityContractsPage{entityFrame: f}
	pairs, page.Pager = pageOf(pairs, c.QueryParams(), "pairs")
	page.Pairs = mapped(pairs, newPairRow)
	return p.render(c, http.StatusOK, "entity/contracts", page)
}

type dependenciesPage struct {
	entityFrame
	Relations []relationGroup
	Graph     graph
}

func (p *pages) showDependencies(c echo.Context) error {
	f, err := p.entityFrame(c, tabDependencies)
	if err != nil {
		return err
	}
	page := dependenciesPage{entityFrame: f}
	if page.Relations, err = p.relations(c, f.Entity); err != nil {
		return err
	}
	page.Graph = drawGraph(f.Entity, page.Relations)
	return p.render(c, http.StatusOK, "entity/dependencies", page)
}

type entityRunsPage struct {
	entityFrame
	Runs     []runRow
	Unloaded bool
}

func (p *pages) showEntityRuns(c echo.Context) error {
	f, err := p.entityFrame(c, tabRuns)
	if err != nil {
		return err
	}
	page := entityRunsPage{entityFrame: f}
	page.Unloaded = !p.side(c, "runs", func(ctx context.Context) error {
		runs, err := p.runs.List(ctx, pipelines.RunQuery{Subject: f.Entity.Metadata.Name})
		page.Runs = mapped(runs.Items, p.runRow)
		return err
	})
	return p.render(c, http.StatusOK, "entity/runs", page)
}

type sourcePage struct {
	entityFrame
	Ingested  string // YAML of the entity as its file says it
	Processed string // YAML of it after ingestion
}

func (p *pages) showSource(c echo.Context) error {
	f, err := p.entityFrame(c, tabSource)
	if err != nil {
		return err
	}
	page := sourcePage{entityFrame: f}
	if page.Ingested, err = asYAML(f.Entity.Raw); err != nil {
		return err
	}
	if page.Processed, err = asYAML(f.Entity.Body); err != nil {
		return err
	}
	return p.render(c, http.StatusOK, "entity/source", page)
}

// asYAML writes JSON as people write YAML: same keys, same order.
func asYAML(body []byte) (string, error) {
	if len(body) == 0 {
		return "", nil
	}
	if !json.Valid(body) {
		return string(body), nil
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(body, &doc); err != nil {
		return "", fmt.Errorf("read entity as YAML: %w", err)
	}
	plainStyle(&doc)
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(&doc); err != nil {
		return "", fmt.Errorf("write entity as YAML: %w", err)
	}
	return b.String(), nil
}

// plainStyle takes away the quotes and braces that JSON needs. A text of many
// lines becomes a block.
func plainStyle(n *yaml.Node) {
	n.Style = 0
	if n.Kind == yaml.ScalarNode && n.Tag == "!!str" && strings.Contains(n.Value, "\n") {
		n.Style = yaml.LiteralStyle
	}
	for _, child := range n.Content {
		plainStyle(child)
	}
}
