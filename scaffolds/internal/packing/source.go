// Package packing turns the folder of a golden path into the archive that the
// program is built with. Whatever needs the toolchain happens here, so that
// rendering needs none: which modules each part of a path requires, and which
// files must be formatted again once their tokens are replaced.
package packing

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// digestsFile records what each version of a path consists of. It is not part
// of the path.
const digestsFile = "digests.txt"

// Source is a golden path as it stands in the repository.
type Source struct {
	Name, Version string
	Digest        string

	dir      string
	files    []sourceFile // sorted
	manifest manifest
}

type sourceFile struct {
	name       string
	body       []byte
	executable bool
}

// manifest is what packing reads of path.yaml; package scaffolds checks it.
type manifest struct {
	Name, Version, Language string

	Repeat []struct {
		Dir     string
		Files   []struct{ To, Make string }
		Imports []struct{ Package, Module, Version string }
	}
	Packs []struct{ Name string }
}

// Open reads the files of a path's folder that git tracks: what else lies
// there is somebody's own.
func Open(ctx context.Context, dir string) (*Source, error) {
	cmd := exec.CommandContext(ctx, "git", "-C", dir, "ls-files", "-z") //nolint:gosec // the folder was given by whoever runs this
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("list the files of %s: %w", dir, explained(err))
	}
	return read(dir, strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00"))
}

// read reads the files of a path.
func read(dir string, names []string) (*Source, error) {
	s := &Source{dir: dir}
	for _, name := range names {
		if name == "" || name == digestsFile {
			continue
		}
		f, err := readFile(dir, name)
		if err != nil {
			return nil, err
		}
		if name == "path.yaml" {
			if err := yaml.Unmarshal(f.body, &s.manifest); err != nil {
				return nil, fmt.Errorf("%s: %w", filepath.Join(dir, name), err)
			}
		}
		s.files = append(s.files, f)
	}
	slices.SortFunc(s.files, func(a, b sourceFile) int { return cmp.Compare(a.name, b.name) })
	if s.Name, s.Version = s.manifest.Name, s.manifest.Version; s.Name == "" || s.Version == "" {
		return nil, fmt.Errorf("%s: there is no path.yaml with a name and a version among its files", dir)
	}
	s.Digest = digest(s.files)
	return s, nil
}

func readFile(dir, name string) (sourceFile, error) {
	full := filepath.Join(dir, filepath.FromSlash(name))
	info, err := os.Lstat(full)
	if err != nil {
		return sourceFile{}, fmt.Errorf("read a tracked file: %w", err)
	}
	if !info.Mode().IsRegular() {
		return sourceFile{}, fmt.Errorf("%s is no regular file", full)
	}
	body, err := os.ReadFile(full) //nolint:gosec // git names the file
	if err != nil {
		return sourceFile{}, fmt.Errorf("read a tracked file: %w", err)
	}
	return sourceFile{name: name, body: body, executable: info.Mode()&0o111 != 0}, nil
}

// digest covers names, modes and contents.
func digest(files []sourceFile) string {
	h := sha256.New()
	for _, f := range files {
		fmt.Fprintf(h, "%q %t %d\n", f.name, f.executable, len(f.body))
		h.Write(f.body)
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}

func (s *Source) file(name string) []byte {
	for _, f := range s.files {
		if f.name == name {
			return f.body
		}
	}
	return nil
}

// Check fails when the contents of a version are not those that were recorded:
// services remember versions, so one that changes silently breaks upgrades.
func (s *Source) Check() error {
	recorded, err := s.recorded()
	if err != nil {
		return err
	}
	switch digest, ok := recorded[s.Version]; {
	case !ok:
		return fmt.Errorf("%s: version %s is not recorded in %s: run go run ./scaffolds/pack -record", s.Name, s.Version, digestsFile)
	case digest != s.Digest:
		return fmt.Errorf("%s: its contents changed, its version is still %s: raise the version in %s and run go run ./scaffolds/pack -record"+
			" (or -amend, when no service was ever made of this version)", s.Name, s.Version, filepath.Join(s.dir, "path.yaml"))
	}
	return nil
}

// Record adds the version and its digest to the record. Amend replaces the
// digest of a version that nobody has used.
func (s *Source) Record(amend bool) error {
	recorded, err := s.recorded()
	if err != nil {
		return err
	}
	if old, ok := recorded[s.Version]; ok && old != s.Digest && !amend {
		return s.Check()
	}
	recorded[s.Version] = s.Digest
	var out bytes.Buffer
	for _, version := range sortedVersions(recorded) {
		fmt.Fprintf(&out, "%s %s\n", version, recorded[version])
	}
	return os.WriteFile(filepath.Join(s.dir, digestsFile), out.Bytes(), 0o644) //nolint:gosec // a file of the repository
}

// recorded reads the digest of each version.
func (s *Source) recorded() (map[string]string, error) {
	text, err := os.ReadFile(filepath.Join(s.dir, digestsFile))
	if os.IsNotExist(err) {
		return map[string]string{}, nil
	}
	if err != nil {
		return nil, err
	}
	recorded := map[string]string{}
	for line := range strings.Lines(string(text)) {
		version, digest, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok {
			return nil, fmt.Errorf("%s: %q is not a version and a digest", filepath.Join(s.dir, digestsFile), strings.TrimSpace(line))
		}
		recorded[version] = digest
	}
	return recorded, nil
}

// explained adds what a program said to why it failed.
func explained(err error) error {
	if exit, ok := err.(*exec.ExitError); ok && len(exit.Stderr) > 0 { //nolint:errorlint // Output returns it as it is
		return fmt.Errorf("%w: %s", err, bytes.TrimSpace(exit.Stderr))
	}
	return err
}
