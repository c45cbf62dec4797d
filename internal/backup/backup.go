// Package backup writes everything a platform keeps, its database and the git
// repositories in its data directory, into one file, and puts it back. It knows
// files and databases, not what is in them.
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
	"os"
	"path/filepath"
	"time"

	"github.com/goldenpath/platform/internal/database"
	"github.com/goldenpath/platform/internal/fault"
)

const (
	manifestName = "manifest.json"
	// format is the version of the archive's own layout.
	format = 1
	// repositories is the folder of the data directory that is kept.
	repositories = "repositories"
)

// databasePart is what the database is called in the archive.
func databasePart(dialect database.Dialect) string {
	if dialect == database.Postgres {
		return "database.dump"
	}
	return "database.sqlite"
}

// Manifest says what is in an archive. It is written last and read first.
type Manifest struct {
	Format    int              `json:"format"`
	Platform  string           `json:"platform"` // version of the program that wrote it
	CreatedAt time.Time        `json:"created_at"`
	Dialect   database.Dialect `json:"dialect"`
	Version   database.Version `json:"version"`
	Parts     []Part           `json:"parts"`
}

// Part is one file of an archive.
type Part struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Size returns how many bytes the parts have when unpacked.
func (m Manifest) Size() int64 {
	var sum int64
	for _, part := range m.Parts {
		sum += part.Size
	}
	return sum
}

// Source is what is backed up. The platform may be running on it.
type Source struct {
	DB       *database.DB
	Data     string // the data directory
	Platform string // version of this program
	Now      time.Time
}

// WriteFile writes an archive at path, which must be free. It appears there
// whole or not at all.
func WriteFile(ctx context.Context, path string, from Source) (Manifest, error) {
	if _, err := os.Lstat(path); err == nil {
		return Manifest{}, fault.New(fault.Conflict, "%s is there already.", path).WithHint("Name a file that is not there yet.")
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".backup-*") // mode 0600: it holds everything
	if err != nil {
		return Manifest{}, unwritable(path, err)
	}
	defer os.Remove(file.Name()) // gone already when all went well
	manifest, err := Write(ctx, file, from)
	if err == nil {
		err = file.Sync()
	}
	if err := errors.Join(err, file.Close()); err != nil {
		return manifest, err
	}
	if err := os.Rename(file.Name(), path); err != nil {
		return manifest, unwritable(path, err)
	}
	return manifest, nil
}

func unwritable(path string, err error) error {
	code := fault.Invalid
	if errors.Is(err, fs.ErrPermission) {
		code = fault.Forbidden
	}
	return fault.New(code, "Nothing can be written at %s: %s.", path, reason(err)).
		WithHint("Name a place in a folder that is there and that you may write to.").WithCause(err)
}

// reason is what the system says, without the path.
func reason(err error) string {
	if at, ok := errors.AsType[*fs.PathError](err); ok {
		return at.Err.Error()
	}
	return err.Error()
}

// Write writes an archive. The database comes first, as it is at one moment;
// repositories may be a moment newer, which hurts nobody: a run that was on its
// way looks what is done already.
func Write(ctx context.Context, w io.Writer, from Source) (Manifest, error) {
	version, err := from.DB.Version(ctx)
	if err != nil {
		return Manifest{}, err
	}
	a := &archive{zip: zip.NewWriter(w), written: map[string]bool{}, Manifest: Manifest{
		Format: format, Platform: from.Platform, CreatedAt: from.Now.UTC().Truncate(time.Second),
		Dialect: from.DB.Dialect(), Version: version,
	}}
	if err := a.addDatabase(ctx, from); err != nil {
		return a.Manifest, err
	}
	if err := a.addRepositories(ctx, from.Data); err != nil {
		return a.Manifest, fmt.Errorf("back up repositories: %w", err)
	}
	manifest, err := a.zip.Create(manifestName)
	if err != nil {
		return a.Manifest, fmt.Errorf("write the manifest: %w", err)
	}
	out := json.NewEncoder(manifest)
	out.SetIndent("", "  ")
	if err := errors.Join(out.Encode(a.Manifest), a.zip.Close()); err != nil {
		return a.Manifest, fmt.Errorf("write the manifest: %w", err)
	}
	return a.Manifest, nil
}

// addDatabase copies the database into a file of its own first: an archive is
// slow to write, and nobody should wait for it.
func (a *archive) addDatabase(ctx context.Context, from Source) error {
	if err := os.MkdirAll(from.Data, 0o700); err != nil {
		return unwritable(from.Data, err)
	}
	dir, err := os.MkdirTemp(from.Data, ".backup-") // not in /tmp, which may be small
	if err != nil {
		return unwritable(from.Data, err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, databasePart(a.Dialect))
	if a.Dialect == database.Postgres {
		err = dump(ctx, from.DB.Pool().Config(), path)
	} else {
		err = from.DB.SnapshotTo(ctx, path)
	}
	if err != nil {
		return err
	}
	return a.addFile(path, databasePart(a.Dialect), zip.Deflate)
}

// archive is one that is being written.
type archive struct {
	Manifest

	zip     *zip.Writer
	written map[string]bool
}

// addFile copies a file and remembers its digest.
func (a *archive) addFile(path, name string, method uint16) error {
	file, err := os.Open(filepath.Clean(path))
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	header := &zip.FileHeader{Name: name, Method: method, Modified: info.ModTime().UTC()}
	header.SetMode(info.Mode().Perm())
	out, err := a.zip.CreateHeader(header)
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	digest := sha256.New()
	n, err := io.Copy(io.MultiWriter(out, digest), file)
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	a.Parts = append(a.Parts, Part{Name: name, Size: n, SHA256: hex.EncodeToString(digest.Sum(nil))})
	a.written[name] = true
	return nil
}

// addFolder keeps a folder, even when nothing is in it: git wants some.
func (a *archive) addFolder(name string) error {
	if a.written[name] {
		return nil
	}
	a.written[name] = true
	header := &zip.FileHeader{Name: name + "/"}
	header.SetMode(fs.ModeDir | 0o700)
	if _, err := a.zip.CreateHeader(header); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}
