// Command dockerfile-check judges the Dockerfile of a folder with BuildKit's own
// parser and linter, and runs the commands of its build stage without a
// container. The image is not built: that takes a container engine.
//
//	dockerfile-check DIR
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/goldenpath/platform/scaffolds/validators"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: dockerfile-check DIR")
		os.Exit(2)
	}
	if err := check(context.Background(), os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "Error:", err)
		os.Exit(1)
	}
	fmt.Fprintln(os.Stdout, "The Dockerfile is right, and its build stage's commands run. The image is not built here.")
}

func check(ctx context.Context, dir string) error {
	text, err := os.ReadFile(filepath.Join(dir, "Dockerfile")) //nolint:gosec // the folder is given by whoever asks
	if err != nil {
		return fmt.Errorf("read the Dockerfile: %w", err)
	}
	found, err := validators.LintDockerfile(ctx, text)
	if err != nil {
		return err
	}
	for _, problem := range found {
		fmt.Fprintln(os.Stderr, problem)
	}
	if len(found) > 0 {
		return fmt.Errorf("%d mistakes in the Dockerfile", len(found))
	}
	root, err := os.MkdirTemp("", "dockerfile-check-")
	if err != nil {
		return fmt.Errorf("make a folder for the build stage: %w", err)
	}
	defer os.RemoveAll(root)
	return validators.RunBuildStages(ctx, dir, root)
}
