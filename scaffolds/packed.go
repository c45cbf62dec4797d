package scaffolds

import (
	"archive/zip"
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
	schemaFile   = "parameters.schema.json"
	packingFile  = "packing.json"
	modulesFile  = "modules.json"
	goldenFolder = "golden/"
)

// Packing is what packing a path found out, so that rendering needs neither
// toolchain nor network. Package packing writes it.
type Packing struct {
	Digest   string          `json:"digest"`   // of the path's own files
	Manifest json.RawMessage `json:"manifest"` // path.yaml, in the notation that is read faster
	// Format lists golden Go files whose formatting depends on the values that
	// take the place of tokens: how things align, and how imports sort.
	Format []string `json:"format,omitempty"`
}

// Modules is what a path's parts require. Head and Tail are the golden go.mod
// before and after its requirements.
type Modules struct {
	Head  string `json:"head"`
	Tail  string `json:"tail"`
	Units []Unit `json:"units,omitempty"`
}

// packed is a path's archive. Opening it reads the manifest; the rest is read
// when it is needed first.
type packed struct {
	manifest *manifest
	schema   json.RawMessage
	packing  Packing
	content  func() (*content, error)
	modules  func() (Modules, error)
	validate func() (*validator, error)
}

// content is what rendering works on.
type content struct {
	golden    []File // paths relative to golden/
	templates map[string]func() (*template.Template, error)
}

func openPacked(data *io.SectionReader) (*packed, error) {
	archive, err := zip.NewReader(data, data.Size())
	if err != nil {
		return nil, err
	}
	heads := map[string][]byte{}
	for _, f := range archive.File {
		switch f.Name {
		case packingFile, schemaFile, modulesFile:
			if heads[f.Name], err = extract(data, f); err != nil {
				return nil, err
			}
		}
	}
	for _, name := range []string{packingFile, schemaFile, modulesFile} {
		if heads[name] == nil {
			return nil, fmt.Errorf("%s is missing", name)
		}
	}
	p := &packed{schema: heads[schemaFile]}
	if err := json.Unmarshal(heads[packingFile], &p.packing); err != nil {
		return nil, err
	}
	if p.manifest, err = readManifest(p.packing.Manifest); err != nil {
		return nil, err
	}
	p.content = sync.OnceValues(func() (*content, error) { return readContent(data, archive) })
	p.modules = sync.OnceValues(func() (m Modules, err error) { return m, json.Unmarshal(heads[modulesFile], &m) })
	p.validate = sync.OnceValues(func() (*validator, error) { return newValidator(p.manifest.Name, p.schema) })
	return p, nil
}

// prepare reads what every rendering needs. What is wrong with it, whoever needs it
// will hear.
func (p *packed) prepare() {
	c, err := p.content()
	if err != nil {
		return
	}
	for _, parse := range c.templates {
		_, _ = parse()
	}
}

func readContent(data *io.SectionReader, archive *zip.Reader) (*content, error) {
	c := &content{golden: make([]File, 0, len(archive.File)), templates: map[string]func() (*template.Template, error){}}
	for _, f := range archive.File {
		name, golden := strings.CutPrefix(f.Name, goldenFolder)
		if !golden && path.Ext(f.Name) != ".tmpl" {
			continue
		}
		if !fs.ValidPath(f.Name) {
			return nil, fmt.Errorf("%q is no path", f.Name)
		}
		body, err := extract(data, f)
		if err != nil {
			return nil, err
		}
		if golden {
			c.golden = append(c.golden, File{Path: name, Body: body, Executable: f.Mode()&0o111 != 0, Source: name})
		} else {
			c.templates[f.Name] = parsing(f.Name, body)
		}
	}
	return c, nil
}

// extract returns a file of an archive. One that is stored as it is, which is
// how paths are packed, is read at once, and no zip reader is made for it.
func extract(data *io.SectionReader, f *zip.File) ([]byte, error) {
	if f.Method != zip.Store || f.CompressedSize64 != f.UncompressedSize64 {
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
	size := int64(f.CompressedSize64) //nolint:gosec // what does not fit is negative
	if size < 0 || size > data.Size()-start {
		return nil, fmt.Errorf("%s: %w", f.Name, zip.ErrFormat)
	}
	body := make([]byte, size)
	if n, err := data.ReadAt(body, start); n < len(body) {
		return nil, fmt.Errorf("%s: %w", f.Name, err)
	}
	if crc32.ChecksumIEEE(body) != f.CRC32 {
		return nil, fmt.Errorf("%s: %w", f.Name, zip.ErrChecksum)
	}
	return body, nil
}
