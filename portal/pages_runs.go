package portal

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/pipelines"
)

type runsPage struct {
	frame
	Runs    []runRow
	States  []facetValue
	Subject string
	State   string
	Kind    string
	NextURL string
}

// runRow is one line of a list of runs.
type runRow struct {
	Run        pipelines.Run
	URL        string
	Badge      badge
	Done, All  int
	StartedAt  time.Time
	FinishedAt time.Time
}

// Bar is how wide a bar of barWidth is filled.
func (r runRow) Bar() int {
	if r.All == 0 {
		return 0
	}
	return barWidth * r.Done / r.All
}

// barWidth is the width of the drawing that shows progress, in pixels.
const barWidth = 64

func runURL(id string) string { return "/runs/" + url.PathEscape(id) }

func (*pages) runRow(run pipelines.Run) runRow {
	row := runRow{
		Run: run, URL: runURL(run.ID), Badge: runBadge(run.State), All: len(run.Steps),
		StartedAt: run.StartedAt, FinishedAt: run.FinishedAt,
	}
	for _, s := range run.Steps {
		if s.State == pipelines.StepDone || s.State == pipelines.StepSkipped {
			row.Done++
		}
	}
	return row
}

func (p *pages) listRuns(c echo.Context) error {
	values := c.QueryParams()
	page := runsPage{
		frame:   newFrame(c, "Runs", "runs"),
		Subject: strings.TrimSpace(values.Get("subject")), State: values.Get("state"), Kind: values.Get("kind"),
	}
	query := pipelines.RunQuery{Subject: page.Subject, Cursor: values.Get("cursor")}
	if page.State != "" {
		query.States = []pipelines.State{pipelines.State(page.State)}
	}
	if page.Kind != "" {
		query.Kinds = []string{page.Kind}
	}
	runs, err := p.runs.List(c.Request().Context(), query)
	if err != nil {
		return err
	}
	page.Runs = mapped(runs.Items, p.runRow)
	if runs.Next != "" {
		page.NextURL = with(values, "cursor", runs.Next)
	}
	page.States = []facetValue{{Label: "All", URL: with(values, "state", ""), Chosen: page.State == ""}}
	for _, s := range []pipelines.State{pipelines.Queued, pipelines.Running, pipelines.Waiting, pipelines.Succeeded, pipelines.Failed, pipelines.Cancelled} {
		page.States = append(page.States, facetValue{
			Label: runBadge(s).Word, URL: with(values, "state", string(s)), Chosen: page.State == string(s),
		})
	}
	return p.render(c, http.StatusOK, "runs/list", page)
}

// watchRun streams a run's events as the API does, to the session of a browser.
func (p *pages) watchRun(c echo.Context) error {
	after, err := lastSeen(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	events, err := p.runs.Watch(ctx, c.Param("id"), after)
	if err != nil {
		return err
	}
	return eventStream{ctx: ctx, events: events, after: after}.VisitWatchRunResponse(c.Response())
}

// lastSeen returns where a reader was. A browser that reconnects says so in a
// header, which goes before the address it first asked for.
func lastSeen(c echo.Context) (int64, error) {
	text := c.Request().Header.Get("Last-Event-ID")
	if text == "" {
		text = c.QueryParam("after")
	}
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0, fault.New(fault.Invalid, "%q is not the number of an event.", text).WithHint("Reload the page.")
	}
	return n, nil
}

func (p *pages) retryRun(c echo.Context) error {
	run, err := p.runs.Retry(c.Request().Context(), c.Param("id"))
	return seeRun(c, run, err)
}

func (p *pages) undoRun(c echo.Context) error {
	run, err := p.runs.Undo(c.Request().Context(), c.Param("id"))
	return seeRun(c, run, err)
}

func (p *pages) cancelRun(c echo.Context) error {
	run, err := p.runs.Cancel(c.Request().Context(), c.Param("id"))
	return seeRun(c, run, err)
}

func seeRun(c echo.Context, run pipelines.Run, err error) error {
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, runURL(run.ID))
}

// formOf returns the values of a form that was sent.
func formOf(c echo.Context) (url.Values, error) {
	form, err := c.FormParams()
	if err != nil {
		return nil, fault.New(fault.Invalid, "The form cannot be read.").WithHint("Go back and send it again.").WithCause(err)
	}
	return form, nil
}

// oneOf returns value when it is one of those allowed, else the first of them.
func oneOf(value string, allowed ...string) string {
	if slices.Contains(allowed, value) {
		return value
	}
	return allowed[0]
}
