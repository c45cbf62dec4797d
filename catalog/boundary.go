package catalog

import (
	"os"
	"path/filepath"
)

// Boundary returns the folder that nothing leads out of while a file or folder
// of this machine is read: the top of the git work tree it is in, since its
// files belong together and name each other, else the folder itself. Links in
// path must have been followed.
func Boundary(path string, folder bool) string {
	if !folder {
		path = filepath.Dir(path)
	}
	for at := path; at != filepath.Dir(at); at = filepath.Dir(at) {
		if _, err := os.Lstat(filepath.Join(at, gitFolder)); err == nil {
			return at
		}
	}
	return path
}

// gitFolder is where git keeps what it knows of a work tree, names and tokens
// to log in with among it. Nothing in it is read.
const gitFolder = ".git"
