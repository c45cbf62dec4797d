package portal

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/pipelines"
)

type runPage struct {
	frame
	Run      pipelines.Run
	Row      runRow
	Steps    []stepRow
	Log      []logLine
	Speaking string // the step that spoke last
	LastSeq  int64
	MoreLog  bool   // the log goes on; script reads it
	MoreURL  string // where it goes on without script
	Failed   string // title of the step that failed
	Live     bool   // the run goes on
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
	Head string // title of the step that begins to speak here
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
	page.Window = page.Progress + " " + run.Title
	page.CanStop = page.Live && !run.CancelRequested
	page.CanRetry = (run.State == pipelines.Failed || run.State == pipelines.Cancelled) && run.UndoneBy == ""
	page.CanUndo = !page.Live && run.Kind != pipelines.KindUndo && run.UndoneBy == ""
	if page.Live {
		page.Refresh = reloadAfter
	}
	for _, s := range run.Steps {
		page.Steps = append(page.Steps, stepRow{Step: s, Badge: stepBadge(s.State)})
		if s.State == pipelines.StepFailed {
			page.Failed = s.Title
		}
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
	if r.Entity != "" && strings.HasSuffix(r.Output.WebURL, r.Entity) {
		r.Output.WebURL = "" // a repository on this server has no page of its own
	}
	return nil
}

// readLog adds what the run has said after the event that the address names. The
// script asks for the page without it: it has the log already.
func (p *pages) readLog(c echo.Context, page *runPage) error {
	if c.QueryParam("log") == "none" {
		return nil
	}
	after, err := lastSeen(c)
	if err != nil {
		return err
	}
	events, err := p.runs.Events(c.Request().Context(), page.Run.ID, after, logShown)
	if err != nil {
		return err
	}
	titles := map[string]string{}
	for _, s := range page.Run.Steps {
		titles[s.Name] = s.Title
	}
	page.LastSeq = after
	for _, e := range events {
		page.LastSeq = e.Seq
		if e.Type != pipelines.EventLog {
			continue
		}
		line := logLine{Event: e}
		if e.Step != page.Speaking {
			page.Speaking, line.Head = e.Step, titles[e.Step]
		}
		page.Log = append(page.Log, line)
	}
	if len(events) == logShown {
		page.MoreURL = "?after=" + strconv.FormatInt(page.LastSeq, 10)
	}
	page.MoreLog = page.Live || page.MoreURL != ""
	return nil
}
