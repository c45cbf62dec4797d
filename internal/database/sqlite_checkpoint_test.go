package database_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/goldenpath/platform/internal/database"
)

// TestTheJournalIsCopiedBesideWriters writes far more than the journal may hold,
// and sees it being cut, although no commit copies it.
func TestTheJournalIsCopiedBesideWriters(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "platform.db")
	db, err := database.Open(t.Context(), "sqlite:"+path, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.SQL().ExecContext(t.Context(), "CREATE TABLE blobs (content BLOB)"); err != nil {
		t.Fatal(err)
	}
	size := func(name string) int64 {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	const written = 30 << 20
	for range written >> 20 {
		if _, err := db.SQL().ExecContext(t.Context(), "INSERT INTO blobs VALUES (randomblob(1048576))"); err != nil {
			t.Fatal(err)
		}
	}
	deadline := time.Now().Add(30 * time.Second)
	for size(path) < written || size(path+"-wal") > 8<<20 {
		if time.Now().After(deadline) {
			t.Fatalf("the database has %d bytes, the journal %d", size(path), size(path+"-wal"))
		}
		time.Sleep(100 * time.Millisecond)
		// The journal is begun anew, and cut, by who writes next.
		if _, err := db.SQL().ExecContext(t.Context(), "INSERT INTO blobs VALUES (x'01')"); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}
