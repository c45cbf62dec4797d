package broker

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/fault"
)

// matrix answers which versions agree. The CLI asks can-i-deploy here.
func (h *Handler) matrix(c echo.Context) error {
	in, err := parseNested(c.Request().URL.RawQuery)
	if err != nil {
		return matrixErrors(fault.From(err).Message)
	}
	q, messages := matrixQuery(in)
	checked, err := h.checkMatrix(c, q)
	if err != nil {
		return err
	}
	if messages = append(messages, checked...); len(messages) > 0 {
		return matrixErrors(messages...)
	}
	return h.answerMatrix(c, q)
}

func matrixErrors(messages ...string) error {
	return failure{status: http.StatusBadRequest, body: map[string]any{"errors": messages}}
}

// rowLimit is how many rows are answered when the client does not say; the
// summary is of all.
const rowLimit = 100

func matrixQuery(in nested) (contracts.MatrixQuery, []string) {
	q := contracts.MatrixQuery{
		Tag: in.text("tag"), Branch: in.text("branch"), Environment: in.text("environment"),
		MainBranch: in.text("mainBranch") == "true", Latest: in.text("latest") == "true",
		LatestBy: in.text("latestby"), Success: successFilter(in), Limit: rowLimit,
	}
	var messages []string
	if limit := in.text("limit"); limit != "" {
		n, err := contracts.ParseLimit(limit)
		if err != nil {
			messages = append(messages, fault.From(err).Message)
		}
		q.Limit = n
	}
	q.Selectors, q.Ignore = matrixSelectors(in.list("q")), matrixSelectors(in.list("ignore"))
	return q, messages
}

func successFilter(in nested) []*bool {
	values := in.list("success")
	if text, one := in["success"].(string); one {
		values = []any{text}
	}
	var out []*bool
	for _, v := range values {
		if v == "" {
			out = append(out, nil)
			continue
		}
		is := v == "true"
		out = append(out, &is)
	}
	return out
}

func matrixSelectors(list []any) []contracts.MatrixSelector {
	var out []contracts.MatrixSelector
	for _, item := range list {
		s, ok := item.(nested)
		if !ok {
			name, _ := item.(string)
			s = nested{"pacticipant": name}
		}
		out = append(out, contracts.MatrixSelector{
			Pacticipant: s.text("pacticipant"), Version: s.text("version"), Branch: s.text("branch"), Tag: s.text("tag"),
			Environment: s.text("environment"), MainBranch: s.text("mainBranch") == "true", Latest: s.text("latest") == "true",
		})
	}
	return out
}

// checkMatrix says what is wrong with a query.
func (h *Handler) checkMatrix(c echo.Context, q contracts.MatrixQuery) ([]string, error) {
	var out []string
	if len(q.Selectors) == 0 {
		out = append(out, "Please provide 1 or more version selectors.")
	}
	for _, s := range q.Selectors {
		switch {
		case s.Pacticipant == "":
			out = append(out, "Please specify the pacticipant name")
			continue
		case s.Version != "" && s.Latest:
			out = append(out, "A version number and latest flag cannot both be specified for "+s.Pacticipant)
		}
		_, err := h.contracts.Pacticipant(c.Request().Context(), s.Pacticipant)
		if fault.Is(err, fault.NotFound) {
			out = append(out, fmt.Sprintf("Pacticipant %s not found", s.Pacticipant))
		} else if err != nil {
			return nil, err
		}
	}
	for _, s := range q.Ignore {
		switch {
		case s.Pacticipant == "":
			out = append(out, "Please specify the pacticipant name to ignore")
		case s.Version != "" && s.Latest:
			out = append(out, "A version number and latest flag cannot both be specified for "+s.Pacticipant+" to ignore")
		}
	}
	if q.Environment == "" {
		return out, nil
	}
	if q.Tag != "" {
		out = append(out, "Cannot specify both a tag and an environment.")
	}
	if q.Latest {
		out = append(out, "Cannot specify both latest=true and an environment.")
	}
	_, err := h.contracts.Environment(c.Request().Context(), q.Environment)
	if fault.Is(err, fault.NotFound) {
		return append(out, fmt.Sprintf("Environment with name '%s' does not exist", q.Environment)), nil
	}
	return out, err
}

// matrixOfPair is the matrix of all versions of two services.
func (h *Handler) matrixOfPair(c echo.Context) error {
	consumer, provider, err := h.pairOf(c)
	if err != nil {
		return err
	}
	q, _ := matrixQuery(nested{})
	q.Selectors = []contracts.MatrixSelector{{Pacticipant: consumer.Name}, {Pacticipant: provider.Name}}
	return h.answerMatrix(c, q)
}

