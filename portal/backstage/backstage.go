// Package backstage speaks the API of Backstage's catalog over our own, so that
// what was written for a Backstage works unchanged. It knows HTTP and the words
// of that API; what entities mean, and how they are found, is the domain's.
//
// Entities pass through as the bytes that the catalog keeps. They are taken
// apart only where a request asks for some of their fields.
package backstage

import (
	"context"
	"encoding/json"
	"net/url"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/catalog"
)

// Catalog is what the API needs of the catalog.
type Catalog interface {
	entityReader
	entityWriter
	locationKeeper
}

// entityReader finds entities.
type entityReader interface {
	Search(ctx context.Context, s catalog.Search) (catalog.SearchPage, error)
	CountValues(ctx context.Context, where catalog.Condition, keys []string) (map[string][]catalog.FacetCount, error)
	Documents(ctx context.Context, refs []catalog.Ref) ([]json.RawMessage, error)
	DocumentByUID(ctx context.Context, uid string) (json.RawMessage, bool, error)
	Find(ctx context.Context, ref catalog.Ref) (catalog.Entity, bool, error)
	ValidateJSON(ctx context.Context, entity []byte, location string) []catalog.Problem
}

// entityWriter changes single entities.
type entityWriter interface {
	DeleteEntity(ctx context.Context, uid string) error
	RefreshEntity(ctx context.Context, ref catalog.Ref) (catalog.Registration, error)
}

// locationKeeper knows where entities come from.
type locationKeeper interface {
	Locations(ctx context.Context) ([]catalog.Location, error)
	LocationByID(ctx context.Context, id string) (catalog.Location, bool, error)
	Preview(ctx context.Context, l catalog.Location) (catalog.Registration, error)
	Register(ctx context.Context, l catalog.Location) (catalog.Registration, error)
	Remove(ctx context.Context, l catalog.Location) error
	// Retarget makes a location point elsewhere; a conflict is that another one does.
	Retarget(ctx context.Context, id string, l catalog.Location) (catalog.Registration, error)
}

// SubjectKey is the key under which the handler tells the server what a change
// is made to: it stands in the body, which the server does not read.
const SubjectKey = "subject"

// Options are what the handler needs beside the catalog.
type Options struct {
	// MayReadDisk reports whether the caller may make the server read its own
	// files; nobody may when it is nil.
	MayReadDisk func(ctx context.Context) bool
}

// Handler answers the routes of Backstage's catalog.
type Handler struct {
	catalog Catalog
	options Options
}

// New returns the handler over c.
func New(c Catalog, o Options) *Handler {
	if o.MayReadDisk == nil {
		o.MayReadDisk = func(context.Context) bool { return false }
	}
	return &Handler{catalog: c, options: o}
}

// Register mounts the routes on g, whatever its prefix. Errors are returned to
// the server, which answers them with WriteError.
func (h *Handler) Register(g *echo.Group) {
	const name = "/:kind/:namespace/:name"
	g.GET("/entities", h.listEntities)
	g.GET("/entities/by-query", h.queryEntities)
	g.POST("/entities/by-query", h.queryByPredicate)
	g.POST("/entities/by-refs", h.entitiesByRefs)
	g.GET("/entities/by-uid/:uid", h.entityByUID)
	g.DELETE("/entities/by-uid/:uid", h.deleteEntity)
	g.GET("/entities/by-name"+name, h.entityByName)
	g.GET("/entities/by-name"+name+"/ancestry", h.ancestry)
	g.GET("/entity-facets", h.facets)
	g.POST("/entity-facets", h.facetsByPredicate)

	g.GET("/locations", h.listLocations)
	g.POST("/locations", h.createLocation)
	g.POST("/locations/by-query", h.queryLocations)
	g.GET("/locations/by-entity"+name, h.locationByEntity)
	g.GET("/locations/:id", h.showLocation)
	g.PUT("/locations/:id", h.updateLocation)
	g.DELETE("/locations/:id", h.deleteLocation)

	g.POST("/refresh", h.refresh)
	g.POST("/validate-entity", h.validateEntity)
	g.POST("/analyze-location", h.analyzeLocation)
}

// onlyReads are the addresses, below the mount, that take a POST because what
// they are told is long. They change nothing and make nobody read anything.
var onlyReads = map[string]bool{ //nolint:gochecknoglobals // a table
	"/entities/by-query": true, "/entities/by-refs": true, "/entity-facets": true,
	"/locations/by-query": true, "/validate-entity": true,
}

// OnlyReads reports whether a POST to an address below the mount changes
// nothing and asks for nothing to be fetched: reading is enough for it.
func OnlyReads(path string) bool { return onlyReads[path] }

// param returns a path parameter, unescaped once.
func param(c echo.Context, name string) string {
	value := c.Param(name)
	if c.Request().URL.RawPath == "" {
		return value
	}
	if plain, err := url.PathUnescape(value); err == nil {
		return plain
	}
	return value
}

// refOf is the reference in a path.
func refOf(c echo.Context) catalog.Ref {
	return catalog.NewRef(param(c, "kind"), param(c, "namespace"), param(c, "name"))
}
