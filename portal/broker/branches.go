package broker

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/contracts"
)

func branchBody(u urls, pacticipant string, b contracts.Branch) map[string]any {
	self := u.branch(pacticipant, b.Name)
	return map[string]any{
		"name": b.Name, "createdAt": date(b.CreatedAt),
		"_links": links{
			"self":              link{Title: "Branch", Href: self},
			"pb:latest-version": link{Title: "Latest version for branch", Href: self + "/latest-version"},
		},
	}
}

// listBranches always pages, as the peer does.
func (h *Handler) listBranches(c echo.Context) error {
	p, err := h.pacticipant(c)
	if err != nil {
		return err
	}
	branches, err := h.contracts.Branches(c.Request().Context(), p.Name)
	if err != nil {
		return err
	}
	asked, err := askedPageOf(c)
	if err != nil {
		return err
	}
	part, err := partOfName(c)
	if err != nil {
		return err
	}
	u := h.urls(c)
	address := u.pacticipant(p.Name) + "/branches"
	listed := address
	if part != "" {
		branches = slices.DeleteFunc(branches, func(b contracts.Branch) bool {
			return !strings.Contains(strings.ToLower(b.Name), strings.ToLower(part))
		})
		listed += "?q=" + url.QueryEscape(part)
	}
	at := asked.of(len(branches))
	bodies, list := []map[string]any{}, []link{}
	for _, b := range cut(branches, at) {
		bodies = append(bodies, branchBody(u, p.Name, b))
		list = append(list, link{Name: b.Name, Href: u.branch(p.Name, b.Name)})
	}
	rels := links{"self": link{Title: p.Name + " branches", Href: withQuery(address, c.Request().URL.RawQuery)}, "pb:branches": list}
	maps.Copy(rels, at.beside(listed))
	return ok(c, map[string]any{"page": at, "_embedded": map[string]any{"branches": bodies}, "_links": rels})
}

// partOfName is what the names in a list have to hold.
func partOfName(c echo.Context) (string, error) {
	in, err := parseNested(c.Request().URL.RawQuery)
	if err != nil {
		return "", err
	}
	wrong := problems{}
	wrong.once(in, "q")
	return in.text("q"), wrong.err()
}

func (h *Handler) branch(c echo.Context) (contracts.Branch, error) {
	if _, err := h.pacticipant(c); err != nil {
		return contracts.Branch{}, err
	}
	b, err := h.contracts.Branch(c.Request().Context(), param(c, "pacticipant"), param(c, "branch"))
	return b, missing(err)
}

func (h *Handler) showBranch(c echo.Context) error {
	b, err := h.branch(c)
	if err != nil {
		return err
	}
	return ok(c, branchBody(h.urls(c), param(c, "pacticipant"), b))
}

func (h *Handler) deleteBranch(c echo.Context) error {
	if _, err := h.branch(c); err != nil {
		return err
	}
	if err := h.contracts.DeleteBranch(c.Request().Context(), param(c, "pacticipant"), param(c, "branch")); err != nil {
		return missing(err)
	}
	return c.NoContent(http.StatusNoContent)
}

// deleteBranches removes all branches but the main one and those in exclude[]. The
// peer does it after its answer, hence the status.
func (h *Handler) deleteBranches(c echo.Context) error {
	p, err := h.pacticipant(c)
	if err != nil {
		return err
	}
	q, err := parameters{names: []string{"exclude"}}.read(c.Request().URL.RawQuery)
	if err != nil {
		return err
	}
	keep, err := excluded(q)
	if err != nil {
		return err
	}
	deleted, left, err := h.contracts.DeleteBranches(c.Request().Context(), p.Name, keep)
	if err != nil {
		return err
	}
	text := fmt.Sprintf("Deleted %d branches of pacticipant %s. Remaining branches are: %s", deleted, p.Name, strings.Join(left, ", "))
	return write(c, http.StatusAccepted, hal, map[string]any{"notices": []notice{{"success", text}}})
}

// excluded are the branches to keep. What cannot be read of them would be deleted.
func excluded(q nested) ([]string, error) {
	wrong := problems{}
	wrong.wordList(payload(q), "exclude")
	return payload(q).texts("exclude"), wrong.err()
}

func (h *Handler) listBranchVersions(c echo.Context) error {
	if _, err := h.branch(c); err != nil {
		return err
	}
	return h.answerVersions(c, contracts.VersionFilter{Branch: param(c, "branch")}, "Versions for branch "+param(c, "branch")+" of "+param(c, "pacticipant"))
}

func (h *Handler) showBranchVersion(c echo.Context) error { return h.answerBranchVersion(c, false) }

func (h *Handler) answerBranchVersion(c echo.Context, isNew bool) error {
	v, err := h.version(c)
	if err != nil {
		return err
	}
	details, err := h.contracts.VersionDetails(c.Request().Context(), []int64{v.ID})
	if err != nil {
		return err
	}
	for _, b := range details[v.ID].Branches {
		if b.Name != param(c, "branch") {
			continue
		}
		u := h.urls(c)
		self := u.branchVersion(v.Pacticipant, b.Name, v.Number)
		return created(c, isNew, self, map[string]any{
			"createdAt": date(b.CreatedAt),
			"_links": links{
				"self":       link{Title: "Branch version", Href: self},
				"pb:branch":  link{Title: "Branch", Name: b.Name, Href: u.branch(v.Pacticipant, b.Name)},
				"pb:version": link{Title: "Version", Name: v.Number, Href: u.version(v.Pacticipant, v.Number)},
			},
		})
	}
	return notFound()
}

func (h *Handler) addBranchVersion(c echo.Context) error {
	if !hasParams(c) {
		return notFound()
	}
	isNew, err := h.contracts.AddToBranch(c.Request().Context(), param(c, "pacticipant"), param(c, "branch"), param(c, "version"))
	if err != nil {
		return err
	}
	return h.answerBranchVersion(c, isNew)
}

func (h *Handler) removeBranchVersion(c echo.Context) error {
	err := h.contracts.RemoveFromBranch(c.Request().Context(), param(c, "pacticipant"), param(c, "branch"), param(c, "version"))
	if err != nil {
		return missing(err)
	}
	return c.NoContent(http.StatusNoContent)
}
