// Package render has "platform render": a golden path's files and nothing else,
// made on this machine without server, network or repository.
package render

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/scaffolds"
)

const example = "platform render go-http --into ./orders --set name=orders --set owner=checkout"

type options struct {
	path, into            string
	set, packs, providers []string
}

// rendered is what the command prints.
type rendered struct {
	Path    string   `json:"path"`
	Version string   `json:"version"`
	Folder  string   `json:"folder"`
	Files   []string `json:"files"`
}

// Command returns "platform render". Open gives the golden paths.
func Command(env *cli.Env, open func() (*scaffolds.Library, error)) *cobra.Command {
	var opts options
	cmd := &cobra.Command{
		Use:   "render PATH",
		Short: "Write a golden path's files into a folder, and nothing else",
		Long: "Write a golden path's files into a folder, without server, network or repository. PATH is a golden path's name.\n" +
			"Answers are given by --set: name, owner, system, description, module, consumes (separated by commas), and the path's own.",
		Example: "  " + example + "\n  " + example + " --set consumes=inventory --provider inventory=../inventory/api/openapi.yaml",
		Args:    cli.Args(cobra.ExactArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			opts.path = args[0]
			return run(env, open, opts)
		},
	}
	cmd.Flags().StringVar(&opts.into, "into", "", "folder to write; it must be absent or empty")
	cmd.Flags().StringArrayVar(&opts.set, "set", nil, "`key=value`, an answer")
	cmd.Flags().StringSliceVar(&opts.packs, "pack", nil, "packs to add")
	cmd.Flags().StringArrayVar(&opts.providers, "provider", nil, "`name=file`, the OpenAPI document of a service in consumes")
	return cmd
}

func run(env *cli.Env, open func() (*scaffolds.Library, error), opts options) error {
	if opts.into == "" {
		return fault.New(fault.Invalid, "--into is missing.").WithHint("For example: %s", example).
			WithField("--into", "is the folder to write")
	}
	set, err := cli.ParseSet(opts.set)
	if err != nil {
		return err
	}
	answers := scaffolds.AnswersOf(set, opts.packs)
	providers, err := readProviders(env.Dir, opts.providers, answers.Consumes)
	if err != nil {
		return err
	}
	library, err := open()
	if err != nil {
		return err
	}
	path, err := library.Get(opts.path)
	if err != nil {
		return err
	}
	tree, err := path.Render(answers, providers)
	if err != nil {
		return err
	}
	folder := opts.into
	if !filepath.IsAbs(folder) {
		folder = filepath.Join(env.Dir, folder)
	}
	if err := tree.Write(folder); err != nil {
		return err
	}
	return report(env, path, tree, folder)
}

func report(env *cli.Env, path *scaffolds.Path, tree *scaffolds.Tree, folder string) error {
	result := rendered{Path: path.Name, Version: path.Version, Folder: folder, Files: make([]string, len(tree.Files))}
	for i, f := range tree.Files {
		result.Files[i] = f.Path
	}
	return env.Print(result, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "%s from %s %s in %s\n", cli.Count(len(result.Files), "file", "files"), path.Name, path.Version, folder)
		return err
	})
}

// readProviders reads the documents from which clients are made. One that is
// consumed and not given is a fault here: no server is asked.
func readProviders(dir string, words, consumes []string) ([]scaffolds.Provider, error) {
	providers := make([]scaffolds.Provider, 0, len(words))
	for _, word := range words {
		name, file, ok := strings.Cut(word, "=")
		if !ok || name == "" || file == "" {
			return nil, fault.New(fault.Invalid, "%q is not name=file.", word).
				WithHint("For example: --provider inventory=../inventory/api/openapi.yaml")
		}
		if !filepath.IsAbs(file) {
			file = filepath.Join(dir, file)
		}
		document, err := os.ReadFile(filepath.Clean(file))
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fault.New(fault.NotFound, "There is no file %s.", file).
				WithHint("Give the OpenAPI document of %s: --provider %s=FILE", name, name)
		}
		if err != nil {
			return nil, fmt.Errorf("read OpenAPI document of %s: %w", name, err)
		}
		providers = append(providers, scaffolds.Provider{Name: name, OpenAPI: document})
	}
	for _, name := range consumes {
		if !slices.ContainsFunc(providers, func(p scaffolds.Provider) bool { return p.Name == name }) {
			return nil, fault.New(fault.Invalid, "The OpenAPI document of %s is missing.", name).
				WithField("--provider", "has no %s=FILE", name).
				WithHint("Rendering asks no server: --provider %s=FILE. Or let the platform find it: platform new service NAME --consumes %s", name, name)
		}
	}
	return providers, nil
}
