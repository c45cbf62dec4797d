package broker

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/fault"
)

// pacticipantBody is a service in an answer.
type pacticipantBody struct {
	Title               string         `json:"title,omitempty"` // of a deprecated copy
	Name                string         `json:"name"`
	DisplayName         string         `json:"displayName"`
	RepositoryURL       string         `json:"repositoryUrl,omitempty"`
	RepositoryName      string         `json:"repositoryName,omitempty"`
	RepositoryNamespace string         `json:"repositoryNamespace,omitempty"`
	MainBranch          string         `json:"mainBranch,omitempty"`
	UpdatedAt           string         `json:"updatedAt,omitempty"`
	CreatedAt           string         `json:"createdAt"`
	Embedded            map[string]any `json:"_embedded"`
	Links               links          `json:"_links"`
}

// pacticipant finds the service in the path, or answers 404 with its name.
func (h *Handler) pacticipant(c echo.Context) (contracts.Pacticipant, error) {
	return h.find(c, param(c, "pacticipant"), noPacticipant)
}

func (h *Handler) find(c echo.Context, name string, otherwise func(string) error) (contracts.Pacticipant, error) {
	p, err := h.contracts.Pacticipant(c.Request().Context(), name)
	if fault.Is(err, fault.NotFound) {
		err = otherwise(name)
	}
	return p, err
}

func pacticipantOf(u urls, p contracts.Pacticipant) pacticipantBody {
	self := u.pacticipant(p.Name)
	labels := make([]map[string]any, len(p.Labels))
	for i, l := range p.Labels {
		labels[i] = map[string]any{"name": l.Name, "_links": links{"self": link{Title: "Label", Name: l.Name, Href: self + "/labels/" + esc(l.Name)}}}
	}
	return pacticipantBody{
		Name: p.Name, DisplayName: displayName(p), RepositoryURL: p.RepositoryURL, RepositoryName: p.RepositoryName,
		RepositoryNamespace: p.RepositoryNamespace, MainBranch: p.MainBranch,
		UpdatedAt: date(p.UpdatedAt), CreatedAt: date(p.CreatedAt), Embedded: map[string]any{"labels": labels},
		Links: links{
			"self":              link{Href: self},
			"pb:versions":       link{Href: self + "/versions"},
			"pb:branches":       link{Href: self + "/branches"},
			"pb:version":        link{Title: "Get, create or delete a pacticipant version", Href: self + "/versions/{version}", Templated: true},
			"pb:version-tag":    link{Title: "Get, create or delete a tag for a version of " + p.Name, Href: self + "/versions/{version}/tags/{tag}", Templated: true},
			"pb:branch-version": link{Title: "Get or add/create a version for a branch of " + p.Name, Href: self + "/branches/{branch}/versions/{version}", Templated: true},
			"pb:label":          link{Title: "Get, create or delete a label for " + p.Name, Href: self + "/labels/{label}", Templated: true},
			"versions":          link{Title: "Deprecated - use pb:versions", Href: self + "/versions"},
			"pb:can-i-deploy-badge": link{
				Title: "Can I Deploy " + p.Name + " badge", Href: self + "/latest-version/{tag}/can-i-deploy/to/{environmentTag}/badge", Templated: true,
			},
			"pb:can-i-deploy-branch-to-environment-badge": link{
				Title: "Can I Deploy " + p.Name + " from branch to environment badge", Templated: true,
				Href: self + "/branches/{branch}/latest-version/can-i-deploy/to-environment/{environment}/badge",
			},
			"curies": curies(string(u), "pacticipant"),
		},
	}
}

// displayName is the given one, or one made of the name.
func displayName(p contracts.Pacticipant) string {
	if p.DisplayName != "" {
		return p.DisplayName
	}
	return titleCase(p.Name)
}

// fullPacticipant adds what only the service's own address shows.
func (h *Handler) fullPacticipant(c echo.Context, p contracts.Pacticipant) (pacticipantBody, error) {
	ctx, u := c.Request().Context(), h.urls(c)
	body := pacticipantOf(u, p)
	deployed, err := h.environmentLinks(ctx, u, p)
	if err != nil {
		return body, err
	}
	body.Links["pb:deployed-environments"] = deployed
	versions, err := h.contracts.Versions(ctx, contracts.VersionFilter{PacticipantIDs: []int64{p.ID}, Latest: true})
	if err != nil || len(versions) == 0 {
		return body, err
	}
	embedLatest(u, &body, versions[0])
	return body, nil
}

// embedLatest adds the service's newest version.
func embedLatest(u urls, body *pacticipantBody, v contracts.Version) {
	const deprecated = "DEPRECATED - please use latestVersion"
	version := numbered(u, body.Name, v.Number)
	body.Embedded["latestVersion"] = version
	body.Embedded["latest-version"] = map[string]any{
		"number": v.Number, "title": deprecated, "name": deprecated, "_links": version["_links"],
	}
}

func (h *Handler) environmentLinks(ctx context.Context, u urls, p contracts.Pacticipant) ([]link, error) {
	list, err := h.contracts.Deployments(ctx, contracts.DeploymentFilter{
		PacticipantIDs: []int64{p.ID}, Kind: contracts.Deployed, Current: true,
	})
	if err != nil {
		return nil, err
	}
	envs, err := h.environments(ctx)
	if err != nil {
		return nil, err
	}
	out := []link{}
	for _, d := range list {
		name := environmentName(envs[d.EnvironmentID])
		out = append(out, link{
			Title: "Version deployed to " + name, Name: name,
			Href: u.environment(d.EnvironmentID) + "/deployed-versions/currently-deployed?pacticipant=" + esc(p.Name),
		})
	}
	return out, nil
}

func (h *Handler) listPacticipants(c echo.Context) error { return h.answerPacticipants(c, "") }

