package portal

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/internal/fault"
)

// checksums is the file that lists the digests of the programs, for
// sha256sum --check.
const checksums = "SHA256SUMS"

// Downloads hands out the programs this server is made of, so that pipelines
// use the version that their server is. Only the system it runs on is offered:
// it has no other programs.
type Downloads struct {
	target   string // linux-amd64
	programs []program
	windows  bool

	mu      sync.Mutex
	sums    map[string]digest // by path
	archive *archive
}

// program is one file that is handed out under its name.
type program struct{ name, path string }

// digest is the checksum of a file as it was: a program may be replaced while
// the server runs.
type digest struct {
	size     int64
	modified time.Time
	sum      string
}

// NewDownloads offers the executable of the platform at path and, when it is
// there, the one that verifies pacts; that path may be empty.
func NewDownloads(executable, verifier string) *Downloads {
	d := &Downloads{target: runtime.GOOS + "-" + runtime.GOARCH, windows: runtime.GOOS == "windows", sums: map[string]digest{}}
	ending := ""
	if d.windows {
		ending = ".exe"
	}
	d.programs = []program{{"platform" + ending, executable}}
	if verifier != "" {
		d.programs = append(d.programs, program{"pact-verifier" + ending, verifier})
	}
	return d
}

// Verifier returns the path of the program that verifies pacts beside an
// executable, or "".
func Verifier(executable string) string {
	path := filepath.Join(filepath.Dir(executable), "pact-verifier"+filepath.Ext(executable))
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return ""
	}
	return path
}

// list answers GET /download.
func (d *Downloads) list(c echo.Context) error {
	base := "/download/" + d.target
	lines := []string{base, base + "/sha256", base + "/" + checksums}
	for _, p := range d.programs {
		lines = append(lines, base+"/"+p.name)
	}
	return c.String(http.StatusOK, strings.Join(lines, "\n")+"\n")
}

// serveArchive answers GET /download/{os}-{arch} with all programs in one file,
// and GET /download/{os}-{arch}.sha256 with its checksum.
func (d *Downloads) serveArchive(c echo.Context) error {
	target, wantsSum := strings.CutSuffix(c.Param("target"), ".sha256")
	if err := d.check(target); err != nil {
		return err
	}
	a, err := d.pack(c)
	if err != nil {
		return err
	}
	if wantsSum {
		return c.String(http.StatusOK, a.sum+"  "+d.archiveName()+"\n")
	}
	return serveContent(c, d.archiveName(), a.sum, a.modified, io.NewSectionReader(a.file, 0, a.size))
}

// serveFile answers GET /download/{os}-{arch}/{file}.
func (d *Downloads) serveFile(c echo.Context) error {
	if err := d.check(c.Param("target")); err != nil {
		return err
	}
	switch file := c.Param("file"); file {
	case "sha256":
		a, err := d.pack(c)
		if err != nil {
			return err
		}
		return c.String(http.StatusOK, a.sum+"  "+d.archiveName()+"\n")
	case checksums:
		return d.serveChecksums(c)
	default:
		return d.serveProgram(c, file)
	}
}

func (d *Downloads) serveChecksums(c echo.Context) error {
	var lines strings.Builder
	for _, p := range d.programs {
		sum, err := d.sumOf(p.path)
		if err != nil {
			return err
		}
		fmt.Fprintf(&lines, "%s  %s\n", sum.sum, p.name)
	}
	return c.String(http.StatusOK, lines.String())
}

func (d *Downloads) serveProgram(c echo.Context, name string) error {
	for _, p := range d.programs {
		if p.name != name {
			continue
		}
		sum, err := d.sumOf(p.path)
		if err != nil {
			return err
		}
		file, err := os.Open(p.path)
		if err != nil {
			return fmt.Errorf("open %s: %w", p.name, err)
		}
		defer file.Close()
		return serveContent(c, p.name, sum.sum, sum.modified, file)
	}
	if strings.HasPrefix(name, "pact-verifier") {
		return fault.New(fault.NotFound, "This server has no pact-verifier beside its program.").
			WithHint("Build it and put it beside the platform's executable: make build")
	}
	return fault.New(fault.NotFound, "There is no file %q to download.", name).WithHint("See what there is: /download")
}

func serveContent(c echo.Context, name, sum string, modified time.Time, content io.ReadSeeker) error {
	header := c.Response().Header()
	header.Set(echo.HeaderContentType, echo.MIMEOctetStream)
	header.Set(echo.HeaderContentDisposition, `attachment; filename="`+name+`"`)
	header.Set(echo.HeaderCacheControl, "no-cache")
	header.Set("ETag", `"`+sum+`"`)
	http.ServeContent(c.Response(), c.Request(), name, modified, content)
	return nil
}

// check refuses systems that this server has no programs for.
func (d *Downloads) check(target string) error {
	if target == d.target {
		return nil
	}
	return fault.New(fault.NotFound, "There is no download for %q; this server offers %s.", target, d.target).
		WithHint("Use /download/%s, or build it for yourself: make build", d.target)
}

// sumOf returns the checksum of a file, worked out once for each content.
func (d *Downloads) sumOf(path string) (digest, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return digest{}, fault.New(fault.Unavailable, "The program was removed from the server.").
			WithHint("Install the platform again on the server.").WithCause(err)
	}
	if err != nil {
		return digest{}, fmt.Errorf("look at %s: %w", path, err)
	}
	if known, ok := d.sums[path]; ok && known.size == info.Size() && known.modified.Equal(info.ModTime()) {
		return known, nil
	}
	file, err := os.Open(path) //nolint:gosec // the path is the program's own
	if err != nil {
		return digest{}, fmt.Errorf("open %s: %w", path, err)
	}
	defer file.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return digest{}, fmt.Errorf("read %s: %w", path, err)
	}
	d.sums[path] = digest{info.Size(), info.ModTime(), hex.EncodeToString(hash.Sum(nil))}
	return d.sums[path], nil
}
