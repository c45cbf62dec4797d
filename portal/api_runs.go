package portal

import (
	"context"
	"strconv"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/pipelines"
	"github.com/goldenpath/platform/portal/api/server"
	"github.com/goldenpath/platform/portal/api/types"
)

// apiRuns starts, shows and steers runs.
type apiRuns interface {
	Start(ctx context.Context, kind, subject string, input any) (pipelines.Run, error)
	Get(ctx context.Context, id string) (pipelines.Run, error)
	List(ctx context.Context, q pipelines.RunQuery) (pipelines.RunPage, error)
	Watch(ctx context.Context, id string, after int64) (<-chan pipelines.Event, error)
	Retry(ctx context.Context, id string) (pipelines.Run, error)
	Undo(ctx context.Context, id string) (pipelines.Run, error)
	Cancel(ctx context.Context, id string) (pipelines.Run, error)
}

// ListRuns answers GET /runs.
func (a *API) ListRuns(ctx context.Context, r server.ListRunsRequestObject) (server.ListRunsResponseObject, error) {
	page, err := a.deps.Runs.List(ctx, pipelines.RunQuery{
		Kinds: r.Params.Kind, Subject: value(r.Params.Subject), Limit: limitOf(r.Params.Limit), Cursor: value(r.Params.Cursor),
		States: mapped(r.Params.State, func(s types.RunState) pipelines.State { return pipelines.State(s) }),
	})
	if err != nil {
		return nil, err
	}
	return server.ListRuns200JSONResponse{Items: mapped(page.Items, fromRun), Next: page.Next}, nil
}

// GetRun answers GET /runs/{id}.
func (a *API) GetRun(ctx context.Context, r server.GetRunRequestObject) (server.GetRunResponseObject, error) {
	run, err := a.deps.Runs.Get(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	return server.GetRun200JSONResponse(fromRun(run)), nil
}

// RetryRun answers POST /runs/{id}/retry.
func (a *API) RetryRun(ctx context.Context, r server.RetryRunRequestObject) (server.RetryRunResponseObject, error) {
	run, err := a.deps.Runs.Retry(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	return server.RetryRun202JSONResponse(fromRun(run)), nil
}

// UndoRun answers POST /runs/{id}/undo.
func (a *API) UndoRun(ctx context.Context, r server.UndoRunRequestObject) (server.UndoRunResponseObject, error) {
	run, err := a.deps.Runs.Undo(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	return server.UndoRun202JSONResponse(fromRun(run)), nil
}

// CancelRun answers POST /runs/{id}/cancel.
func (a *API) CancelRun(ctx context.Context, r server.CancelRunRequestObject) (server.CancelRunResponseObject, error) {
	run, err := a.deps.Runs.Cancel(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	return server.CancelRun202JSONResponse(fromRun(run)), nil
}

// WatchRun answers GET /runs/{id}/events. A browser that reconnects says where
// it was in a header, which goes before the address it first asked for.
func (a *API) WatchRun(ctx context.Context, r server.WatchRunRequestObject) (server.WatchRunResponseObject, error) {
	after := value(r.Params.After)
	if last := value(r.Params.LastEventID); last != "" {
		n, err := strconv.ParseInt(last, 10, 64)
		if err != nil || n < 0 {
			return nil, fault.New(fault.Invalid, "Last-Event-ID is not a sequence number.").
				WithField("Last-Event-ID", "is not a number").WithHint("Send the id of the last event, or leave it out.")
		}
		after = n
	}
	events, err := a.deps.Runs.Watch(ctx, r.ID, after)
	if err != nil {
		return nil, err
	}
	return eventStream{ctx: ctx, events: events, after: after}, nil
}

func fromRun(r pipelines.Run) types.Run {
	return types.Run{
		ID: r.ID, Kind: r.Kind, Subject: r.Subject, Title: r.Title, State: types.RunState(r.State),
		Input: r.Input, Output: r.Output, Steps: mapped(r.Steps, fromStep),
		CreatedAt: r.CreatedAt, StartedAt: r.StartedAt, FinishedAt: r.FinishedAt,
		Failure: fromFault(r.Failure), Attempt: r.Attempt, Actor: r.Actor, UndoneBy: r.UndoneBy,
	}
}

func fromStep(s pipelines.Step) types.Step {
	return types.Step{
		Name: s.Name, Title: s.Title, State: types.StepState(s.State),
		StartedAt: s.StartedAt, FinishedAt: s.FinishedAt, Failure: fromFault(s.Failure),
	}
}

// fromFault tells why something failed; the zero failure when it did not.
func fromFault(f *fault.Error) types.Failure {
	if f == nil {
		return types.Failure{}
	}
	failure := types.Failure{Code: string(f.Code), Message: f.Message, Hint: f.Hint}
	for _, field := range f.Fields {
		failure.Fields = append(failure.Fields, types.FieldProblem{Name: field.Name, Message: field.Message})
	}
	return failure
}
