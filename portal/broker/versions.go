package broker

import (
	"context"
	"fmt"
	"maps"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/contracts"
)

// versionBody is a version of a service in an answer.
type versionBody struct {
	Number    string         `json:"number"`
	BuildURL  string         `json:"buildUrl,omitempty"`
	UpdatedAt string         `json:"updatedAt,omitempty"`
	CreatedAt string         `json:"createdAt"`
	Embedded  map[string]any `json:"_embedded"`
	Links     links          `json:"_links"`
}

// versionBodies describes versions of one service, with one query per kind of
// thing that hangs on them.
func (h *Handler) versionBodies(ctx context.Context, u urls, versions []contracts.Version) ([]versionBody, error) {
	ids := make([]int64, len(versions))
	for i, v := range versions {
		ids[i] = v.ID
	}
	details, err := h.contracts.VersionDetails(ctx, ids)
	if err != nil {
		return nil, err
	}
	pacts := map[int64][]link{}
	if len(ids) > 0 {
		list, err := h.contracts.Pacts(ctx, contracts.PactFilter{ConsumerVersionIDs: ids})
		if err != nil {
			return nil, err
		}
		for _, p := range list {
			pacts[p.ConsumerVersionID] = append(pacts[p.ConsumerVersionID], pactLink(u, p))
		}
	}
	bodies := make([]versionBody, len(versions))
	for i, v := range versions {
		bodies[i] = versionOf(u, v, details[v.ID], pacts[v.ID])
	}
	return bodies, nil
}

func pactLink(u urls, p contracts.Pact) link {
	return link{Title: "Pact", Name: pactName(p), Href: u.pact(p.Consumer, p.Provider, p.ConsumerVersion)}
}

func pactName(p contracts.Pact) string {
	return fmt.Sprintf("Pact between %s (%s) and %s", p.Consumer, p.ConsumerVersion, p.Provider)
}

func versionOf(u urls, v contracts.Version, d contracts.VersionDetail, pacts []link) versionBody {
	tags := []map[string]any{}
	for _, t := range d.Tags {
		tags = append(tags, map[string]any{
			"name": t.Name, "_links": links{"self": link{Title: "Tag", Name: t.Name, Href: u.tag(v.Pacticipant, v.Number, t.Name)}},
		})
	}
	if pacts == nil {
		pacts = []link{}
	}
	self := u.version(v.Pacticipant, v.Number)
	return versionBody{
		Number: v.Number, BuildURL: v.BuildURL, UpdatedAt: date(v.UpdatedAt), CreatedAt: date(v.CreatedAt),
		Embedded: map[string]any{"branchVersions": branchVersionsOf(u, v, d), "tags": tags},
		Links: links{
			"self":           link{Title: "Version", Name: v.Number, Href: self},
			"pb:pacticipant": link{Title: "Pacticipant", Name: v.Pacticipant, Href: u.pacticipant(v.Pacticipant)},
			"pb:tag":         link{Href: self + "/tags/{tag}", Title: "Get, create or delete a tag for this pacticipant version", Templated: true},
			"pb:latest-verification-results-where-pacticipant-is-consumer": link{
				Title: "Latest verification results for consumer version",
				Href:  u.at("/verification-results/consumer/" + esc(v.Pacticipant) + "/version/" + esc(v.Number) + "/latest"),
			},
			"pb:pact-versions": pacts,
			"curies":           curies(string(u), "version"),
		},
	}
}

// branchVersionBody is a version's place on a branch.
type branchVersionBody struct {
	Name   string   `json:"name"`
	Latest bool     `json:"latest"`
	Links  selfLink `json:"_links"`
}

func branchVersionsOf(u urls, v contracts.Version, d contracts.VersionDetail) []branchVersionBody {
	out := make([]branchVersionBody, len(d.Branches))
	for i, b := range d.Branches {
		out[i] = branchVersionBody{b.Name, b.Latest, selfLink{link{
			Title: "Branch version", Name: b.Name, Href: u.branchVersion(v.Pacticipant, b.Name, v.Number),
		}}}
	}
	return out
}

func (h *Handler) version(c echo.Context) (contracts.Version, error) {
	if _, err := h.pacticipant(c); err != nil {
		return contracts.Version{}, err
	}
	v, err := h.contracts.Version(c.Request().Context(), param(c, "pacticipant"), param(c, "version"))
	return v, missing(err)
}

func (h *Handler) showVersion(c echo.Context) error {
	v, err := h.version(c)
	if err != nil {
		return err
	}
	return h.answerVersion(c, v, false, "")
}

// answerVersion answers with a version under the address it was asked for.
func (h *Handler) answerVersion(c echo.Context, v contracts.Version, isNew bool, self string) error {
	u := h.urls(c)
	body, err := h.fullVersion(c.Request().Context(), u, v)
	if err != nil {
		return err
	}
	if self != "" {
		body.Links["self"] = link{Title: "Version", Name: v.Number, Href: self}
	}
	return created(c, isNew, u.version(v.Pacticipant, v.Number), body)
}

func (h *Handler) replaceVersion(c echo.Context) error { return h.saveVersion(c, true) }

func (h *Handler) mergeVersion(c echo.Context) error { return h.saveVersion(c, false) }

