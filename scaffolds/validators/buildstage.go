package validators

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
)

// RunBuildStages runs the commands of the stages that a Dockerfile's last stage
// copies from, without a container: folders of the image are folders of root,
// and the programs are this machine's. What it shows is that the commands work
// on the files that reach an image; the image itself is not built.
func RunBuildStages(ctx context.Context, dir, root string) error {
	text, err := os.ReadFile(filepath.Join(dir, "Dockerfile")) //nolint:gosec // the folder is given by whoever asks
	if err != nil {
		return fmt.Errorf("read the Dockerfile: %w", err)
	}
	stages, err := stagesOf(text)
	if err != nil {
		return err
	}
	copied := copiedFrom(stages)
	for _, stage := range stages {
		if len(copied[stage.Name]) == 0 {
			continue
		}
		s := &buildStage{root: root, context: dir, wd: "/", outputs: copied[stage.Name]}
		for _, command := range stage.Commands {
			if err := s.do(ctx, command); err != nil {
				return err
			}
		}
		for _, output := range s.outputs {
			if info, err := os.Stat(s.at(output)); err != nil || info.Size() == 0 {
				return fmt.Errorf("the stage %s makes no %s, which is copied from it", stage.Name, output)
			}
		}
	}
	return nil
}

// copiedFrom are the paths that are copied from each stage.
func copiedFrom(stages []instructions.Stage) map[string][]string {
	out := map[string][]string{}
	for _, stage := range stages {
		for _, command := range stage.Commands {
			if c, ok := command.(*instructions.CopyCommand); ok && c.From != "" {
				out[c.From] = append(out[c.From], c.SourcePaths...)
			}
		}
	}
	return out
}

// buildStage is a stage whose commands are run.
type buildStage struct {
	root, context, wd string
	outputs           []string
	env               []string
}

// at is where a path of the image is on this machine.
func (s *buildStage) at(name string) string {
	if !path.IsAbs(name) {
		name = path.Join(s.wd, name)
	}
	return filepath.Join(s.root, filepath.FromSlash(name))
}

func (s *buildStage) do(ctx context.Context, command instructions.Command) error {
	switch c := command.(type) {
	case *instructions.WorkdirCommand:
		if s.wd = c.Path; !path.IsAbs(s.wd) {
			return fmt.Errorf("WORKDIR %s is not absolute", c.Path)
		}
		return os.MkdirAll(s.at("."), 0o750)
	case *instructions.ArgCommand:
		for _, arg := range c.Args {
			value := map[string]string{"TARGETOS": runtime.GOOS, "TARGETARCH": runtime.GOARCH}[arg.Key]
			if arg.Value != nil {
				value = *arg.Value
			}
			s.env = append(s.env, arg.Key+"="+value)
		}
	case *instructions.EnvCommand:
		for _, variable := range c.Env {
			s.env = append(s.env, variable.Key+"="+variable.Value)
		}
	case *instructions.CopyCommand:
		return s.copy(c)
	case *instructions.RunCommand:
		return s.run(ctx, c)
	default:
		return fmt.Errorf("%s cannot be run without a container", command.Name())
	}
	return nil
}

func (s *buildStage) run(ctx context.Context, c *instructions.RunCommand) error {
	if !c.PrependShell || len(c.Files) > 0 {
		return errors.New("RUN of another form than a line for the shell cannot be run without a container")
	}
	line := strings.Join(c.CmdLine, " ")
	for _, folder := range append([]string{s.wd}, folders(s.outputs)...) {
		if folder != "/" {
			named := regexp.MustCompile(`(^|[\s"'=>:])` + regexp.QuoteMeta(folder) + `\b`)
			line = named.ReplaceAllString(line, "${1}"+s.at(folder))
		}
	}
	cmd := exec.CommandContext(ctx, "sh", "-e", "-c", line) //nolint:gosec // running it is what this is for
	cmd.Dir, cmd.Env = s.at("."), append(cmd.Environ(), s.env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("RUN %s: %w\n%s", strings.Join(c.CmdLine, " "), err, out)
	}
	return nil
}

// folders are those of paths of the image.
func folders(paths []string) (out []string) {
	for _, name := range paths {
		if dir := path.Dir(name); path.IsAbs(dir) && !slices.Contains(out, dir) {
			out = append(out, dir)
		}
	}
	return out
}

// copy copies files of the context, without those that .dockerignore keeps out
// of it.
func (s *buildStage) copy(c *instructions.CopyCommand) error {
	if c.From != "" {
		return fmt.Errorf("COPY --from=%s into a stage that builds cannot be run without a container", c.From)
	}
	ignored, err := s.ignored()
	if err != nil {
		return err
	}
	for _, source := range c.SourcePaths {
		found := false
		err := filepath.WalkDir(filepath.Join(s.context, source), func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			inContext, err := filepath.Rel(s.context, name)
			if err != nil {
				return err
			}
			if out, err := ignored.MatchesOrParentMatches(inContext); err != nil || out {
				return err
			}
			found = true
			inner, err := filepath.Rel(filepath.Join(s.context, source), name)
			if err != nil {
				return err
			}
			to := filepath.Join(s.at(c.DestPath), inner)
			if inner == "." && (strings.HasSuffix(c.DestPath, "/") || len(c.SourcePaths) > 1) {
				to = filepath.Join(s.at(c.DestPath), filepath.Base(name))
			}
			return copyFile(name, to)
		})
		if err != nil {
			return fmt.Errorf("COPY %s: %w", source, err)
		}
		if !found {
			return fmt.Errorf("COPY %s: no file of it reaches the image, see .dockerignore", source)
		}
	}
	return nil
}

func (s *buildStage) ignored() (*patternmatcher.PatternMatcher, error) {
	file, err := os.Open(filepath.Join(s.context, ".dockerignore"))
	if errors.Is(err, fs.ErrNotExist) {
		return patternmatcher.New(nil)
	}
	if err != nil {
		return nil, fmt.Errorf("read .dockerignore: %w", err)
	}
	defer file.Close()
	patterns, err := ignorefile.ReadAll(file)
	if err != nil {
		return nil, fmt.Errorf("read .dockerignore: %w", err)
	}
	return patternmatcher.New(slices.Clip(patterns))
}

func copyFile(from, to string) error {
	body, err := os.ReadFile(from) //nolint:gosec // a file of the context
	if err != nil {
		return err
	}
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o750); err != nil {
		return err
	}
	return os.WriteFile(to, body, info.Mode().Perm()) //nolint:gosec // into a folder of our own
}
