package scaffolds

import (
	"cmp"
	"runtime"
	"sync"
)

// sideBySide does something with each file, on all processors, and returns the error
// of the first file in order that has one.
func sideBySide(files []File, do func(*File) error) error {
	parts := min(runtime.GOMAXPROCS(0), len(files))
	errs := make([]error, parts)
	var wg sync.WaitGroup
	for part := range parts {
		wg.Go(func() {
			for i := part * len(files) / parts; i < (part+1)*len(files)/parts && errs[part] == nil; i++ {
				errs[part] = do(&files[i])
			}
		})
	}
	wg.Wait()
	return cmp.Or(errs...)
}
