package portal

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/catalog"
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

type runPage struct {
	frame
	Run      pipelines.Run
	Row      runRow
	Steps    []stepRow
	Log      []logLine
	LastSeq  int64
	MoreLog  bool // the log goes on; script reads it
	Live     bool // the run goes on
	Output   createdService
	HasMade  bool
	Progress string // what the window's title says first
	CanRetry bool
	CanUndo  bool
	CanStop  bool
	UndoneBy string
	Undoes   string
	Entity   string
}

type stepRow struct {
	Step  pipelines.Step
	Badge badge
}

// logLine is one line of a run's log.
type logLine struct {
	pipelines.Event
	StepTitle string
}

// createdService is the output of a run that created a service.
type createdService struct {
	Repository string   `json:"repository"`
	CloneURL   string   `json:"clone_url"`
	LocalPath  string   `json:"local_path"`
	WebURL     string   `json:"web_url"`
	Commit     string   `json:"commit"`
	Entities   []string `json:"entities"`
}

// logShown is how many lines a page holds from the start; the others come with
// the live log.
const logShown = 2000

// reloadAfter is how often a page without script looks again.
const reloadAfter = 3

func (p *pages) showRun(c echo.Context) error {
	ctx := c.Request().Context()
	run, err := p.runs.Get(ctx, c.Param("id"))
	if err != nil {
		return err
	}
	page := runPage{
		frame: newFrame(c, run.Title, "runs", crumb{"Runs", "/runs"}), Run: run, Row: p.runRow(run),
		Live: !run.State.Ended(), UndoneBy: run.UndoneBy,
	}
	page.Progress = progressOf(page.Row)
	page.Title = page.Progress + " " + run.Title
	page.CanStop = page.Live && !run.CancelRequested
	page.CanRetry = (run.State == pipelines.Failed || run.State == pipelines.Cancelled) && run.UndoneBy == ""
	page.CanUndo = !page.Live && run.Kind != pipelines.KindUndo && run.UndoneBy == ""
	if page.Live {
		page.Refresh = reloadAfter
	}
	for _, s := range run.Steps {
		page.Steps = append(page.Steps, stepRow{Step: s, Badge: stepBadge(s.State)})
	}
	page.Undoes = undoneRun(run)
	if err := page.readOutput(); err != nil {
		return err
	}
	if err := p.readLog(c, &page); err != nil {
		return err
	}
	return p.render(c, http.StatusOK, "runs/show", page)
}

// progressOf is what the window's title begins with.
func progressOf(row runRow) string {
	switch row.Run.State {
	case pipelines.Succeeded:
		return "✓"
	case pipelines.Failed:
		return "✗"
	case pipelines.Cancelled:
		return "–"
	case pipelines.Queued, pipelines.Running, pipelines.Waiting:
	}
	return fmt.Sprintf("(%d/%d)", row.Done, row.All)
}

// undoneRun returns the run that an undo takes back.
func undoneRun(run pipelines.Run) string {
	if run.Kind != pipelines.KindUndo {
		return ""
	}
	var in struct {
		Run string `json:"run"`
	}
	if json.Unmarshal(run.Input, &in) != nil {
		return ""
	}
	return in.Run
}

// readOutput finds out what a succeeded creation made.
func (r *runPage) readOutput() error {
	if r.Run.Kind != pipelines.KindCreateService || r.Run.State != pipelines.Succeeded || len(r.Run.Output) == 0 {
		return nil
	}
	if err := json.Unmarshal(r.Run.Output, &r.Output); err != nil {
		return fmt.Errorf("read output of run %s: %w", r.Run.ID, err)
	}
	r.HasMade = true
	for _, name := range r.Output.Entities {
		ref, err := catalog.ParseRef(name, catalog.RefDefaults{Kind: catalog.KindComponent})
		if err == nil && ref.Kind == "component" {
			r.Entity = entityURL(ref)
		}
	}
	return nil
}

func (p *pages) readLog(c echo.Context, page *runPage) error {
	events, err := p.runs.Events(c.Request().Context(), page.Run.ID, 0, logShown)
	if err != nil {
		return err
	}
	titles := map[string]string{}
	for _, s := range page.Run.Steps {
		titles[s.Name] = s.Title
	}
	for _, e := range events {
		page.LastSeq = e.Seq
		if e.Type == pipelines.EventLog {
			page.Log = append(page.Log, logLine{Event: e, StepTitle: titles[e.Step]})
		}
	}
	page.MoreLog = page.Live || len(events) == logShown
	return nil
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
