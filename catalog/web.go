package catalog

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/goldenpath/platform/internal/fault"
)

const (
	// maxFetched bounds how many files elsewhere one location may name, and
	// maxFetchedBytes what they may hold together.
	maxFetched, maxFetchedBytes = 20_000, 256 << 20
	// webReaders is how many files elsewhere are looked at side by side.
	webReaders = 16
)

// Fetched is a file from another place on the web.
type Fetched struct {
	Data      []byte
	Version   string // by which its host, or the content, tells versions apart; "" when nothing does
	Unchanged bool   // it is the version that was known; there need not be data
}

// web reads files that lie elsewhere on the web. Each is asked about once, with
// the version of it that is known; only one that changed is sent.
type web struct {
	get   func(address string, limit int64, known string) (Fetched, error)
	limit int64             // bytes of one file
	known map[string]string // versions of the last reading, by address
	left  atomic.Int64      // bytes

	mu    sync.Mutex
	files map[string]*webFile
}

// webFile is what is known of a file elsewhere.
type webFile struct {
	mu      sync.Mutex
	asked   bool
	has     bool // its content, too
	data    []byte
	version string
	problem *Problem
	until   time.Time // when its host wants to be asked
}

func newWeb(ctx context.Context, tree *Tree, l Limits) *web {
	w := &web{
		get: func(address string, limit int64, known string) (Fetched, error) {
			return tree.Fetch(ctx, address, limit, known)
		},
		limit: max(l.File, l.Included), files: map[string]*webFile{},
	}
	w.left.Store(maxFetchedBytes)
	return w
}

// look asks about a file, when nobody did yet.
func (w *web) look(address string) *webFile {
	w.mu.Lock()
	file := w.files[address]
	if file == nil {
		file = &webFile{}
		if len(w.files) >= maxFetched {
			file.asked = true
			file.problem = &Problem{
				File: address, Message: "The location names more than " + thousands(maxFetched) + " files elsewhere; " + address + " is not read.",
				Hint: "Register their repositories on their own: platform catalog register URL",
			}
			w.mu.Unlock()
			return file
		}
		w.files[address] = file
	}
	w.mu.Unlock()
	file.mu.Lock()
	defer file.mu.Unlock()
	if !file.asked {
		file.asked = true
		w.ask(file, address, w.known[address])
	}
	return file
}

// ask gets a file unless it is the known version.
func (w *web) ask(file *webFile, address, known string) {
	got, err := w.get(address, w.limit, known)
	if err != nil {
		f := fault.From(err)
		file.problem = &Problem{File: address, Message: f.Message, Hint: f.Hint}
		if wait, ok := errors.AsType[*WaitError](err); ok {
			file.until = wait.Until
		}
		return
	}
	file.version, file.data, file.has = got.Version, got.Data, !got.Unchanged || len(got.Data) > 0
	if w.left.Add(-int64(len(got.Data))) < 0 {
		file.data, file.has = nil, false
		file.problem = &Problem{
			File: address, Message: "The files elsewhere that the location names are larger than 256 MB; " + address + " is not read.",
			Hint: "Register their repositories on their own: platform catalog register URL",
		}
	}
}

// read returns what is at an address, or why there is nothing.
func (w *web) read(address string, limit int64) ([]byte, *Problem) {
	file := w.look(address)
	file.mu.Lock()
	defer file.mu.Unlock()
	if file.problem == nil && !file.has {
		w.ask(file, address, "")
	}
	if file.problem == nil && int64(len(file.data)) > limit {
		return nil, tooLarge(address, limit)
	}
	return file.data, file.problem
}

// check returns why there is nothing at an address, nil when there is something.
func (w *web) check(address string) *Problem { return w.look(address).problem }

// version returns what changes whenever a file does, false when that is not known.
func (w *web) versionOf(address string) (string, bool) {
	file := w.look(address)
	file.mu.Lock()
	defer file.mu.Unlock()
	return file.version, file.problem == nil && file.version != ""
}

// lookAll asks about files side by side.
func (w *web) lookAll(addresses []string) {
	group := errgroup.Group{}
	group.SetLimit(webReaders)
	for _, address := range addresses {
		group.Go(func() error {
			w.look(address)
			return nil
		})
	}
	_ = group.Wait() // what is wrong with one is kept with it
}

// same reports whether each of the known files is the known version.
func (w *web) same() bool {
	addresses := make([]string, 0, len(w.known))
	for address := range w.known {
		addresses = append(addresses, address)
	}
	w.lookAll(addresses)
	return !slices.ContainsFunc(addresses, func(address string) bool {
		version, ok := w.versionOf(address)
		return !ok || version != w.known[address]
	})
}

// asked returns the addresses that were asked about.
func (w *web) asked() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := make([]string, 0, len(w.files))
	for address := range w.files {
		out = append(out, address)
	}
	return out
}

// any reports whether anything was asked about.
func (w *web) any() bool { return w != nil && len(w.asked()) > 0 }
