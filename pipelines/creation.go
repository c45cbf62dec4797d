package pipelines

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/scaffolds"
)

// KindCreateService is the kind of runs that create a service.
const KindCreateService = "create-service"

// defaultGoldenPath is used when nobody names one.
const defaultGoldenPath = "go-http"

// CreateServiceInput is what a person asks for.
type CreateServiceInput struct {
	Path         string            `json:"path,omitempty"` // golden path; go-http when empty
	Answers      scaffolds.Answers `json:"answers"`
	CreateOwner  bool              `json:"create_owner,omitempty"`
	CreateSystem bool              `json:"create_system,omitempty"`
	Host         string            `json:"host,omitempty"` // git host; the default one when empty
}

// CreateServiceOutput is what was made.
type CreateServiceOutput struct {
	Repository string   `json:"repository"`
	CloneURL   string   `json:"clone_url"`
	LocalPath  string   `json:"local_path,omitempty"`
	WebURL     string   `json:"web_url"`
	Commit     string   `json:"commit"`
	Entities   []string `json:"entities"`
}

// Plan is what creating a service would make.
type Plan struct {
	Files    []scaffolds.File
	Entities []string // references, in the order they are registered
	Notices  []string // what a person should know beforehand, as sentences
}

// GoldenPath checks answers and makes files of them.
type GoldenPath interface {
	// Check returns the answers with what was left out filled in.
	Check(a scaffolds.Answers) (scaffolds.Answers, error)
	Render(a scaffolds.Answers, providers []scaffolds.Provider) (*scaffolds.Tree, error)
}

// CreationCatalog is what creating services needs of the catalog.
type CreationCatalog interface {
	Find(ctx context.Context, ref catalog.Ref) (catalog.Entity, bool, error)
	List(ctx context.Context, q catalog.Query) (catalog.Page, error)
	Nearest(ctx context.Context, kind, name string) ([]catalog.Ref, error)
	APIOf(ctx context.Context, component catalog.Ref) (catalog.Entity, bool, error)
	Relations(ctx context.Context, ref catalog.Ref) ([]catalog.RelationGroup, error)
	Put(ctx context.Context, origin catalog.Location, entities []catalog.Entity) ([]catalog.Ref, error)
	Remove(ctx context.Context, l catalog.Location) error
	Withdraw(ctx context.Context, origin catalog.Location, refs ...catalog.Ref) error
}

// Past tells about earlier runs.
type Past interface {
	List(ctx context.Context, q RunQuery) (RunPage, error)
}

// CreationOptions are what creating services needs; all of it.
type CreationOptions struct {
	Catalog      CreationCatalog
	Paths        func(name string) (GoldenPath, error)
	Hosts        []Host // the first is the default one
	Repositories Repositories
	Past         Past
}

// Creation makes services: a repository with a golden path's files, and its
// entries in the catalog.
type Creation struct{ o CreationOptions }

// NewCreation returns the use case.
func NewCreation(o CreationOptions) *Creation { return &Creation{o} }

// The steps, by the names that are stored in runs and must never change.
const (
	stepCheck    = "check"
	stepRender   = "render"
	stepCommit   = "commit"
	stepHost     = "host"
	stepPush     = "push"
	stepRegister = "register"
)

// hostTries is how often a step is tried that needs a git host.
const hostTries = 3

// Pipeline returns the pipeline that creates a service. Its files are rendered
// once and kept with the run, so that a later try pushes the same commit even
// when a golden path or a provider's API has changed in between.
func (c *Creation) Pipeline() Pipeline {
	return Pipeline{
		Kind:    KindCreateService,
		Prepare: c.prepare,
		Output:  c.output,
		Steps: []StepSpec{
			{Name: stepCheck, Title: "Check the answers", Do: c.check, Tries: hostTries},
			{Name: stepRender, Title: "Make the files", Do: c.render},
			{Name: stepCommit, Title: "Make the first commit", Do: c.commit},
			{Name: stepHost, Title: "Create the repository", Check: c.created, Do: c.create, Tries: hostTries, MayUndo: c.mayDelete, Undo: c.delete},
			{Name: stepPush, Title: "Push the first commit", Do: c.push, Tries: hostTries, Deadline: 2 * time.Minute},
			{Name: stepRegister, Title: "Register it in the catalog", Do: c.register, MayUndo: c.mayWithdraw, Undo: c.withdraw},
		},
	}
}

// prepare refuses what cannot work before a run exists.
func (c *Creation) prepare(ctx context.Context, input json.RawMessage) (Brief, error) {
	var in CreateServiceInput
	if err := json.Unmarshal(input, &in); err != nil {
		return Brief{}, fmt.Errorf("read what is asked for: %w", err)
	}
	r, err := c.resolve(ctx, in)
	if err != nil {
		return Brief{}, err
	}
	name := r.Answers.Name
	return Brief{
		Subject: name, Title: "Create " + name,
		Lock: KindCreateService + "/" + r.Host + "/" + strings.ToLower(name),
	}, nil
}

// host returns the git host of that name.
func (c *Creation) host(name string) (Host, error) {
	if name == "" {
		return c.o.Hosts[0], nil
	}
	names := make([]string, len(c.o.Hosts))
	for i, h := range c.o.Hosts {
		if h.Name() == name {
			return h, nil
		}
		names[i] = h.Name()
	}
	return nil, fault.New(fault.Invalid, "There is no git host called %q here.", name).
		WithField("host", "%q is not one of: %s", name, strings.Join(names, ", ")).
		WithHint("Hosts are set up with PLATFORM_GIT_HOST and PLATFORM_GITHUB_TOKEN, see: platform config")
}