func (h *Handler) saveVersion(c echo.Context, replace bool) error {
	in, err := readPayload(c)
	if err != nil {
		return err
	}
	if !hasParams(c) {
		return notFound()
	}
	wrong := problems{}
	wrong.words(in, "buildUrl")
	change := contracts.VersionChange{BuildURL: in.text("buildUrl"), Tags: tagNames(in, wrong), Replace: replace}
	if err := wrong.err(); err != nil {
		return err
	}
	v, isNew, err := h.contracts.SaveVersion(c.Request().Context(), param(c, "pacticipant"), param(c, "version"), change)
	if err != nil {
		return err
	}
	return h.answerVersion(c, v, isNew, "")
}

// tagNames reads a list of tags; here they have fields of their own.
func tagNames(in payload, wrong problems) []string {
	items, isList := in["tags"].([]any)
	if !isList && in["tags"] != nil {
		wrong.add("tags", "must be an array")
	}
	names := make([]string, 0, len(items))
	for i, item := range items {
		tag, isObject := item.(map[string]any)
		name, isText := tag["name"].(string)
		switch {
		case !isObject:
			wrong.add("tags", "must be a hash (at index %d)", i)
		case !isText:
			wrong.add("tags", "name must be a string (at index %d)", i)
		default:
			wrong.name("tags", name, fmt.Sprintf(" (at index %d)", i))
		}
		names = append(names, name)
	}
	return names
}

func (h *Handler) deleteVersion(c echo.Context) error {
	if _, err := h.version(c); err != nil {
		return err
	}
	if err := h.contracts.DeleteVersion(c.Request().Context(), param(c, "pacticipant"), param(c, "version")); err != nil {
		return missing(err)
	}
	return c.NoContent(http.StatusNoContent)
}

// latest answers with the newest version that f keeps.
func (h *Handler) latest(c echo.Context, f contracts.VersionFilter) error {
	p, err := h.pacticipant(c)
	if err != nil {
		return err
	}
	f.PacticipantIDs, f.Latest = []int64{p.ID}, true
	versions, err := h.contracts.Versions(c.Request().Context(), f)
	if err != nil {
		return err
	}
	if len(versions) == 0 {
		return notFound()
	}
	return h.answerVersion(c, versions[0], false, h.base(c)+c.Request().URL.EscapedPath())
}

func (h *Handler) latestVersion(c echo.Context) error { return h.latest(c, contracts.VersionFilter{}) }

func (h *Handler) latestTagged(c echo.Context) error {
	if !hasParams(c) {
		return notFound()
	}
	return h.latest(c, contracts.VersionFilter{Tag: param(c, "tag")})
}

func (h *Handler) latestOnBranch(c echo.Context) error {
	if !hasParams(c) {
		return notFound()
	}
	return h.latest(c, contracts.VersionFilter{Branch: param(c, "branch")})
}

func (h *Handler) listVersions(c echo.Context) error {
	return h.answerVersions(c, contracts.VersionFilter{}, "All application versions of "+param(c, "pacticipant"))
}

func (h *Handler) listTagVersions(c echo.Context) error {
	return h.answerVersions(c, contracts.VersionFilter{Tag: param(c, "tag")}, "All application versions of "+param(c, "pacticipant"))
}

func (h *Handler) listEnvironmentVersions(c echo.Context) error {
	e, err := h.environment(c)
	if err != nil {
		return err
	}
	return h.answerVersions(c, contracts.VersionFilter{EnvironmentID: e.ID}, "Versions for "+param(c, "pacticipant")+" in environment "+environmentName(e))
}

// answerVersions lists versions of the service in the path, by pages when asked.
func (h *Handler) answerVersions(c echo.Context, f contracts.VersionFilter, title string) error {
	p, err := h.pacticipant(c)
	if err != nil {
		return err
	}
	if !hasParams(c) {
		return notFound()
	}
	f.PacticipantIDs = []int64{p.ID}
	versions, err := h.contracts.Versions(c.Request().Context(), f)
	if err != nil {
		return err
	}
	u := h.urls(c)
	address := string(u) + c.Request().URL.EscapedPath()
	answer := map[string]any{}
	rels := links{
		"self":           link{Href: withQuery(address, c.Request().URL.RawQuery), Title: title},
		"pb:pacticipant": link{Href: u.pacticipant(p.Name), Title: p.Name},
		"pacticipant":    link{Href: u.pacticipant(p.Name), Title: "Deprecated - please use pb:pacticipant"},
	}
	versions, page, err := paged(c, versions)
	if err != nil {
		return err
	}
	if page != nil {
		answer["page"] = page
		maps.Copy(rels, page.beside(address))
	}
	bodies, err := h.versionBodies(c.Request().Context(), u, versions)
	if err != nil {
		return err
	}
	current, deprecated := []link{}, []link{}
	for _, v := range versions {
		href := u.version(p.Name, v.Number)
		current = append(current, link{Href: href, Title: "Version " + v.Number + " - " + day(v.CreatedAt)})
		deprecated = append(deprecated, link{Href: href, Title: "Deprecated - please use pb:versions"})
	}
	rels["pb:versions"], rels["versions"] = current, deprecated
	answer["_embedded"], answer["_links"] = map[string]any{"versions": bodies}, rels
	return ok(c, answer)
}

func withQuery(address, query string) string {
	if query == "" {
		return address
	}
	return address + "?" + query
}
