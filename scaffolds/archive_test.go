package scaffolds

import (
	"io"
	"io/fs"
	"os"
	"testing"
	"testing/fstest"
)

// counted counts what is read of a file.
type counted struct {
	fs.File
	io.ReaderAt
	read *int
}

func (f counted) ReadAt(b []byte, at int64) (int, error) {
	n, err := f.ReaderAt.ReadAt(b, at)
	*f.read += n
	return n, err
}

// opening opens files its own way.
type opening func(name string) (fs.File, error)

func (open opening) Open(name string) (fs.File, error) { return open(name) }

func archives(t *testing.T) fstest.MapFS {
	t.Helper()
	archive, err := os.ReadFile("dist/go-http.zip")
	if err != nil {
		t.Fatalf("run make generate: %v", err)
	}
	return fstest.MapFS{"go-http.zip": &fstest.MapFile{Data: archive}}
}

// Most commands want to know what golden paths there are, and none of their files.
func TestOpeningReadsNoFilesOfAPath(t *testing.T) {
	t.Parallel()
	there, read := archives(t), 0
	_, err := Open(opening(func(name string) (fs.File, error) {
		f, err := there.Open(name)
		if at, ok := f.(io.ReaderAt); ok {
			return counted{f, at, &read}, err
		}
		return f, err
	}))
	if size := len(there["go-http.zip"].Data); err != nil || read == 0 || read > size/4 {
		t.Errorf("of %d bytes %d were read: %v", size, read, err)
	}
}

func TestArchivesThatCanOnlyBeReadFromTheBeginning(t *testing.T) {
	t.Parallel()
	there := archives(t)
	library, err := Open(opening(func(name string) (fs.File, error) {
		f, err := there.Open(name)
		if list, ok := f.(fs.ReadDirFile); ok {
			return list, err
		}
		return struct{ fs.File }{f}, err
	}))
	if err != nil {
		t.Fatal(err)
	}
	p, err := library.Get("go-http")
	if err != nil {
		t.Fatal(err)
	}
	if tree, err := p.Render(Answers{Name: "orders", Owner: "checkout"}, nil); err != nil || len(tree.Files) < 50 {
		t.Errorf("it was not rendered: %v", err)
	}
}
