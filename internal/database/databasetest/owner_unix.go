//go:build unix

package databasetest

import (
	"errors"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// owning is how a process is started as another user.
type owning = syscall.SysProcAttr

// ownerOf gives dir to a user that PostgreSQL accepts: it refuses to run as
// root, so root runs it as postgres or nobody.
func ownerOf(dir string) (*owning, error) {
	if os.Geteuid() != 0 {
		return &owning{}, nil
	}
	var errs []error
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		uid, errUID := strconv.ParseUint(u.Uid, 10, 32)
		gid, errGID := strconv.ParseUint(u.Gid, 10, 32)
		if err := errors.Join(errUID, errGID); err != nil {
			return nil, err
		}
		return &owning{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, os.Chown(dir, int(uid), int(gid))
	}
	return nil, errors.Join(errs...)
}

// apart starts a process in a session of its own: it must not die of the signal
// that ends us.
func apart(o *owning) *owning {
	c := *o
	c.Setsid = true
	return &c
}
