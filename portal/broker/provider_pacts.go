package broker

import (
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/contracts"
)

// provider finds the provider in the path.
func (h *Handler) provider(c echo.Context) (contracts.Pacticipant, error) {
	if !hasParams(c) {
		return contracts.Pacticipant{}, notFound()
	}
	return h.find(c, param(c, "provider"), noProvider)
}

// answerProviderPacts lists pacts of the provider in the path.
func (h *Handler) answerProviderPacts(c echo.Context, f contracts.PactFilter, title string) error {
	p, err := h.provider(c)
	if err != nil {
		return err
	}
	f.ProviderIDs = []int64{p.ID}
	list, err := h.contracts.Pacts(c.Request().Context(), f)
	if err != nil {
		return err
	}
	return h.linkProviderPacts(c, p, list, title)
}

func (h *Handler) linkProviderPacts(c echo.Context, p contracts.Pacticipant, list []contracts.Pact, title string) error {
	slices.SortStableFunc(list, func(a, b contracts.Pact) int {
		if by := strings.Compare(a.Consumer, b.Consumer); by != 0 {
			return by
		}
		return int(a.ConsumerVersionID - b.ConsumerVersionID)
	})
	u := h.urls(c)
	current, deprecated := []link{}, []link{}
	for _, pact := range list {
		href := u.pact(pact.Consumer, pact.Provider, pact.ConsumerVersion)
		current = append(current, link{Href: href, Title: pactName(pact), Name: pact.Consumer})
		deprecated = append(deprecated, link{Href: href, Title: "DEPRECATED - please use the pb:pacts relation. " + pactName(pact), Name: pact.Consumer})
	}
	return ok(c, map[string]any{"_links": links{
		"self":        link{Href: string(u) + c.Request().URL.EscapedPath(), Title: title},
		"pb:provider": link{Href: u.pacticipant(p.Name), Name: p.Name},
		"pb:pacts":    current,
		"provider":    link{Href: u.pacticipant(p.Name), Title: p.Name, Name: "DEPRECATED - please use the pb:provider relation"},
		"pacts":       deprecated,
	}})
}

func (h *Handler) providerPacts(c echo.Context) error {
	return h.answerProviderPacts(c, contracts.PactFilter{}, "All pact versions for the provider "+param(c, "provider"))
}

func (h *Handler) providerLatest(c echo.Context) error {
	return h.answerProviderPacts(c, contracts.PactFilter{Latest: true}, "Latest pact versions for the provider "+param(c, "provider"))
}

func (h *Handler) providerLatestTagged(c echo.Context) error {
	return h.answerProviderPacts(c, contracts.PactFilter{Tag: param(c, "tag"), Latest: true},
		"Latest pact versions for the provider "+param(c, "provider")+" with consumer version tag '"+param(c, "tag")+"'")
}

func (h *Handler) providerTagged(c echo.Context) error {
	return h.answerProviderPacts(c, contracts.PactFilter{Tag: param(c, "tag")},
		"All pact versions for the provider "+param(c, "provider")+" with consumer version tag '"+param(c, "tag")+"'")
}

func (h *Handler) providerBranch(c echo.Context) error {
	return h.onBranch(c, contracts.VersionFilter{Branch: param(c, "branch")},
		"All pact versions for the provider "+param(c, "provider")+" with consumer version branch '"+param(c, "branch")+"'")
}

func (h *Handler) providerBranchLatest(c echo.Context) error {
	return h.onBranch(c, contracts.VersionFilter{Branch: param(c, "branch"), Latest: true},
		"Latest pact versions for the provider "+param(c, "provider")+" with consumer version branch '"+param(c, "branch")+"'")
}

func (h *Handler) providerMainBranch(c echo.Context) error {
	return h.onBranch(c, contracts.VersionFilter{MainBranch: true},
		"All pact versions for the provider "+param(c, "provider"))
}

func (h *Handler) providerMainBranchLatest(c echo.Context) error {
	return h.onBranch(c, contracts.VersionFilter{MainBranch: true, Latest: true},
		"Latest pact versions for the provider "+param(c, "provider")+" with consumer version main branches")
}

// onBranch lists the pacts of the consumers' versions that f keeps.
func (h *Handler) onBranch(c echo.Context, f contracts.VersionFilter, title string) error {
	p, err := h.provider(c)
	if err != nil {
		return err
	}
	list, err := h.contracts.PactsOnVersions(c.Request().Context(), p, f)
	if err != nil {
		return err
	}
	return h.linkProviderPacts(c, p, list, title)
}

// providerStates lists the states the provider's newest pacts of main branches need.
func (h *Handler) providerStates(c echo.Context) error {
	return h.answerStates(c, contracts.VersionFilter{MainBranch: true, Latest: true})
}

// providerStatesOnBranch lists those that the heads of a branch need.
func (h *Handler) providerStatesOnBranch(c echo.Context) error {
	return h.answerStates(c, contracts.VersionFilter{Branch: param(c, "branch"), Latest: true})
}

// providerStatesInEnvironment lists those that the consumers in an environment
// need.
func (h *Handler) providerStatesInEnvironment(c echo.Context) error {
	e, err := h.environment(c)
	if err != nil {
		return err
	}
	return h.answerStates(c, contracts.VersionFilter{EnvironmentID: e.ID})
}

func (h *Handler) answerStates(c echo.Context, f contracts.VersionFilter) error {
	p, err := h.provider(c)
	if err != nil {
		return err
	}
	states, err := h.contracts.ProviderStates(c.Request().Context(), p, f)
	if err != nil {
		return err
	}
	out := []map[string]any{}
	for _, s := range states {
		out = append(out, map[string]any{"name": s.Name, "consumers": s.Consumers})
	}
	return ok(c, map[string]any{"providerStates": out})
}
