package backup

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/goldenpath/platform/internal/database"
	"github.com/goldenpath/platform/internal/fault"
)

// unpack writes everything into a folder in the data directory, then moves it to
// its place. The database comes last: with it the platform is there.
func unpack(ctx context.Context, r *zip.Reader, m Manifest, to Target) (err error) {
	if err := os.MkdirAll(to.Data, 0o700); err != nil {
		return unwritable(to.Data, err)
	}
	dir, err := os.MkdirTemp(to.Data, ".restoring-")
	if err != nil {
		return unwritable(to.Data, err)
	}
	defer os.RemoveAll(dir)
	for _, file := range r.File {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := unpackFile(dir, file); err != nil {
			return fmt.Errorf("unpack %s: %w", file.Name, err)
		}
	}
	place := filepath.Join(to.Data, repositories)
	err = os.Rename(filepath.Join(dir, repositories), place)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return unwritable(place, err)
	}
	defer func() {
		if err != nil {
			_ = os.RemoveAll(place) // it was not there before us
		}
	}()
	part := filepath.Join(dir, databasePart(m.Dialect))
	if m.Dialect == database.Postgres {
		return restorePostgres(ctx, part, to)
	}
	return restoreSQLite(part, to)
}

func unpackFile(dir string, file *zip.File) error {
	path := filepath.Join(dir, filepath.FromSlash(file.Name)) // verify refuses what leads out
	if file.FileInfo().IsDir() {
		return os.MkdirAll(path, 0o700)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	out, err := os.OpenFile(filepath.Clean(path), os.O_WRONLY|os.O_CREATE|os.O_EXCL, file.Mode().Perm()|0o600)
	if err != nil {
		return err
	}
	_, err = copyPart(out, file)
	if err == nil && !strings.HasPrefix(file.Name, repositories) {
		err = out.Sync()
	}
	return errors.Join(err, out.Close())
}

func restoreSQLite(part string, to Target) error {
	place := strings.TrimPrefix(strings.TrimPrefix(to.Database, "sqlite:"), "//")
	// A journal that is left there would be read into the new database.
	for _, name := range []string{place, place + "-wal", place + "-journal"} {
		if _, err := os.Lstat(name); err == nil {
			return fault.New(fault.Conflict, "The database %s is there already.", name).
				WithHint("Move it away first: mv %s %s.old", name, name)
		}
	}
	if err := os.Chmod(part, 0o600); err != nil {
		return unwritable(place, err)
	}
	if err := os.MkdirAll(filepath.Dir(place), 0o700); err != nil {
		return unwritable(place, err)
	}
	err := os.Rename(part, place)
	if errors.Is(err, syscall.EXDEV) {
		err = moveAcross(part, place)
	}
	if err != nil {
		return unwritable(place, err)
	}
	return nil
}

// moveAcross moves a file to another file system, where it appears whole.
func moveAcross(from, to string) error {
	in, err := os.Open(filepath.Clean(from))
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.CreateTemp(filepath.Dir(to), ".restoring-*")
	if err != nil {
		return err
	}
	defer os.Remove(out.Name()) // gone already when all went well
	_, err = io.Copy(out, in)
	if err := errors.Join(err, out.Sync(), out.Close()); err != nil {
		return err
	}
	return os.Rename(out.Name(), to)
}

func restorePostgres(ctx context.Context, part string, to Target) error {
	db, err := database.Open(ctx, to.Database, to.Log)
	if err != nil {
		return err
	}
	defer db.Close()
	var tables int
	if err := db.SQL().QueryRowContext(ctx, "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()").Scan(&tables); err != nil {
		return fmt.Errorf("look whether the database is empty: %w", err)
	}
	if tables > 0 {
		return fault.New(fault.Conflict, "The database %s is not empty: it has %d tables.", db.Name(), tables).
			WithHint("Make an empty one, and name it with --database: createdb NAME")
	}
	return load(ctx, db.Pool().Config(), part)
}
