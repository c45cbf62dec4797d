package catalog

import (
	"net/url"
	"strings"
	"sync"

	"github.com/goldenpath/platform/internal/fault"
)

// maxFetched bounds how many files elsewhere one location may name.
const maxFetched = 200

// web reads files that lie elsewhere on the web, each once.
type web struct {
	get func(address string, limit int64) ([]byte, error)

	mu    sync.Mutex
	files map[string]*fetchedFile
}

type fetchedFile struct {
	once    sync.Once
	data    []byte
	problem *Problem
}

// isAddress reports whether a file's name is an address on the web.
func isAddress(name string) bool {
	return strings.HasPrefix(name, "https://") || strings.HasPrefix(name, "http://")
}

// read returns what is at an address, or why there is nothing.
func (w *web) read(address string, limit int64) ([]byte, *Problem) {
	w.mu.Lock()
	file := w.files[address]
	if file == nil && len(w.files) < maxFetched {
		if w.files == nil {
			w.files = map[string]*fetchedFile{}
		}
		file = &fetchedFile{}
		w.files[address] = file
	}
	w.mu.Unlock()
	if file == nil {
		return nil, &Problem{
			File: address, Message: "The location names more than " + thousands(maxFetched) + " files elsewhere; " + address + " is not read.",
			Hint: "Register their repositories on their own: platform catalog register URL",
		}
	}
	file.once.Do(func() {
		data, err := w.get(address, limit)
		if err != nil {
			f := fault.From(err)
			file.problem = &Problem{File: address, Message: f.Message, Hint: f.Hint}
			return
		}
		file.data = data
	})
	return file.data, file.problem
}

// elsewhere reports whether files were read that lie elsewhere.
func (f *files) elsewhere() bool {
	if f.web == nil {
		return false
	}
	f.web.mu.Lock()
	defer f.web.mu.Unlock()
	return len(f.web.files) > 0
}

// resolveAddress returns the address that target means when it is written in
// file, which may lie elsewhere itself.
func resolveAddress(file, target string) (name, message, hint string) {
	base := &url.URL{}
	if isAddress(file) {
		var err error
		if base, err = url.Parse(file); err != nil {
			return "", file + " is not an address.", "Write it like https://HOST/PATH"
		}
	}
	u, err := base.Parse(target)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return "", target + " is not an address.", "Write it like https://HOST/PATH"
	}
	if u.User != nil {
		return "", "The address " + u.Redacted() + " holds a name or a password, which everybody who sees the catalog would see.",
			"Leave it out."
	}
	u.Fragment = ""
	return u.String(), "", ""
}
