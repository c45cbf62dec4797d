package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"github.com/goldenpath/platform/internal/fault"
)

// lockName is the file whose lock says that a process uses the data directory.
const lockName = "lock"

// lockPatience is how long a command waits for another one to be done.
const lockPatience = 20 * time.Second

// lockData makes this process the only one that uses dir. The system lets go of
// the lock when the process ends, however it ends.
func lockData(ctx context.Context, dir string, patience time.Duration, waiting func()) (unlock func() error, err error) {
	if dir == "" {
		return nil, fault.New(fault.Invalid, "There is no folder for the platform's data: neither HOME nor PLATFORM_DATA is set.").
			WithHint("Name one: PLATFORM_DATA=/var/lib/platform, or --data FOLDER")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, dataFault(dir, err)
	}
	lock := flock.New(filepath.Join(dir, lockName), flock.SetPermissions(0o600))
	locked, err := lock.TryLock()
	if err != nil {
		return nil, dataFault(dir, err)
	}
	if locked {
		return lock.Unlock, nil
	}
	if patience > 0 {
		waiting()
		bounded, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		locked, err = lock.TryLockContext(bounded, 100*time.Millisecond)
		if locked {
			return lock.Unlock, nil
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	return nil, fault.New(fault.Unavailable, "Another platform process uses %s.", dir).
		WithHint("Wait until it is done or stop it; or use other data: --data FOLDER").WithCause(err)
}

func dataFault(dir string, err error) error {
	code := fault.Invalid
	if errors.Is(err, os.ErrPermission) {
		code = fault.Forbidden
	}
	return fault.New(code, "The folder %s cannot be used for the platform's data: %s.", dir, reason(err)).
		WithHint("Name a folder you may write to: PLATFORM_DATA=/var/lib/platform, or --data FOLDER").WithCause(err)
}

// reason is what the system says, without the path that the sentence has already.
func reason(err error) string {
	if path, ok := errors.AsType[*os.PathError](err); ok {
		return path.Err.Error()
	}
	return err.Error()
}
