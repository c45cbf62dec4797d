package portal

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
)

// archive is all programs in one file. The file has no name any more: it goes
// with the process, however that ends.
type archive struct {
	file     *os.File
	size     int64
	sum      string
	of       string // checksums of the programs in it
	modified time.Time
}

func (d *Downloads) archiveName() string {
	if d.windows {
		return "platform-" + d.target + ".zip"
	}
	return "platform-" + d.target + ".tar.gz"
}

// pack returns the archive, made when somebody first wants it and made anew
// when a program was replaced. A replaced one stays open for those who read it;
// it is closed when nobody refers to it.
func (d *Downloads) pack(c echo.Context) (*archive, error) {
	var of strings.Builder
	var modified time.Time
	for _, p := range d.programs {
		sum, err := d.sumOf(p.path)
		if err != nil {
			return nil, err
		}
		of.WriteString(sum.sum)
		if sum.modified.After(modified) {
			modified = sum.modified
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.archive != nil && d.archive.of == of.String() {
		return d.archive, nil
	}
	if err := c.Request().Context().Err(); err != nil {
		return nil, err
	}
	a, err := d.newArchive()
	if err != nil {
		return nil, fmt.Errorf("pack programs: %w", err)
	}
	a.of, a.modified = of.String(), modified
	d.archive = a
	return a, nil
}

func (d *Downloads) newArchive() (_ *archive, err error) {
	file, err := os.CreateTemp("", "platform-download-*")
	if err != nil {
		return nil, err
	}
	defer func() {
		// Windows removes no file that is open; there it stays in the folder for
		// temporary files.
		_ = os.Remove(file.Name())
		if err != nil {
			err = errors.Join(err, file.Close())
		}
	}()
	hash := sha256.New()
	out := io.MultiWriter(file, hash)
	if d.windows {
		err = d.writeZip(out)
	} else {
		err = d.writeTar(out)
	}
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	return &archive{file: file, size: info.Size(), sum: hex.EncodeToString(hash.Sum(nil))}, nil
}

const executableMode = 0o755

func (d *Downloads) writeTar(w io.Writer) error {
	packed, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
	if err != nil {
		return err
	}
	files := tar.NewWriter(packed)
	for _, p := range d.programs {
		err := copyProgram(p, func(info os.FileInfo) (io.Writer, error) {
			return files, files.WriteHeader(&tar.Header{Name: p.name, Mode: executableMode, Size: info.Size(), ModTime: info.ModTime()})
		})
		if err != nil {
			return err
		}
	}
	return errors.Join(files.Close(), packed.Close())
}

func (d *Downloads) writeZip(w io.Writer) error {
	files := zip.NewWriter(w)
	for _, p := range d.programs {
		err := copyProgram(p, func(info os.FileInfo) (io.Writer, error) {
			header := &zip.FileHeader{Name: p.name, Method: zip.Deflate, Modified: info.ModTime()}
			header.SetMode(executableMode)
			return files.CreateHeader(header)
		})
		if err != nil {
			return err
		}
	}
	return files.Close()
}

// copyProgram copies a program to where begin says.
func copyProgram(p program, begin func(os.FileInfo) (io.Writer, error)) error {
	file, err := os.Open(p.path)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	w, err := begin(info)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, file)
	return err
}
