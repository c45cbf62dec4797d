package portal

import (
	"context"
	"encoding/base64"
	"unicode/utf8"

	"github.com/goldenpath/platform/pipelines"
	"github.com/goldenpath/platform/portal/api"
	"github.com/goldenpath/platform/portal/api/server"
	"github.com/goldenpath/platform/portal/api/types"
	"github.com/goldenpath/platform/scaffolds"
)

// apiPaths lists golden paths.
type apiPaths interface {
	Paths() []scaffolds.Path
	Get(name string) (*scaffolds.Path, error)
}

// apiCreation checks and previews a new service.
type apiCreation interface {
	Plan(ctx context.Context, in pipelines.CreateServiceInput) (pipelines.Plan, error)
	Preview(ctx context.Context, in pipelines.CreateServiceInput) (*scaffolds.Tree, error)
}

// ListGoldenPaths answers GET /golden-paths.
func (a *API) ListGoldenPaths(context.Context, server.ListGoldenPathsRequestObject) (server.ListGoldenPathsResponseObject, error) {
	return server.ListGoldenPaths200JSONResponse{Items: mapped(a.deps.Paths.Paths(), func(p scaffolds.Path) types.GoldenPath {
		return fromPath(&p)
	})}, nil
}

// GetGoldenPath answers GET /golden-paths/{path}.
func (a *API) GetGoldenPath(_ context.Context, r server.GetGoldenPathRequestObject) (server.GetGoldenPathResponseObject, error) {
	path, err := a.deps.Paths.Get(r.Path)
	if err != nil {
		return nil, err
	}
	full := fromPath(path)
	full.Schema = path.Schema
	return server.GetGoldenPath200JSONResponse(full), nil
}

// PreviewService answers POST /golden-paths/{path}/preview.
func (a *API) PreviewService(ctx context.Context, r server.PreviewServiceRequestObject) (server.PreviewServiceResponseObject, error) {
	path, err := a.deps.Paths.Get(r.Path)
	if err != nil {
		return nil, err
	}
	tree, err := a.deps.Creation.Preview(ctx, pipelines.CreateServiceInput{Path: r.Path, Answers: toAnswers(*r.Body)})
	if err != nil {
		return nil, err
	}
	return server.PreviewService200JSONResponse{Path: path.Name, Version: path.Version, Files: mapped(tree.Files, fromFile)}, nil
}

// PlanService answers POST /services/plan.
func (a *API) PlanService(ctx context.Context, r server.PlanServiceRequestObject) (server.PlanServiceResponseObject, error) {
	in := toCreation(*r.Body)
	path, err := a.deps.Paths.Get(in.Path)
	if err != nil {
		return nil, err
	}
	plan, err := a.deps.Creation.Plan(ctx, in)
	if err != nil {
		return nil, err
	}
	return server.PlanService200JSONResponse(fromPlan(path, plan)), nil
}

// CreateService answers POST /services. Everything is checked before a run
// exists, so that a wrong answer leaves nothing behind.
func (a *API) CreateService(ctx context.Context, r server.CreateServiceRequestObject) (server.CreateServiceResponseObject, error) {
	in := toCreation(*r.Body)
	if _, err := a.deps.Creation.Plan(ctx, in); err != nil {
		return nil, err
	}
	run, err := a.deps.Runs.Start(ctx, pipelines.KindCreateService, in.Answers.Name, in)
	if err != nil {
		return nil, err
	}
	return server.CreateService202JSONResponse{
		Body:    fromRun(run),
		Headers: server.CreateService202ResponseHeaders{Location: api.BasePath + "/runs/" + run.ID},
	}, nil
}

// defaultPath is the golden path the document promises when none is named.
const defaultPath = "go-http"

func toCreation(n types.NewService) pipelines.CreateServiceInput {
	in := pipelines.CreateServiceInput{
		Path: n.Path, CreateOwner: n.CreateOwner, CreateSystem: n.CreateSystem, Host: n.Host,
		Answers: toAnswers(types.Answers{
			Name: n.Name, Owner: n.Owner, System: n.System, Description: n.Description,
			Module: n.Module, Consumes: n.Consumes, Packs: n.Packs, Extra: n.Extra,
		}),
	}
	if in.Path == "" {
		in.Path = defaultPath
	}
	return in
}

func toAnswers(a types.Answers) scaffolds.Answers {
	return scaffolds.Answers{
		Name: a.Name, Owner: a.Owner, System: a.System, Description: a.Description,
		Module: a.Module, Consumes: a.Consumes, Packs: a.Packs, Extra: a.Extra,
	}
}

func fromPath(p *scaffolds.Path) types.GoldenPath {
	return types.GoldenPath{
		Name: p.Name, Version: p.Version, Digest: p.Digest, Title: p.Title,
		Description: p.Description, Language: p.Language,
		Packs: mapped(p.Packs, func(p scaffolds.Pack) types.Pack {
			return types.Pack{Name: p.Name, Title: p.Title, Description: p.Description, Default: p.Default}
		}),
	}
}

func fromPlan(path *scaffolds.Path, p pipelines.Plan) types.Plan {
	return types.Plan{
		Path: path.Name, Version: path.Version,
		Files: mapped(p.Files, func(f scaffolds.File) types.PlannedFile {
			return types.PlannedFile{Path: f.Path, Size: len(f.Body), Class: string(f.Class), Executable: f.Executable}
		}),
		Entities: orEmpty(p.Entities),
		Notices:  orEmpty(p.Notices),
	}
}

// fromFile carries a file as text where it is text.
func fromFile(f scaffolds.File) types.PreviewFile {
	file := types.PreviewFile{
		Path: f.Path, Size: len(f.Body), Class: string(f.Class), Executable: f.Executable,
		Encoding: types.EncodingUTF8, Content: string(f.Body),
	}
	if !utf8.Valid(f.Body) {
		file.Encoding, file.Content = types.EncodingBase64, base64.StdEncoding.EncodeToString(f.Body)
	}
	return file
}
