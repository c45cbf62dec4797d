package authoring

import (
	"embed"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/scaffolds"
)

// The files of a new path. Each has .txt added to its name: Go embeds no module
// inside another.
//
//go:embed all:starter
var starter embed.FS

// starterName is what a new path is called before it has a name.
const starterName = "starter-path"

// Create writes a small path that passes every test, for an author to change.
func Create(name, dir string) ([]string, error) {
	if !isName(name) || len(name) > 63 {
		return nil, fault.New(fault.Invalid, "%q cannot be the name of a golden path.", name).
			WithHint("Use at most 63 lower-case letters, digits and single dashes, starting with a letter, for example go-worker")
	}
	tree := &scaffolds.Tree{}
	var names []string
	err := fs.WalkDir(starter, "starter", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := starter.ReadFile(file)
		if err != nil {
			return err
		}
		rel := strings.TrimSuffix(strings.TrimPrefix(file, "starter/"), ".txt")
		names = append(names, rel)
		tree.Files = append(tree.Files, scaffolds.File{Path: rel, Body: []byte(strings.ReplaceAll(string(body), starterName, name))})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the new path's files: %w", err)
	}
	return names, tree.Write(filepath.Clean(dir))
}
