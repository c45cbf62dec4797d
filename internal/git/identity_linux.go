package git

import (
	"fmt"
	"io/fs"
	"syscall"
)

// identity is what a file system knows of a file besides size and time of
// change: nobody can set the time of its last change of state.
func identity(info fs.FileInfo) string {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return ""
	}
	return fmt.Sprintf("%d %d.%d", stat.Ino, stat.Ctim.Sec, stat.Ctim.Nsec)
}