func (h *Handler) listLabelled(c echo.Context) error {
	if !hasParams(c) {
		return notFound()
	}
	return h.answerPacticipants(c, param(c, "label"))
}

func (h *Handler) answerPacticipants(c echo.Context, label string) error {
	services, err := h.contracts.Pacticipants(c.Request().Context(), label)
	if err != nil {
		return err
	}
	slices.SortStableFunc(services, func(a, b contracts.Pacticipant) int {
		return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	})
	versions, err := h.contracts.Versions(c.Request().Context(), contracts.VersionFilter{Latest: true})
	if err != nil {
		return err
	}
	latest := make(map[int64]contracts.Version, len(versions))
	for _, v := range versions {
		latest[v.PacticipantID] = v
	}
	services, page, err := paged(c, services)
	if err != nil {
		return err
	}
	u := h.urls(c)
	address := string(u) + c.Request().URL.EscapedPath()
	body := func(p contracts.Pacticipant) pacticipantBody {
		body := pacticipantOf(u, p)
		if v, ok := latest[p.ID]; ok {
			embedLatest(u, &body, v)
		}
		return body
	}
	return streamed(c, func(s *stream) {
		s.text(`{"_embedded":{"pacticipants":`)
		list(s, mapped(services, body))
		s.text(`}`)
		if label == "" {
			s.text(`,"pacticipants":`)
			list(s, mapped(services, func(p contracts.Pacticipant) pacticipantBody {
				deprecated := body(p)
				deprecated.Title = "DEPRECATED - Please use the embedded pacticipants collection"
				return deprecated
			}))
		}
		s.page(page, address, func() {
			s.text(`"self":`)
			s.value(link{Href: u.at("/pacticipants")})
			s.text(`,"pb:pacticipants-with-label":`)
			s.value(link{Title: "Find pacticipants by label", Href: u.at("/pacticipants/label/{label}"), Templated: true})
			s.text(`,"pb:pacticipants":`)
			list(s, mapped(services, func(p contracts.Pacticipant) link {
				return link{Href: u.pacticipant(p.Name), Title: "Pacticipant", Name: p.Name}
			}))
			s.text(`,"pacticipants":`)
			list(s, mapped(services, func(p contracts.Pacticipant) link {
				return link{Href: u.pacticipant(p.Name), Title: p.Name, Name: "DEPRECATED - please use pb:pacticipants"}
			}))
		})
		s.text(`}`)
	})
}

func (h *Handler) showPacticipant(c echo.Context) error {
	p, err := h.pacticipant(c)
	if err != nil {
		return err
	}
	return h.answerPacticipant(c, p, false)
}

func (h *Handler) answerPacticipant(c echo.Context, p contracts.Pacticipant, isNew bool) error {
	body, err := h.fullPacticipant(c, p)
	if err != nil {
		return err
	}
	return created(c, isNew, h.urls(c).pacticipant(p.Name), body)
}

// createPacticipant makes a service; one that exists is returned unchanged.
func (h *Handler) createPacticipant(c echo.Context) error {
	in, err := readPayload(c)
	if err != nil {
		return err
	}
	wrong := problems{}
	wrong.filled(in, "name")
	wrong.words(in, pacticipantFields()...)
	if err := wrong.err(); err != nil {
		return err
	}
	ctx, name := c.Request().Context(), in.text("name")
	p, err := h.contracts.Pacticipant(ctx, name)
	if fault.Is(err, fault.NotFound) {
		p, _, err = h.contracts.SavePacticipant(ctx, name, changeOf(in))
	}
	if err != nil {
		return err
	}
	return created(c, true, h.urls(c).pacticipant(name), pacticipantOf(h.urls(c), p))
}

// pacticipantFields are the texts of a service that clients change.
func pacticipantFields() []string {
	return []string{"displayName", "mainBranch", "repositoryUrl", "repositoryName", "repositoryNamespace"}
}

func changeOf(in payload) contracts.PacticipantChange {
	return contracts.PacticipantChange{
		DisplayName: in.pointer("displayName"), MainBranch: in.pointer("mainBranch"), RepositoryURL: in.pointer("repositoryUrl"),
		RepositoryName: in.pointer("repositoryName"), RepositoryNamespace: in.pointer("repositoryNamespace"),
	}
}

// mergePacticipant changes the fields that were sent.
func (h *Handler) mergePacticipant(c echo.Context) error {
	in, err := readPayload(c)
	if err != nil {
		return err
	}
	return h.savePacticipant(c, in, changeOf(in))
}

// replacePacticipant empties the fields that were not sent.
func (h *Handler) replacePacticipant(c echo.Context) error {
	in, err := readPayload(c)
	if err != nil {
		return err
	}
	change, empty := changeOf(in), ""
	for _, field := range []**string{
		&change.DisplayName, &change.MainBranch, &change.RepositoryURL, &change.RepositoryName, &change.RepositoryNamespace,
	} {
		if *field == nil {
			*field = &empty
		}
	}
	return h.savePacticipant(c, in, change)
}

func (h *Handler) savePacticipant(c echo.Context, in payload, change contracts.PacticipantChange) error {
	if !hasParams(c) {
		return notFound()
	}
	wrong := problems{}
	if wrong.words(in, pacticipantFields()...); len(wrong) > 0 {
		return wrong.err()
	}
	p, isNew, err := h.contracts.SavePacticipant(c.Request().Context(), param(c, "pacticipant"), change)
	if err != nil {
		return err
	}
	return h.answerPacticipant(c, p, isNew)
}

func (h *Handler) deletePacticipant(c echo.Context) error {
	p, err := h.pacticipant(c)
	if err != nil {
		return err
	}
	if err := h.contracts.DeletePacticipant(c.Request().Context(), p.Name); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
