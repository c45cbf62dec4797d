package demo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/client"
	"github.com/goldenpath/platform/portal/api/types"
)

const (
	system = "shop"
	// manyNames is how often a name with a number is tried before giving up.
	manyNames = 50
)

// journey is one walk, and what has to be tidied up after it.
type journey struct {
	env      *cli.Env
	opts     options
	folder   string
	screen   *screen
	platform *platform
	running  *running

	provider, consumer service
	result             result
}

// begin makes sure that the journey can be made, and makes its folder.
func begin(ctx context.Context, env *cli.Env, needs Needs, opts options) (_ *journey, err error) {
	j := &journey{env: env, opts: opts, screen: newScreen(env, opts.verbose)}
	if j.folder, err = os.MkdirTemp("", "platform-demo-"); err != nil {
		return nil, fault.New(fault.Invalid, "There is no temporary folder to work in: %v.", err).WithHint("Name one: TMPDIR=/some/folder platform demo").WithCause(err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, j.end(ctx, err))
		}
	}()
	j.platform = connect(env, needs, j.screen, !opts.portal, j.dataDir(), filepath.Join(j.folder, "config"))
	if err := checkTools(ctx, j.platform); err != nil {
		return nil, err
	}
	suffix, err := j.freeNames(ctx)
	if err != nil {
		return nil, err
	}
	j.provider = service{Name: "inventory" + suffix, Owner: "warehouse"}
	j.consumer = service{Name: "orders" + suffix, Owner: "checkout"}
	return j, nil
}

// dataDir is where a platform of the demo's own keeps its data.
func (j *journey) dataDir() string { return filepath.Join(j.folder, "data") }

// freeNames returns what to add to the services' names so that they are free.
func (j *journey) freeNames(ctx context.Context) (string, error) {
	if !j.opts.portal {
		return "", nil
	}
	api, err := j.platform.env.API(ctx)
	if err != nil {
		return "", err
	}
	for n := range manyNames {
		suffix := ""
		if n > 0 {
			suffix = "-" + strconv.Itoa(n+1)
		}
		free, err := areFree(ctx, api, "inventory"+suffix, "orders"+suffix)
		if free || err != nil {
			return suffix, err
		}
	}
	return "", fault.New(fault.Conflict, "The demo was run %d times in this portal, and its names are used up.", manyNames).
		WithHint("Run it on data of its own: platform demo")
}

// areFree asks whether services of these names could be made.
func areFree(ctx context.Context, api *client.ClientWithResponses, names ...string) (bool, error) {
	for _, name := range names {
		_, err := client.OK(api.PlanServiceWithResponse(ctx, types.NewService{
			Name: name, Owner: "warehouse", System: system, CreateOwner: true, CreateSystem: true,
		}))
		if fault.Is(err, fault.Conflict) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
	}
	return true, nil
}

// end stops what runs and takes away what was made, also after an interruption.
func (j *journey) end(ctx context.Context, failed error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanTime)
	defer cancel()
	j.running.Stop()
	var err error
	if j.platform != nil {
		err = j.platform.env.Close(ctx)
	}
	if j.opts.keep {
		j.sayWhatIsLeft(failed)
		return err
	}
	if j.opts.portal {
		j.sayWhatStays()
	}
	return errors.Join(err, removeAll(j.folder))
}

// sayWhatStays names the services that are in somebody's portal now.
func (j *journey) sayWhatStays() {
	switch {
	case j.consumer.Commit != "":
		j.env.Talk("")
		j.env.Talk("%s and %s stay in the portal. Look: platform contracts show %s %s", j.provider.Name, j.consumer.Name, j.consumer.Name, j.provider.Name)
	case j.provider.Commit != "":
		j.env.Talk("")
		j.env.Talk("%s stays in the portal. Look: platform catalog get %s", j.provider.Name, j.provider.Name)
	}
}

// removeAll takes a folder away, also the parts that Go made read-only.
func removeAll(folder string) error {
	if os.RemoveAll(folder) == nil {
		return nil
	}
	_ = filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err == nil && entry.IsDir() {
			_ = os.Chmod(path, 0o700) //nolint:gosec // it is about to be removed
		}
		return nil
	})
	if err := os.RemoveAll(folder); err != nil {
		return fmt.Errorf("take the demo's folder away: %w", err)
	}
	return nil
}

// sayWhatIsLeft says where things are, and what to try there.
func (j *journey) sayWhatIsLeft(failed error) {
	data := ""
	if !j.opts.portal {
		data = " --data " + j.dataDir()
	}
	j.env.Talk("")
	j.env.Talk("Everything is still in %s. Try:", j.folder)
	if failed == nil {
		j.env.Talk("  platform contracts show %s %s%s", j.consumer.Name, j.provider.Name, data)
		j.env.Talk("  platform contracts can-i-deploy --service %s --version %s --environment %s%s", j.provider.Name, j.provider.Commit, production, data)
	}
	if !j.opts.portal {
		j.env.Talk("  platform serve%s     # and look at it in a browser", data)
	}
	if j.consumer.Folder != "" {
		j.env.Talk("  cd %s && make help", j.consumer.Folder)
	}
	j.env.Talk("When you are done: rm -rf %s", j.folder)
}
