package portal

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/fault"
)

// apiPage shows the API that an entity is, or the first one a component provides.
type apiPage struct {
	entityFrame
	API       *entityLink // of a component: the API shown
	Provided  []*entityLink
	Consumed  []*entityLink
	Document  *apiDocument
	Problem   string           // why the document cannot be shown as operations
	Source    string           // the definition as text, when that is all there is
	Language  string           // for the colours of the source
	Remotes   []catalog.Remote // of a server that tells its operations itself
	RawURL    string
	Type      string
	HasClient bool // some operation is used by a consumer
}

func (p *pages) showAPI(c echo.Context) error {
	f, err := p.entityFrame(c, tabAPI)
	if err != nil {
		return err
	}
	page := apiPage{entityFrame: f}
	api, ok, err := p.apiShown(c, &page)
	if err != nil {
		return err
	}
	if ok {
		page.RawURL, page.Type, page.Remotes = entityURL(api.Ref(), "definition"), api.SpecString("type"), api.Remotes()
		p.readAPI(c, &page, api)
	}
	return p.render(c, http.StatusOK, "entity/api", page)
}

// apiShown returns the API entity to show: the one asked for by ?api=, the
// entity itself, or the first OpenAPI document the component provides.
func (p *pages) apiShown(c echo.Context, page *apiPage) (catalog.Entity, bool, error) {
	e := page.Entity
	if e.Kind == catalog.KindAPI {
		return e, true, nil
	}
	ctx := c.Request().Context()
	groups, err := p.catalog.Relations(ctx, e.Ref())
	if err != nil {
		return catalog.Entity{}, false, err
	}
	var provided []catalog.Ref
	for _, group := range groups {
		for _, n := range group.Neighbours {
			switch group.Type {
			case catalog.RelationProvidesAPI:
				provided = append(provided, n.Ref)
				link := linkTo(n)
				if n.Exists {
					link.URL = "?api=" + n.Ref.Name
				}
				page.Provided = append(page.Provided, link)
			case catalog.RelationConsumesAPI:
				page.Consumed = append(page.Consumed, linkTo(n))
			}
		}
	}
	for _, ref := range provided {
		if ref.Name != c.QueryParam("api") {
			continue
		}
		api, err := p.catalog.Get(ctx, ref)
		if err == nil {
			page.API = &entityLink{Text: api.Title(), Icon: "api", URL: entityURL(ref), Ref: ref.String(), Exists: true}
		}
		return api, err == nil, err
	}
	api, ok, err := p.catalog.APIOf(ctx, e.Ref())
	if ok {
		page.API = &entityLink{Text: api.Title(), Icon: "api", URL: entityURL(api.Ref()), Ref: api.Ref().String(), Exists: true}
	}
	return api, ok, err
}

// readAPI fills in operations, or the text when it is no OpenAPI document that
// can be read: a broken document is shown, with what is wrong with it.
func (p *pages) readAPI(c echo.Context, page *apiPage, api catalog.Entity) {
	definition := api.SpecString("definition")
	if !strings.EqualFold(page.Type, "openapi") {
		page.Source, page.Language = definition, languageOf(page.Type)
		return
	}
	doc, err := readDocument(definition)
	if err != nil {
		page.Problem, page.Source, page.Language = err.Error(), definition, "definition.yaml"
		return
	}
	page.Document = doc
	p.side(c, "consumers of operations", func(ctx context.Context) error {
		return p.addConsumers(ctx, page, api)
	})
}

func languageOf(apiType string) string {
	switch strings.ToLower(apiType) {
	case "asyncapi":
		return "definition.yaml"
	case "grpc", "graphql", "trpc":
		return "definition.ts"
	}
	return "definition.txt"
}

// addConsumers says which consumers' pacts use which operation.
func (p *pages) addConsumers(ctx context.Context, page *apiPage, api catalog.Entity) error {
	for _, service := range providersOf(page.Entity, api) {
		pairs, err := p.contracts.ContractsOf(ctx, service)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		for _, pair := range pairs {
			if pair.Provider != service {
				continue
			}
			detail, err := p.contracts.Pair(ctx, pair.Consumer, pair.Provider)
			if err != nil {
				return err
			}
			page.HasClient = page.Document.use(detail) || page.HasClient
		}
	}
	return nil
}

// providersOf names the services that provide an API.
func providersOf(shown, api catalog.Entity) []string {
	if shown.Kind == catalog.KindComponent {
		return []string{shown.Metadata.Name}
	}
	var names []string
	for _, ref := range api.Related(catalog.RelationAPIProvidedBy) {
		names = append(names, ref.Name)
	}
	return names
}

// use marks the operations that a pact's interactions call.
func (d *apiDocument) use(pair contracts.PairDetail) bool {
	used := false
	for _, in := range pair.Interactions {
		for g := range d.Groups {
			for o := range d.Groups[g].Operations {
				op := &d.Groups[g].Operations[o]
				if op.Method != in.Method || !matches(op.Path, strings.TrimPrefix(in.Path, d.basePath)) {
					continue
				}
				used = true
				user := field{pair.Consumer, PairPage(pair.Consumer, pair.Provider)}
				if !slices.Contains(op.Consumers, user) {
					op.Consumers = append(op.Consumers, user)
				}
			}
		}
	}
	return used
}

// matches reports whether a path is one of those a template such as
// /items/{id} stands for.
func matches(template, path string) bool {
	want, got := strings.Split(template, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		if !strings.Contains(want[i], "{") && want[i] != got[i] {
			return false
		}
	}
	return true
}

// showDefinition answers with the document of an API as it is.
func (p *pages) showDefinition(c echo.Context) error {
	e, err := p.entityOf(c)
	if err != nil {
		return err
	}
	definition := e.SpecString("definition")
	if definition == "" {
		return fault.New(fault.NotFound, "%s has no definition.", e.Ref()).WithHint("Only APIs have one.")
	}
	return c.Blob(http.StatusOK, "text/plain; charset=utf-8", []byte(definition))
}
