package initcmd

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/internal/git"
	"github.com/goldenpath/platform/portal/api/client"
	"github.com/goldenpath/platform/portal/api/types"
)

// place is where the folder is in its repository.
type place struct {
	origin string // address of the repository; empty when it has none
	branch string
	top    string // folder of the work tree
	below  string // the folder seen from there, with slashes; "." is the top
}

// placeOf finds out where a folder is. A work tree without a commit is one, too.
func placeOf(dir, repository string) place {
	tree, _ := git.Describe(dir) // what is not known of it stays empty
	p := place{origin: repository, branch: tree.Branch, top: dir, below: "."}
	if p.origin == "" {
		p.origin = tree.Origin
	}
	if strings.HasPrefix(p.origin, ".") { // git takes it from the work tree; nobody else knows where that is
		p.origin = filepath.Join(tree.Root, p.origin)
	}
	whole, err := filepath.EvalSymlinks(dir)
	if err != nil || tree.Root == "" {
		return p
	}
	top, err := filepath.EvalSymlinks(tree.Root)
	if err != nil {
		return p
	}
	if below, err := filepath.Rel(top, whole); err == nil && filepath.IsLocal(below) {
		p.top, p.below = tree.Root, filepath.ToSlash(below)
	}
	return p
}

// registrar tells the catalog of the file that was written.
type registrar struct {
	env   *cli.Env
	api   *client.ClientWithResponses
	place place
	file  string // whole path of the catalog file
	// fromDisk says that the server is this machine's own, and that no repository is
	// known from which others could read the file.
	fromDisk bool
}

// newRegistrar refuses what could not be registered before anything is written.
func newRegistrar(ctx context.Context, env *cli.Env, api *client.ClientWithResponses, opts options, at place) (*registrar, error) {
	r := &registrar{env: env, api: api, place: at, file: filepath.Join(opts.dir, fileName)}
	if at.origin != "" || opts.noEntry || opts.dryRun {
		return r, nil
	}
	address, _, local, err := env.Server(ctx)
	if err != nil {
		return nil, err
	}
	if running, ok := cli.FindServer(ctx, env.DataDir); local || ok && running.URL == address {
		r.fromDisk = true
		return r, nil
	}
	return nil, fault.New(fault.Invalid, "%s has no remote called origin, so the server cannot know which repository it is.", opts.dir).
		WithHint("Say which: platform init --repository https://HOST/OWNER/NAME. Or only write the file: platform init --no-register")
}

// register sends the file as a draft of its repository: no commit has it yet. It
// gives way to whatever brings it in later from there.
func (r *registrar) register(ctx context.Context, root fs.FS) error {
	var registration types.Registration
	var err error
	if r.fromDisk {
		registration, err = client.OK(r.api.RegisterLocationWithResponse(ctx, types.LocationRequest{Target: r.file, Type: types.LocationRequestTypeFile}))
	} else {
		registration, err = client.OK(r.api.PushEntitiesWithResponse(ctx, r.draft(ctx, root)))
	}
	if err != nil {
		f := fault.From(err)
		return fault.New(f.Code, "The file was written, but not registered. %s", f.Message).WithHint("%s", f.Hint).WithCause(err)
	}
	err = r.env.Print(registration, func(w io.Writer) error {
		rows := make([][]string, len(registration.Entities))
		for i, ref := range registration.Entities {
			rows[i] = []string{ref}
		}
		return cli.Rows(w, []string{"entity"}, rows)
	})
	if err != nil {
		return err
	}
	return r.conclude(registration)
}

// draft is the file with those it includes, as paths in the repository.
func (r *registrar) draft(ctx context.Context, root fs.FS) types.Push {
	out := types.Push{Target: r.place.origin, Branch: r.place.branch, Entries: []string{path.Join(r.place.below, fileName)}}
	files, _ := catalog.Sources(ctx, root, fileName) // the server says what is wrong
	for _, name := range files {
		content, err := fs.ReadFile(root, name)
		if err == nil {
			out.Files = append(out.Files, types.PushedFile{Path: path.Join(r.place.below, name), Content: string(content)})
		}
	}
	return out
}

// conclude says what became of it, and what comes next.
func (r *registrar) conclude(registration types.Registration) error {
	if registration.Location.Type == types.LocationTypeGit {
		r.env.Talk("%s The catalog reads %s by itself: commit and push %s, and it is there.", r.env.Green("✓"), r.place.origin, fileName)
		return nil
	}
	again := "platform catalog push " + fileName
	if r.fromDisk {
		again = "platform catalog register " + r.file
	}
	var said bytes.Buffer
	for _, p := range registration.Problems {
		said.WriteString("  " + p.Where + ": " + p.Message + "\n")
	}
	if said.Len() > 0 {
		return fault.New(fault.Failed, "The file was written, but not all of it could be registered:\n%s", strings.TrimRight(said.String(), "\n")).
			WithHint("Correct it, then: %s", again)
	}
	count := cli.Count(len(registration.Entities), "entity", "entities")
	if r.fromDisk {
		r.env.Talk("%s %s registered from this folder, which has no remote called origin. When it has one, take this registration back "+
			"and send the file instead: platform catalog locations, platform catalog remove ID, platform catalog push %s", r.env.Green("✓"), count, fileName)
		return nil
	}
	r.env.Talk("%s %s registered for %s. Commit and push %s; then have the repository read: platform catalog register %s, "+
		"or let its pipeline send it: %s. Either one takes over.", r.env.Green("✓"), count, r.place.origin, fileName, r.place.origin, again)
	return nil
}
