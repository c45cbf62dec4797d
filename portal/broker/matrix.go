package broker

import (
	"errors"
	"fmt"
	"net/http"
	"slices"

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
	return h.answerQuery(c, ofMatrix(), in, matrixSelectors(in.list("q")))
}

// answerQuery answers what a query asks of the versions that are selected.
func (h *Handler) answerQuery(c echo.Context, read parameters, in nested, selectors []contracts.MatrixSelector) error {
	if wrong := append(read.misnamed(in), unreadable(in)...); len(wrong) > 0 {
		return matrixErrors(wrong...)
	}
	q, messages := matrixQuery(in)
	q.Selectors = selectors
	checked := checkMatrix(q)
	var err error
	if len(messages) == 0 && !checked.failed() {
		// Most queries are right: what is not there shows when they are answered.
		var m contracts.Matrix
		if m, err = h.contracts.Matrix(c.Request().Context(), q); !fault.Is(err, fault.NotFound) {
			return h.answerMatrix(c, m, err)
		}
	}
	missing, lookErr := h.findMissing(c, q, checked)
	if messages = append(messages, missing...); lookErr != nil || len(messages) == 0 {
		return errors.Join(lookErr, err)
	}
	return matrixErrors(messages...)
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
	q.Ignore = matrixSelectors(in.list("ignore"))
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

// matrixCheck is what is wrong with a query by itself: what comes before, after
// and instead of looking for a service. Clients show the messages in this order.
type matrixCheck struct {
	none      bool
	selectors [][]string // by selector
	unnamed   []bool     // by selector
	rest      []string
}

func (m matrixCheck) failed() bool {
	return m.none || len(m.rest) > 0 || slices.ContainsFunc(m.selectors, func(list []string) bool { return len(list) > 0 })
}

// checkMatrix says what is wrong with a query, whatever there is.
func checkMatrix(q contracts.MatrixQuery) matrixCheck {
	out := matrixCheck{none: len(q.Selectors) == 0}
	both := func(s contracts.MatrixSelector) string {
		return "A version number and latest flag cannot both be specified for " + s.Pacticipant
	}
	for _, s := range q.Selectors {
		var list []string
		switch {
		case s.Pacticipant == "":
			list = []string{"Please specify the pacticipant name"}
		case s.Version != "" && s.Latest:
			list = []string{both(s)}
		}
		out.selectors, out.unnamed = append(out.selectors, list), append(out.unnamed, s.Pacticipant == "")
	}
	for _, s := range q.Ignore {
		switch {
		case s.Pacticipant == "":
			out.rest = append(out.rest, "Please specify the pacticipant name to ignore")
		case s.Version != "" && s.Latest:
			out.rest = append(out.rest, both(s)+" to ignore")
		}
	}
	if q.Environment != "" && q.Tag != "" {
		out.rest = append(out.rest, "Cannot specify both a tag and an environment.")
	}
	if q.Environment != "" && q.Latest {
		out.rest = append(out.rest, "Cannot specify both latest=true and an environment.")
	}
	if q.MainBranch && (q.Environment != "" || q.Tag != "") { // to follow one of them would say yes for the other
		out.rest = append(out.rest, "Cannot specify more than one of tag, environment and mainBranch.")
	}
	return out
}

// findMissing adds what a query names and is not there to what else is wrong
// with it.
func (h *Handler) findMissing(c echo.Context, q contracts.MatrixQuery, checked matrixCheck) ([]string, error) {
	ctx := c.Request().Context()
	var out []string
	if checked.none {
		out = append(out, "Please provide 1 or more version selectors.")
	}
	for i, s := range q.Selectors {
		out = append(out, checked.selectors[i]...)
		if checked.unnamed[i] {
			continue
		}
		_, err := h.contracts.Pacticipant(ctx, s.Pacticipant)
		if fault.Is(err, fault.NotFound) {
			out = append(out, fmt.Sprintf("Pacticipant %s not found", s.Pacticipant))
		} else if err != nil {
			return nil, err
		}
	}
	out = append(out, checked.rest...)
	if q.Environment == "" {
		return out, nil
	}
	_, err := h.contracts.Environment(ctx, q.Environment)
	if fault.Is(err, fault.NotFound) {
		return append(out, fmt.Sprintf("Environment with name '%s' does not exist", q.Environment)), nil
	}
	return out, err
}

// matrixOfPair is the matrix of all versions of the two services in the path.
func (h *Handler) matrixOfPair(c echo.Context) error {
	consumer, provider, err := h.pairOf(c)
	if err != nil {
		return err
	}
	in, err := parseNested(c.Request().URL.RawQuery)
	if err != nil {
		return matrixErrors(fault.From(err).Message)
	}
	return h.answerQuery(c, ofPair(), in, []contracts.MatrixSelector{{Pacticipant: consumer.Name}, {Pacticipant: provider.Name}})
}

// askMatrix asks and answers.
func (h *Handler) askMatrix(c echo.Context, q contracts.MatrixQuery) error {
	m, err := h.contracts.Matrix(c.Request().Context(), q)
	return h.answerMatrix(c, m, err)
}

// answerMatrix answers as JSON, or as a table for people who ask for text.
func (h *Handler) answerMatrix(c echo.Context, m contracts.Matrix, err error) error {
	if err != nil {
		return err
	}
	if prefersText(c.Request()) {
		return c.Blob(http.StatusOK, "text/plain;charset=utf-8", []byte(matrixTable(m)))
	}
	w, err := h.matrixWriter(c, m)
	if err != nil {
		return err
	}
	notices := make([]notice, len(m.Reasons))
	for i, r := range m.Reasons {
		notices[i] = notice{r.Type, r.Text}
	}
	w.raw(`{"summary":`)
	w.written = append(w.written, asJSON(matrixSummary{
		Deployable: m.Deployable, Reason: m.Reason(), Success: m.Successes, Failed: m.Failures, Unknown: m.Unknowns, Ignored: m.Ignored,
	})...)
	w.raw(`,"notices":`)
	w.written = append(w.written, asJSON(notices)...)
	w.raw(`,"matrix":[`)
	w.rows(h, m.Rows)
	w.raw("]}\n")
	err = ok(c, w.written)
	h.release(w.written)
	return err
}
