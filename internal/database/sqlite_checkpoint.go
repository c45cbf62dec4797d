package database

import (
	"context"
	"database/sql"
	"os"
	"time"
)

const (
	// checkpointFrom is how long the journal grows, in bytes, before it is copied
	// into the database. A page that many transactions changed is copied once, so a
	// longer one makes less work; it is bounded because readers look through it and
	// a crash leaves it to be read.
	checkpointFrom = 24 << 20
	// checkpointEvery is how often its length is looked at.
	checkpointEvery = 250 * time.Millisecond
	// writerCheckpoint is after how many pages of 4 kB whoever commits copies it:
	// only when nobody else came to it. The file is cut when it is begun anew, so
	// that its length tells what is in it.
	writerCheckpoint = "wal_autocheckpoint(25000)"
	journalLimit     = "journal_size_limit(4194304)"
)

// checkpoints copies the journal into the database whenever it is long, beside
// those who write: a commit does not wait for the disk. It ends with ctx.
func (db *DB) checkpoints(ctx context.Context, connections *sql.DB) {
	ticker := time.NewTicker(checkpointEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if info, err := os.Stat(db.path + "-wal"); err != nil || info.Size() < checkpointFrom {
			continue
		}
		// Busy is no error: another process is at it. It costs nothing when all is copied.
		if _, err := connections.ExecContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)"); err != nil && ctx.Err() == nil {
			db.log.WarnContext(ctx, "the journal of the database could not be copied into it", "error", err)
		}
	}
}

// startCheckpoints starts checkpoints on a connection of their own, until the
// database is closed.
func (db *DB) startCheckpoints() error {
	connections, err := keeping(sqliteDSN(db.path))
	if err != nil {
		return err
	}
	connections.SetMaxOpenConns(1)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		db.checkpoints(ctx, connections)
	}()
	db.closing = append(db.closing, func() error {
		stop()
		<-ended
		return connections.Close()
	})
	return nil
}
