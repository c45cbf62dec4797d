package packing

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
)

// File is a file of a path, by its name in the path's folder.
type File struct {
	Name string
	Body []byte
}

// OpenWork reads a path as its author has it: with files that git does not
// track yet, and where there is no repository. What git ignores is left out.
func OpenWork(ctx context.Context, dir string) (*Source, error) {
	cmd := exec.CommandContext(ctx, "git", "-C", dir, "ls-files", "-z", "--cached", "--others", "--exclude-standard") //nolint:gosec // the folder was given by whoever runs this
	out, err := cmd.Output()
	if err != nil || len(out) == 0 {
		names, err := walk(dir)
		if err != nil {
			return nil, err
		}
		return read(dir, names)
	}
	var names []string
	for name := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil { // not one that was removed
			names = append(names, name)
		}
	}
	return read(dir, names)
}

// walk lists a folder that no repository has.
func walk(dir string) ([]string, error) {
	var names []string
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, name)
		names = append(names, filepath.ToSlash(rel))
		return err
	})
	return names, err
}

// Files are the path's files, sorted.
func (s *Source) Files() []File {
	out := make([]File, len(s.files))
	for i, f := range s.files {
		out[i] = File{Name: f.name, Body: f.body}
	}
	return out
}

// IsRecorded reports whether any version of the path is recorded: before the
// first, contents may change freely.
func (s *Source) IsRecorded() bool {
	recorded, err := s.recorded()
	return err != nil || len(recorded) > 0
}

// Sample is the OpenAPI document that stands for every service consumed, nil
// when the path repeats nothing.
func (s *Source) Sample() []byte {
	for _, repeat := range s.manifest.Repeat {
		for _, made := range repeat.Files {
			if made.Make == "provider-document" {
				return s.file(path.Join("golden", repeat.Dir, made.To))
			}
		}
	}
	return nil
}
