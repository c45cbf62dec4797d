package scaffolds

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"path"
	"strings"
	"sync"
	"text/template"
)

// The files of a packed path: NAME.zip has them under these names.
const (
	manifestFile = "path.yaml"
	schemaFile   = "parameters.schema.json"
	packingFile  = "packing.json"
	goldenFolder = "golden/"
)

// Packing is what packing a path found out, so that rendering needs neither
// toolchain nor network. Package packing writes it.
type Packing struct {
	Digest string `json:"digest"` // of the path's own files
	Units  []Unit `json:"units,omitempty"`
	// Format lists golden Go files whose formatting depends on the values that
	// take the place of tokens: how things align, and how imports sort.
	Format []string `json:"format,omitempty"`
}

// packed is a path's archive. Opening it reads the manifest; files are read
// when the path is rendered first.
type packed struct {
	manifest *manifest
	schema   json.RawMessage
	packing  Packing
	content  func() (*content, error)
	validate func() (*validator, error)
}

// content is what rendering works on.
type content struct {
	golden    []File // paths relative to golden/
	templates *template.Template
}

func openPacked(data []byte) (*packed, error) {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	p := &packed{}
	for _, f := range archive.File {
		switch f.Name {
		case manifestFile, schemaFile, packingFile:
		default:
			continue
		}
		body, err := extract(data, f)
		if err != nil {
			return nil, err
		}
		switch f.Name {
		case manifestFile:
			p.manifest, err = parseManifest(body)
		case schemaFile:
			p.schema = body
		case packingFile:
			err = json.Unmarshal(body, &p.packing)
		}
		if err != nil {
			return nil, err
		}
	}
	if p.manifest == nil || p.schema == nil || p.packing.Digest == "" {
		return nil, fmt.Errorf("%s, %s or %s is missing", manifestFile, schemaFile, packingFile)
	}
	p.content = sync.OnceValues(func() (*content, error) { return p.read(data, archive) })
	p.validate = sync.OnceValues(func() (*validator, error) { return newValidator(p.manifest.Name, p.schema) })
	return p, nil
}

func (p *packed) read(data []byte, archive *zip.Reader) (*content, error) {
	c := &content{templates: template.New("").Delims("[[", "]]").Option("missingkey=error").Funcs(templateFuncs())}
	for _, f := range archive.File {
		name, golden := strings.CutPrefix(f.Name, goldenFolder)
		isTemplate := path.Ext(f.Name) == ".tmpl" && !golden
		if !golden && !isTemplate || strings.HasSuffix(f.Name, "/") {
			continue
		}
		if !fs.ValidPath(f.Name) {
			return nil, fmt.Errorf("%q is no path", f.Name)
		}
		body, err := extract(data, f)
		if err != nil {
			return nil, err
		}
		if isTemplate {
			if _, err := c.templates.New(f.Name).Parse(string(body)); err != nil {
				return nil, err
			}
			continue
		}
		c.golden = append(c.golden, File{Path: name, Body: body, Executable: f.Mode()&0o111 != 0, Source: name})
	}
	return c, nil
}

// extract returns a file of an archive. One that is stored as it is, which is
// how paths are packed, is not copied.
func extract(data []byte, f *zip.File) ([]byte, error) {
	if f.Method != zip.Store {
		r, err := f.Open()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		defer r.Close()
		body, err := io.ReadAll(r)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		return body, nil
	}
	start, err := f.DataOffset()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name, err)
	}
	end := start + int64(f.CompressedSize64) //nolint:gosec // checked against the archive's length just below
	if end < start || end > int64(len(data)) {
		return nil, fmt.Errorf("%s: %w", f.Name, zip.ErrFormat)
	}
	body := data[start:end:end]
	if crc32.ChecksumIEEE(body) != f.CRC32 {
		return nil, fmt.Errorf("%s: %w", f.Name, zip.ErrChecksum)
	}
	return body, nil
}
