package broker

import (
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/contracts"
)

// The matrix as clients get it. Answers may have thousands of rows, so these are
// types and not maps.
type (
	matrixBody struct {
		Summary matrixSummary `json:"summary"`
		Notices []notice      `json:"notices"`
		Matrix  []matrixRow   `json:"matrix"`
	}
	matrixSummary struct {
		Deployable *bool  `json:"deployable"`
		Reason     string `json:"reason"`
		Success    int    `json:"success"`
		Failed     int    `json:"failed"`
		Unknown    int    `json:"unknown"`
		Ignored    int    `json:"ignored,omitempty"`
	}
	matrixRow struct {
		Consumer           matrixSide    `json:"consumer"`
		Provider           matrixSide    `json:"provider"`
		Pact               matrixPact    `json:"pact"`
		VerificationResult *matrixResult `json:"verificationResult"`
		Ignored            bool          `json:"ignored,omitempty"`
	}
	matrixSide struct {
		Name    string         `json:"name"`
		Version *matrixVersion `json:"version"`
		Links   selfLink       `json:"_links"`
	}
	matrixVersion struct {
		Number         string              `json:"number"`
		Branch         *string             `json:"branch"`
		Branches       []branchVersionBody `json:"branches"`
		BranchVersions []branchVersionBody `json:"branchVersions"`
		Environments   []environmentBody   `json:"environments"`
		Tags           []matrixTag         `json:"tags"`
		Links          selfLink            `json:"_links"`
	}
	matrixTag struct {
		Name   string   `json:"name"`
		Latest bool     `json:"latest"`
		Links  selfLink `json:"_links"`
	}
	matrixPact struct {
		CreatedAt string   `json:"createdAt"`
		Links     selfLink `json:"_links"`
	}
	matrixResult struct {
		Success    bool     `json:"success"`
		VerifiedAt string   `json:"verifiedAt"`
		Links      selfLink `json:"_links"`
	}
)

// matrixRows describes rows with the branches, tags and environments of their
// versions, read all at once.
func (h *Handler) matrixRows(c echo.Context, m contracts.Matrix) ([]matrixRow, error) {
	ctx, u := c.Request().Context(), h.urls(c)
	out := make([]matrixRow, len(m.Rows))
	if len(out) == 0 {
		return out, nil
	}
	versions := make(map[int64]*matrixVersion, len(m.Rows)+1)
	ids := make([]int64, 0, len(m.Rows)+1)
	for _, r := range m.Rows {
		for _, id := range []int64{r.ConsumerVersionID, r.ProviderVersionID} {
			if _, seen := versions[id]; id != 0 && !seen {
				versions[id] = nil
				ids = append(ids, id)
			}
		}
	}
	details, err := h.contracts.VersionDetails(ctx, ids)
	if err != nil {
		return nil, err
	}
	list := m.Environments
	if list == nil {
		if list, err = h.contracts.Environments(ctx); err != nil {
			return nil, err
		}
	}
	envs := make(map[string]environmentBody, len(list))
	for _, e := range list {
		envs[e.ID] = shortEnvironment(u, e)
	}
	side := func(service string, id int64, number string) matrixSide {
		s := matrixSide{Name: service, Links: self(u.pacticipant(service))}
		if number == "" {
			return s
		}
		if s.Version = versions[id]; s.Version == nil {
			s.Version = matrixVersionOf(u, envs, contracts.Version{Pacticipant: service, Number: number}, details[id])
			versions[id] = s.Version
		}
		return s
	}
	for i, r := range m.Rows {
		out[i] = matrixRow{
			Consumer: side(r.Consumer, r.ConsumerVersionID, r.ConsumerVersion), Provider: side(r.Provider, r.ProviderVersionID, r.ProviderVersion),
			Pact:    matrixPact{date(r.PublishedAt), self(u.pact(r.Consumer, r.Provider, r.ConsumerVersion))},
			Ignored: r.Ignored,
		}
		if r.VerificationID != 0 {
			out[i].VerificationResult = &matrixResult{r.Success, date(r.VerifiedAt), self(
				u.content(r.Consumer, r.Provider, r.SHA) + "/metadata/" + metadata{number: r.ConsumerVersion}.encode() +
					"/verification-results/" + strconv.FormatInt(r.VerificationID, 10),
			)}
		}
	}
	return out, nil
}

// matrixVersionOf is a version in a row.
func matrixVersionOf(u urls, envs map[string]environmentBody, v contracts.Version, d contracts.VersionDetail) *matrixVersion {
	branches := branchVersionsOf(u, v, d)
	out := &matrixVersion{
		Number: v.Number, Branches: branches, BranchVersions: branches, Environments: []environmentBody{},
		Tags: make([]matrixTag, len(d.Tags)), Links: self(u.version(v.Pacticipant, v.Number)),
	}
	if len(d.Branches) > 0 {
		out.Branch = &d.Branches[len(d.Branches)-1].Name
	}
	for i, t := range d.Tags {
		out.Tags[i] = matrixTag{t.Name, t.Latest, self(u.tag(v.Pacticipant, v.Number, t.Name))}
	}
	seen := map[string]bool{}
	for _, dep := range d.Deployments {
		if !seen[dep.EnvironmentID] {
			seen[dep.EnvironmentID] = true
			out.Environments = append(out.Environments, envs[dep.EnvironmentID])
		}
	}
	return out
}
