package backup

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/goldenpath/platform/internal/database"
	"github.com/goldenpath/platform/internal/fault"
)

// Target is where a backup is restored to. Nothing may be there yet.
type Target struct {
	Data     string // the data directory
	Database string // address of the database, as for database.Open
	Log      *slog.Logger
}

// lockName is the one file that may be in an empty data directory: whoever
// restores has locked it.
const lockName = "lock"

// Restore puts back what an archive holds. The whole archive is checked before
// anything is touched, and unpacked beside the place where it goes.
func Restore(ctx context.Context, path string, to Target) (Manifest, error) {
	r, err := zip.OpenReader(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Manifest{}, fault.New(fault.NotFound, "There is no file %s.", path).WithHint("Name the file that platform backup wrote.").WithCause(err)
	}
	if err != nil {
		return Manifest{}, damaged(path, err)
	}
	defer r.Close()
	manifest, err := readManifest(path, &r.Reader)
	if err != nil {
		return manifest, err
	}
	if err := acceptable(path, manifest, to); err != nil {
		return manifest, err
	}
	if err := free(to.Data); err != nil {
		return manifest, err
	}
	if err := verify(ctx, path, &r.Reader, manifest); err != nil {
		return manifest, err
	}
	return manifest, unpack(ctx, &r.Reader, manifest, to)
}

func damaged(path string, err error) error {
	return fault.New(fault.Invalid, "%s is damaged, or not a backup of a platform.", path).
		WithHint("Nothing was changed. Use another backup.").WithCause(err)
}

// maxManifest is far more than the list of a platform's repositories takes.
const maxManifest = 64 << 20

func readManifest(path string, r *zip.Reader) (Manifest, error) {
	var m Manifest
	file, err := r.Open(manifestName)
	if err != nil {
		return m, damaged(path, err)
	}
	defer file.Close()
	// Read to its end: only there the archive says whether it is whole.
	content, err := io.ReadAll(io.LimitReader(file, maxManifest))
	if err != nil {
		return m, damaged(path, err)
	}
	if err := json.Unmarshal(content, &m); err != nil {
		return m, damaged(path, err)
	}
	return m, nil
}

// acceptable refuses what this program cannot restore there.
func acceptable(path string, m Manifest, to Target) error {
	if m.Format > format {
		return fault.New(fault.Conflict, "%s was written by a newer platform, %s.", path, m.Platform).
			WithHint("Install the platform that wrote it, or a newer one.")
	}
	dialect := database.SQLite
	if !strings.HasPrefix(to.Database, "sqlite:") {
		dialect = database.Postgres
	}
	if m.Dialect != dialect {
		return fault.New(fault.Invalid, "%s holds a database of kind %s, which cannot be restored into one of kind %s.", path, m.Dialect, dialect).
			WithHint("Name a database of the same kind: --database")
	}
	known, err := database.Known(dialect)
	if err != nil {
		return err
	}
	if m.Version.NewerThan(known) {
		return fault.New(fault.Conflict, "%s was written by a newer platform, %s: it is at %s, this one knows up to %s.", path, m.Platform, m.Version, known).
			WithHint("Install the platform that wrote it, or a newer one.")
	}
	return nil
}

// free refuses a data directory that holds something.
func free(data string) error {
	entries, err := os.ReadDir(data)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return unwritable(data, err)
	}
	for _, e := range entries {
		if e.Name() != lockName {
			return fault.New(fault.Conflict, "The data directory %s is not empty: there is %s.", data, e.Name()).
				WithHint("Restore into an empty one, --data DIR, or move this one away first: mv %s %s.old", data, data)
		}
	}
	return nil
}

// verify reads everything once and compares it with the manifest.
func verify(ctx context.Context, path string, r *zip.Reader, m Manifest) error {
	expected := make(map[string]Part, len(m.Parts))
	for _, part := range m.Parts {
		expected[part.Name] = part
	}
	for _, file := range r.File {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case !filepath.IsLocal(file.Name):
			return damaged(path, fmt.Errorf("%q leads out of the data directory", file.Name))
		case file.Name == manifestName || file.FileInfo().IsDir():
			continue
		}
		part, ok := expected[file.Name]
		if !ok {
			return damaged(path, fmt.Errorf("%s is not in the manifest, or there twice", file.Name))
		}
		delete(expected, file.Name)
		digest := sha256.New()
		n, err := copyPart(digest, file)
		if sum := hex.EncodeToString(digest.Sum(nil)); err != nil || n != part.Size || sum != part.SHA256 {
			return damaged(path, errors.Join(err, fmt.Errorf("%s has %d bytes and digest %s, want %d and %s", file.Name, n, sum, part.Size, part.SHA256)))
		}
	}
	for name := range expected {
		return damaged(path, fmt.Errorf("%s is missing", name))
	}
	if _, err := r.Open(databasePart(m.Dialect)); err != nil {
		return damaged(path, err)
	}
	return nil
}

func copyPart(w io.Writer, file *zip.File) (int64, error) {
	in, err := file.Open()
	if err != nil {
		return 0, err
	}
	defer in.Close()
	return io.Copy(w, in) //nolint:gosec // sizes are compared with the manifest
}
