package broker

import (
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/fault"
)

// pactLists finds the pacts of the pair in the path that an address lists.
type pactLists func(c echo.Context) ([]contracts.Pact, error)

// allPacts are all publications of the pair.
func (h *Handler) allPacts(c echo.Context) ([]contracts.Pact, error) {
	return h.pactsBetween(c, contracts.PactFilter{})
}

// taggedPacts are those of consumer versions with the tag in the path.
func (h *Handler) taggedPacts(c echo.Context) ([]contracts.Pact, error) {
	return h.pactsBetween(c, contracts.PactFilter{Tag: param(c, "tag")})
}

// pactsOn are those of the consumer versions that f keeps, on the branch in the
// path if there is one, else on the consumer's main branch.
func (h *Handler) pactsOn(f contracts.VersionFilter) pactLists {
	return func(c echo.Context) ([]contracts.Pact, error) {
		consumer, provider, err := h.pairOf(c)
		if err != nil {
			return nil, err
		}
		f := f
		f.PacticipantIDs = []int64{consumer.ID}
		if slices.Contains(c.ParamNames(), "branch") {
			f.Branch = param(c, "branch")
		} else {
			f.MainBranch = true
		}
		return h.contracts.PactsOnVersions(c.Request().Context(), provider, f)
	}
}

// pactList is an address that lists publications of a pair, newest first, and
// deletes all that it lists.
func (h *Handler) pactList(path string, find pactLists) route {
	return route{
		path: path, anything: true,
		get: func(c echo.Context) error {
			list, err := find(c)
			if err != nil {
				return err
			}
			return h.answerPactVersions(c, list)
		},
		del: func(c echo.Context) error {
			list, err := find(c)
			if err != nil {
				return err
			}
			return h.deletePacts(c, list)
		},
	}
}

func (h *Handler) answerPactVersions(c echo.Context, list []contracts.Pact) error {
	u, consumer, provider := h.urls(c), param(c, "consumer"), param(c, "provider")
	pacts, versions, current := []map[string]any{}, []link{}, []link{}
	for _, p := range list {
		href := u.pact(p.Consumer, p.Provider, p.ConsumerVersion)
		pacts = append(pacts, map[string]any{
			"createdAt": date(p.CreatedAt),
			"_embedded": map[string]any{"consumerVersion": numbered(u, p.Consumer, p.ConsumerVersion)},
			"_links":    links{"self": link{Href: href, Title: pactName(p)}},
		})
		current = append(current, link{Href: href, Title: pactName(p), Name: p.Consumer})
		versions = append(versions, link{Href: href, Title: "Pact", Name: "Version " + p.ConsumerVersion + " - " + day(p.CreatedAt)})
	}
	return ok(c, map[string]any{
		"_embedded": map[string]any{"pacts": pacts},
		"_links": links{
			"self":          link{Href: string(u) + c.Request().URL.EscapedPath(), Title: "All versions of the pact between " + consumer + " and " + provider},
			"consumer":      link{Href: u.pacticipant(consumer), Title: "Consumer", Name: consumer},
			"provider":      link{Href: u.pacticipant(provider), Title: "Provider", Name: provider},
			"pact-versions": versions,
			"pb:pacts":      current, // what the official CLI reads; the peer has none and the CLI breaks down
		},
	})
}

func (h *Handler) deletePact(c echo.Context) error {
	p, err := h.pactOfVersion(c)
	if err != nil {
		return err
	}
	return h.deletePacts(c, []contracts.Pact{p})
}

// deletePacts answers with where the newest pact that is left can be found.
func (h *Handler) deletePacts(c echo.Context, list []contracts.Pact) error {
	if err := h.contracts.DeletePacts(c.Request().Context(), list); err != nil {
		return err
	}
	u := h.urls(c)
	rels := links{"index": link{Href: string(u)}}
	left, err := h.pactsBetween(c, contracts.PactFilter{Latest: true})
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	if len(left) > 0 {
		rels["pb:latest-pact-version"] = link{Href: u.pair(param(c, "consumer"), param(c, "provider")) + "/latest", Title: "Latest pact"}
	}
	return ok(c, map[string]any{"_links": rels})
}
