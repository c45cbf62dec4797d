// Command pack packs the golden paths into scaffolds/dist, for the program to
// be built with. Run it in the repository's root, as
// go run ./scaffolds/pack.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"

	"github.com/goldenpath/platform/scaffolds/internal/packing"
)

type options struct {
	paths, into          string
	check, record, amend bool
}

func main() {
	var o options
	flag.StringVar(&o.paths, "paths", filepath.Join("scaffolds", "paths"), "`folder` of the golden paths")
	flag.StringVar(&o.into, "into", filepath.Join("scaffolds", "dist"), "`folder` of the archives")
	flag.BoolVar(&o.check, "check", false, "pack nothing; fail when contents changed under a version, or an archive is stale")
	flag.BoolVar(&o.record, "record", false, "record the contents of a new version")
	flag.BoolVar(&o.amend, "amend", false, "record other contents of a version that no service was ever made of")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "pack:", err)
		stop()
		os.Exit(1) //nolint:gocritic // stop was called
	}
}

func run(ctx context.Context, o options) error {
	manifests, err := filepath.Glob(filepath.Join(o.paths, "*", "path.yaml"))
	if err != nil {
		return err
	}
	if len(manifests) == 0 {
		return fmt.Errorf("there is no golden path in %s: run it in the repository's root", o.paths)
	}
	var problems []error
	wanted := map[string]bool{}
	for _, manifest := range manifests {
		source, err := packing.Open(ctx, filepath.Dir(manifest))
		if err != nil {
			return err
		}
		archive := filepath.Join(o.into, source.Name+".zip")
		wanted[archive] = true
		problems = append(problems, one(ctx, o, source, archive))
	}
	if !o.check {
		problems = append(problems, removeOthers(o.into, wanted))
	}
	return errors.Join(problems...)
}

func one(ctx context.Context, o options, source *packing.Source, archive string) error {
	switch {
	case o.check:
		old, err := os.ReadFile(archive) //nolint:gosec // the folder was given by whoever runs this
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if packing.Packed(old) != source.Digest {
			return errors.Join(source.Check(), fmt.Errorf("%s is stale: run make generate", archive))
		}
		return source.Check()
	case o.record, o.amend:
		if err := source.Record(o.amend); err != nil {
			return err
		}
	}
	packed, err := source.Pack(ctx)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(o.into, 0o750); err != nil {
		return err
	}
	// Written beside and moved: a build never reads half an archive.
	if err := os.WriteFile(archive+".new", packed, 0o644); err != nil { //nolint:gosec // read by the build, whoever runs it
		return err
	}
	return os.Rename(archive+".new", archive)
}

// removeOthers removes archives of paths that are gone.
func removeOthers(into string, wanted map[string]bool) error {
	archives, err := filepath.Glob(filepath.Join(into, "*.zip"))
	if err != nil {
		return err
	}
	for _, name := range archives {
		if !wanted[name] {
			if err := os.Remove(name); err != nil {
				return err
			}
		}
	}
	return nil
}
