package newcmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/internal/fault"
)

// target returns the folder to clone into, "" for none, after making sure that
// cloning there can work: better to know before a repository exists.
func target(env *cli.Env, opts serviceOptions) (string, error) {
	if opts.noClone {
		return "", nil
	}
	folder := opts.into
	if folder == "" {
		folder = filepath.Base(opts.Name)
	}
	if !filepath.IsAbs(folder) {
		folder = filepath.Join(env.Dir, folder)
	}
	if err := absentOrEmpty(folder); err != nil {
		return "", err
	}
	if _, err := exec.LookPath("git"); err != nil {
		return "", fault.New(fault.MissingTool, "The program git is not installed, so the new service cannot be cloned here.").
			WithHint("Install it (apt-get install git), or leave the clone out with --no-clone.").WithCause(err)
	}
	return folder, nil
}

// absentOrEmpty refuses a folder that holds something.
func absentOrEmpty(folder string) error {
	entries, err := os.ReadDir(folder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		if info, statErr := os.Stat(folder); statErr == nil && !info.IsDir() {
			return taken(folder, "is a file")
		}
		return fmt.Errorf("look into %s: %w", folder, err)
	case len(entries) > 0:
		return taken(folder, "is not empty")
	}
	return nil
}

func taken(folder, why string) error {
	return fault.New(fault.Conflict, "%s %s; nothing was made.", folder, why).
		WithHint("Choose another folder with --into, or leave the clone out with --no-clone.")
}

// clone makes a work tree of the new repository: from the folder it is in when
// that is on this machine, else over HTTP.
func clone(ctx context.Context, env *cli.Env, m made, folder string) error {
	source, settings := m.LocalPath, []string(nil)
	if info, err := os.Stat(m.LocalPath); m.LocalPath == "" || err != nil || !info.IsDir() {
		address, token, _, err := env.Server(ctx)
		if err != nil {
			return err
		}
		source = m.CloneURL
		settings = authorization(m.CloneURL, address, token)
	}
	cmd := exec.CommandContext(ctx, "git", "clone", "--quiet", "--", source, folder) // #nosec G204 -- no shell; "--" ends the options
	cmd.Env = append(cmd.Environ(), append(settings, "GIT_TERMINAL_PROMPT=0")...)
	var talk bytes.Buffer
	cmd.Stderr = &talk
	if err := cmd.Run(); err != nil {
		return fault.New(fault.Unavailable, "%s is made and registered, but could not be cloned: %s", m.Name, lastLine(talk.String())).
			WithHint("Clone it yourself: git clone %s %s", source, folder).WithCause(err)
	}
	return nil
}

// authorization gives git the token for this one command by its environment, so
// that it is neither in the process list nor stored. It goes to the platform's
// own server only, never to another host that happens to be named.
func authorization(cloneURL, server, token string) []string {
	c, err := url.Parse(cloneURL)
	s, serverErr := url.Parse(server)
	if token == "" || err != nil || serverErr != nil || c.Scheme != s.Scheme || c.Host != s.Host {
		return nil
	}
	return []string{
		"GIT_CONFIG_COUNT=1",
		"GIT_CONFIG_KEY_0=http." + s.Scheme + "://" + s.Host + "/.extraHeader",
		"GIT_CONFIG_VALUE_0=Authorization: Bearer " + token,
	}
}

func lastLine(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return lines[len(lines)-1]
}