// answerMatrix answers as JSON, or as a table for people who ask for text.
func (h *Handler) answerMatrix(c echo.Context, q contracts.MatrixQuery) error {
	m, err := h.contracts.Matrix(c.Request().Context(), q)
	if err != nil {
		return err
	}
	if accepts(c.Request(), echo.MIMETextPlain) && !accepts(c.Request(), "json") {
		return c.Blob(http.StatusOK, "text/plain;charset=utf-8", []byte(matrixTable(m)))
	}
	rows, err := h.matrixRows(c, m.Rows)
	if err != nil {
		return err
	}
	notices := []notice{}
	for _, r := range m.Reasons {
		notices = append(notices, notice{r.Type, r.Text})
	}
	summary := map[string]any{
		"deployable": m.Deployable, "reason": m.Reason(), "success": m.Successes, "failed": m.Failures, "unknown": m.Unknowns,
	}
	if m.Ignored > 0 {
		summary["ignored"] = m.Ignored
	}
	return ok(c, map[string]any{"summary": summary, "notices": notices, "matrix": rows})
}

// matrixRows describes rows with the branches, tags and environments of their
// versions, read all at once.
func (h *Handler) matrixRows(c echo.Context, rows []contracts.Row) ([]map[string]any, error) {
	ctx, u := c.Request().Context(), h.urls(c)
	var ids []int64
	for _, r := range rows {
		ids = append(ids, r.ConsumerVersionID)
		if r.VerificationID != 0 {
			ids = append(ids, r.ProviderVersionID)
		}
	}
	details, err := h.contracts.VersionDetails(ctx, ids)
	if err != nil {
		return nil, err
	}
	envs, err := h.environments(ctx)
	if err != nil {
		return nil, err
	}
	out := []map[string]any{}
	for _, r := range rows {
		row := map[string]any{
			"consumer": side(u, envs, r.Consumer, r.ConsumerVersion, details[r.ConsumerVersionID]),
			"provider": side(u, envs, r.Provider, r.ProviderVersion, details[r.ProviderVersionID]),
			"pact": map[string]any{
				"createdAt": date(r.PublishedAt), "_links": links{"self": link{Href: u.pact(r.Consumer, r.Provider, r.ConsumerVersion)}},
			},
			"verificationResult": nil,
		}
		if r.VerificationID != 0 {
			row["verificationResult"] = map[string]any{
				"success": r.Success, "verifiedAt": date(r.VerifiedAt),
				"_links": links{"self": link{
					Href: u.content(r.Consumer, r.Provider, r.SHA) + "/metadata/" + metadata{number: r.ConsumerVersion}.encode() +
						"/verification-results/" + strconv.FormatInt(r.VerificationID, 10),
				}},
			}
		}
		if r.Ignored {
			row["ignored"] = true
		}
		out = append(out, row)
	}
	return out, nil
}

// side is the consumer or the provider of a row.
func side(u urls, envs map[string]contracts.Environment, service, number string, d contracts.VersionDetail) map[string]any {
	out := map[string]any{"name": service, "version": nil, "_links": links{"self": link{Href: u.pacticipant(service)}}}
	if number == "" {
		return out
	}
	v := contracts.Version{Pacticipant: service, Number: number}
	branches := branchVersionsOf(u, v, d)
	tags, environments := []map[string]any{}, []environmentBody{}
	for _, t := range d.Tags {
		tags = append(tags, map[string]any{
			"name": t.Name, "latest": t.Latest, "_links": links{"self": link{Href: u.tag(service, number, t.Name)}},
		})
	}
	seen := map[string]bool{}
	for _, dep := range d.Deployments {
		if !seen[dep.EnvironmentID] {
			seen[dep.EnvironmentID] = true
			environments = append(environments, shortEnvironment(u, envs[dep.EnvironmentID]))
		}
	}
	version := map[string]any{
		"number": number, "branch": nil, "branches": branches, "branchVersions": branches, "environments": environments, "tags": tags,
		"_links": links{"self": link{Href: u.version(service, number)}},
	}
	if len(d.Branches) > 0 {
		version["branch"] = d.Branches[len(d.Branches)-1].Name
	}
	out["version"] = version
	return out
}

// matrixTable is the matrix for terminals.
func matrixTable(m contracts.Matrix) string {
	table := [][]string{{"CONSUMER", "C_VERSION", "REVISION", "PROVIDER", "P_VERSION", "NUMBER", "SUCCESS"}}
	for _, r := range m.Rows {
		line := []string{r.Consumer, r.ConsumerVersion, strconv.Itoa(r.Revision), r.Provider, r.ProviderVersion, "", ""}
		if r.VerificationID != 0 {
			line[5], line[6] = strconv.FormatInt(r.VerificationID, 10), strconv.FormatBool(r.Success)
		}
		table = append(table, line)
	}
	widths := make([]int, len(table[0]))
	for _, line := range table {
		for i, cell := range line {
			widths[i] = max(widths[i], len(cell))
		}
	}
	rule := make([]string, len(widths))
	for i, w := range widths {
		rule[i] = strings.Repeat("-", w)
	}
	var b strings.Builder
	for i, line := range table {
		cells := make([]string, len(line))
		for n, cell := range line {
			cells[n] = fmt.Sprintf("%-*s", widths[n], cell)
		}
		b.WriteString(strings.Join(cells, " | ") + "\n")
		if i == 0 {
			b.WriteString(strings.Join(rule, "-|-") + "\n")
		}
	}
	return b.String()
}
