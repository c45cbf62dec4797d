package scaffolds

import (
	"cmp"
	"runtime"
	"sync"
)

// sideBySide does something with each file and its index, on all processors, and returns the error
// of the first file in order that has one. A panic goes on where it was called from,
// as without it: there somebody may answer for it.
func sideBySide(files []File, do func(i int, f *File) error) error {
	parts := min(runtime.GOMAXPROCS(0), len(files))
	errs, panics := make([]error, parts), make([]any, parts)
	var wg sync.WaitGroup
	for part := range parts {
		wg.Go(func() {
			defer func() { panics[part] = recover() }()
			for i := part * len(files) / parts; i < (part+1)*len(files)/parts && errs[part] == nil; i++ {
				errs[part] = do(i, &files[i])
			}
		})
	}
	wg.Wait()
	for _, panicked := range panics {
		if panicked != nil {
			panic(panicked) //nolint:forbidigo // on its way, as said above
		}
	}
	return cmp.Or(errs...)
}
