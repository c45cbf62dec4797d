package portal

import (
	"cmp"
	"iter"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goldenpath/platform/scaffolds"
)

// maxPreview is how much of one file a preview shows.
const maxPreview = 64 << 10

func keysOf(values url.Values) iter.Seq[string] { return maps.Keys(values) }

// addFiles sorts the files into folders: those of the root first, then folder
// by folder.
func (v *previewPage) addFiles(files []scaffolds.File) {
	for _, f := range files {
		v.Files = append(v.Files, newPreviewFile(f))
	}
	slices.SortFunc(v.Files, func(a, b previewFile) int {
		return cmp.Or(cmp.Compare(folderOf(a.Path), folderOf(b.Path)), cmp.Compare(a.Path, b.Path))
	})
	for _, f := range v.Files {
		v.Lines += f.Lines
		name := folderOf(f.Path)
		if n := len(v.Folders); n == 0 || v.Folders[n-1].Name != name {
			v.Folders = append(v.Folders, previewFolder{Name: name})
		}
		last := &v.Folders[len(v.Folders)-1]
		last.Files = append(last.Files, f)
	}
	// What people read first is shown first.
	if i := slices.IndexFunc(v.Files, func(f previewFile) bool { return f.Path == "README.md" }); i > 0 {
		readme := v.Files[i]
		v.Files = slices.Insert(slices.Delete(v.Files, i, i+1), 0, readme)
	}
}

func folderOf(name string) string {
	if folder := path.Dir(name); folder != "." {
		return folder
	}
	return ""
}

func newPreviewFile(f scaffolds.File) previewFile {
	out := previewFile{
		Path: f.Path, Name: path.Base(f.Path), Class: string(f.Class), Size: len(f.Body), Executable: f.Executable,
		Anchor: "file-" + strings.Map(anchorRune, f.Path),
	}
	body := f.Body
	if out.Cut = len(body) > maxPreview; out.Cut {
		body = body[:maxPreview]
		for len(body) > 0 && !utf8.Valid(body[max(0, len(body)-utf8.UTFMax):]) {
			body = body[:len(body)-1]
		}
	}
	if out.Binary = !utf8.Valid(body); !out.Binary {
		out.Text = string(body)
		out.Lines = strings.Count(string(f.Body), "\n")
	}
	return out
}

// Keeper says who looks after the file from now on.
func (f previewFile) Keeper() string {
	switch scaffolds.Class(f.Class) {
	case scaffolds.Managed:
		return "kept up to date for you"
	case scaffolds.Merged:
		return "yours, upgrades are merged in"
	case scaffolds.Seeded, scaffolds.User:
		return "yours from the first commit"
	case scaffolds.Generated:
		return "generated, never edited"
	}
	return f.Class
}

// anchorRune keeps what needs no escape in an address.
func anchorRune(r rune) rune {
	if r == '/' {
		return '~'
	}
	if r == '.' || r == '_' || r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
		return r
	}
	return '-'
}
