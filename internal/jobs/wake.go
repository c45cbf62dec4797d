package jobs

import (
	"context"
	"database/sql"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riversqlite"
)

// wake tells the workers of this process that jobs were put into the queue. Who
// is told several times before looking looks once.
type wake chan struct{}

func newWake() wake { return make(wake, 1) }

// call wakes them. It never waits.
func (w wake) call() {
	select {
	case w <- struct{}{}:
	default:
	}
}

// wokenDriver is River's for SQLite, which has no way to tell who listens: there
// River looks twenty times a second. An SQLite file belongs to one process, so
// whoever puts a job there can say so.
type wokenDriver struct {
	*riversqlite.Driver

	wake wake
}

func newWokenDriver(db *sql.DB, w wake) wokenDriver {
	return wokenDriver{Driver: riversqlite.New(db), wake: w}
}

// GetListener returns what waits for notifications, and can be woken.
func (d wokenDriver) GetListener(params *riverdriver.GetListenenerParams) riverdriver.Listener {
	return wokenListener{Listener: d.Driver.GetListener(params), wake: d.wake}
}

type wokenListener struct {
	riverdriver.Listener

	wake wake
}

// WaitForNotification waits as River does, and begins anew when it is woken: the
// first thing it does is to look. So a call between two waits may be lost.
func (l wokenListener) WaitForNotification(ctx context.Context) (*riverdriver.Notification, error) {
	for {
		waiting, stop := context.WithCancel(ctx)
		go func() {
			select {
			case <-l.wake:
				stop()
			case <-waiting.Done():
			}
		}()
		notification, err := l.Listener.WaitForNotification(waiting)
		woken := waiting.Err() != nil && ctx.Err() == nil
		stop()
		if err != nil && woken {
			continue
		}
		return notification, err
	}
}
