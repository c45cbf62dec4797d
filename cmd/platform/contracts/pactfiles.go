package contracts

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goldenpath/platform/internal/fault"
)

// maxPact bounds a file that is read as a pact.
const maxPact = 20 << 20

// pactFile is one pact on disk.
type pactFile struct {
	name     string // as the person would type it
	consumer string
	provider string
	content  []byte
}

// readPacts reads the files, and the .json files of the folders, at paths.
// Every bad file is reported, not only the first.
func readPacts(dir string, paths []string) ([]pactFile, error) {
	files, err := pactPaths(dir, paths)
	if err != nil {
		return nil, err
	}
	bad := fault.New(fault.Invalid, "Not every file is a pact; nothing was published.").
		WithHint("A pact is the JSON file a consumer test writes, with consumer, provider and interactions.")
	pacts := make([]pactFile, 0, len(files))
	for _, name := range files {
		p, err := readPact(dir, name)
		if err != nil {
			bad = bad.WithField(name, "%s", err.Error())
			continue
		}
		pacts = append(pacts, p)
	}
	if len(bad.Fields) > 0 {
		return nil, bad
	}
	return pacts, nil
}

// pactPaths lists the files that paths stand for, in a stable order.
func pactPaths(dir string, paths []string) ([]string, error) {
	var files []string
	for _, path := range paths {
		info, err := os.Stat(absolute(dir, path))
		if errors.Is(err, fs.ErrNotExist) && isPattern(path) {
			found, err := expand(dir, path)
			if err != nil {
				return nil, err
			}
			files = append(files, found...)
			continue
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fault.New(fault.NotFound, "There is no file or folder %s.", path).
				WithHint("The consumer's tests write pacts; run them first, for example: make test")
		}
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", path, err)
		}
		if !info.IsDir() {
			files = append(files, path)
			continue
		}
		found, err := filepath.Glob(filepath.Join(absolute(dir, path), "*.json"))
		if err != nil {
			return nil, fmt.Errorf("list %s: %w", path, err)
		}
		if len(found) == 0 {
			return nil, fault.New(fault.NotFound, "There are no pacts in %s.", path).
				WithHint("The consumer's tests write pacts; run them first, for example: make test")
		}
		for _, f := range found {
			files = append(files, filepath.Join(path, filepath.Base(f)))
		}
	}
	slices.Sort(files)
	return slices.Compact(files), nil
}

func absolute(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// readPact reads one pact and looks for what makes it one. The server checks
// the rest.
func readPact(dir, name string) (pactFile, error) {
	info, err := os.Stat(absolute(dir, name))
	if err != nil {
		return pactFile{}, errors.New("cannot be read")
	}
	if info.Size() > maxPact {
		return pactFile{}, fmt.Errorf("is larger than %d MB", maxPact>>20)
	}
	content, err := os.ReadFile(absolute(dir, name))
	if err != nil {
		return pactFile{}, errors.New("cannot be read")
	}
	var doc struct {
		Consumer     struct{ Name string } `json:"consumer"`
		Provider     struct{ Name string } `json:"provider"`
		Interactions json.RawMessage       `json:"interactions"`
		Messages     json.RawMessage       `json:"messages"`
	}
	if err := json.Unmarshal(content, &doc); err != nil {
		return pactFile{}, explainJSON(content, err)
	}
	switch {
	case doc.Consumer.Name == "":
		return pactFile{}, errors.New("names no consumer")
	case doc.Provider.Name == "":
		return pactFile{}, errors.New("names no provider")
	case doc.Interactions == nil && doc.Messages == nil:
		return pactFile{}, errors.New("has no interactions")
	}
	return pactFile{name: name, consumer: doc.Consumer.Name, provider: doc.Provider.Name, content: content}, nil
}

// explainJSON says where a document stops being JSON.
func explainJSON(content []byte, err error) error {
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		// A file that ends too early is wrong in its last line, not after it.
		before := bytes.TrimRight(content[:min(int(syntax.Offset), len(content))], " \t\r\n")
		return fmt.Errorf("is not JSON: line %d, %s", 1+bytes.Count(before, []byte("\n")), strings.TrimPrefix(syntax.Error(), "json: "))
	}
	if kind, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		article := "a"
		if strings.ContainsAny(kind.Value[:1], "aeiou") {
			article = "an"
		}
		return fmt.Errorf("is not a pact: %s is %s %s", cmp.Or(kind.Field, "it"), article, kind.Value)
	}
	return errors.New("is not JSON")
}
