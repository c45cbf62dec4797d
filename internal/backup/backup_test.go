package backup_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/internal/backup"
	"github.com/goldenpath/platform/internal/database"
	"github.com/goldenpath/platform/internal/database/databasetest"
	"github.com/goldenpath/platform/internal/fault"
)

var now = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

// site is a platform's data: a database with a row of ours, and a repository.
func site(t *testing.T, db *database.DB) backup.Source {
	t.Helper()
	data := t.TempDir()
	add(t, db, "staging")
	repository := filepath.Join(data, "repositories", "shop", "orders.git")
	work := t.TempDir()
	git(t, work, "init", "--quiet", "--bare", "--initial-branch=main", repository)
	git(t, work, "init", "--quiet", "--initial-branch=main", ".")
	if err := os.WriteFile(filepath.Join(work, "README.md"), []byte("# orders\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	git(t, work, "add", ".")
	git(t, work, "commit", "--quiet", "--message", "Take orders")
	git(t, work, "push", "--quiet", repository, "main")
	git(t, repository, "pack-refs", "--all") // leaves refs/heads empty, without which git sees no repository
	return backup.Source{DB: db, Data: data, Platform: "1.2.3", Now: now}
}

func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@example.com",
		"GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=ada@example.com")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

func add(t *testing.T, db *database.DB, name string) {
	t.Helper()
	query := db.Rebind("INSERT INTO environments (id, name, created_at) VALUES (?, ?, ?)")
	if _, err := db.Writer(t.Context()).ExecContext(t.Context(), query, name, name, now); err != nil {
		t.Fatal(err)
	}
}

// written backs a site up into a file.
func written(t *testing.T, from backup.Source) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "platform.backup")
	if _, err := backup.WriteFile(t.Context(), path, from); err != nil {
		t.Fatal(err)
	}
	return path
}

// target is a place to restore to that is free.
func target(t *testing.T, kind database.Dialect) backup.Target {
	t.Helper()
	data := filepath.Join(t.TempDir(), "data")
	to := backup.Target{Data: data, Database: "sqlite:" + filepath.Join(data, "platform.db"), Log: slog.New(slog.DiscardHandler)}
	if kind == database.Postgres {
		to.Database = databasetest.PostgresURL(t)
	}
	return to
}

func TestABackupBringsEverythingBack(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		t.Helper()
		from := site(t, db)
		path := written(t, from)
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("the archive has mode %v, %v: it holds everything there is", info.Mode(), err)
		}
		to := target(t, db.Dialect())
		if err := os.Mkdir(to.Data, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(to.Data, "lock"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		manifest, err := backup.Restore(t.Context(), path, to)
		if err != nil {
			t.Fatal(err)
		}
		if manifest.Platform != "1.2.3" || !manifest.CreatedAt.Equal(now) || manifest.Dialect != db.Dialect() || manifest.Size() == 0 {
			t.Errorf("manifest is %+v", manifest)
		}
		restored := databasetest.Open(t, to.Database)
		if err := restored.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"production", "staging", "test"}, environments(t, restored)); diff != "" {
			t.Errorf("environments (-want +got):\n%s", diff)
		}
		add(t, restored, "sequences still count")
		repository := filepath.Join("repositories", "shop", "orders.git")
		want := git(t, filepath.Join(from.Data, repository), "rev-parse", "main")
		if got := git(t, filepath.Join(to.Data, repository), "rev-parse", "main"); got != want {
			t.Errorf("main is %s, want %s", got, want)
		}
		git(t, filepath.Join(to.Data, repository), "fsck", "--strict", "--full")
		if left := hidden(t, from.Data, to.Data, filepath.Dir(path)); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	})
}

func environments(t *testing.T, db *database.DB) []string {
	t.Helper()
	rows, err := db.Reader(t.Context()).QueryContext(t.Context(), "SELECT name FROM environments ORDER BY name")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return names
}

// hidden lists files of work that was not finished.
func hidden(t *testing.T, dirs ...string) []string {
	t.Helper()
	var left []string
	for _, dir := range dirs {
		found, err := filepath.Glob(filepath.Join(dir, ".*"))
		if err != nil {
			t.Fatal(err)
		}
		left = append(left, found...)
	}
	return left
}

// A backup is of one moment: rows that are written in pairs are there in pairs.
func TestABackupOfAPlatformAtWork(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		t.Helper()
		from := site(t, db)
		ctx, stop := context.WithCancel(t.Context())
		var writer sync.WaitGroup
		writer.Go(func() {
			query := db.Rebind("INSERT INTO environments (id, name, created_at) VALUES (?, ?, ?)")
			for i := 0; ctx.Err() == nil; i++ {
				_ = db.InTx(ctx, func(ctx context.Context) error {
					for _, half := range []string{"left", "right"} {
						name := fmt.Sprintf("%s %d", half, i)
						if _, err := db.Writer(ctx).ExecContext(ctx, query, name, name, now); err != nil {
							return err // the test is over
						}
					}
					return nil
				})
			}
		})
		path := written(t, from)
		stop()
		writer.Wait()
		to := target(t, db.Dialect())
		if _, err := backup.Restore(t.Context(), path, to); err != nil {
			t.Fatal(err)
		}
		halves := map[string]int{}
		for _, name := range environments(t, databasetest.Open(t, to.Database)) {
			half, _, _ := strings.Cut(name, " ")
			halves[half]++
		}
		if halves["left"] != halves["right"] {
			t.Errorf("%d left halves, %d right ones", halves["left"], halves["right"])
		}
	})
}

// Whatever byte is wrong, a restore brings back the truth or nothing.
func TestADamagedArchiveChangesNothing(t *testing.T) {
	t.Parallel()
	good, err := os.ReadFile(written(t, site(t, databasetest.SQLite(t))))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "bad.backup")
	refused := 0
	for i := 0; i < len(good); i += max(1, len(good)/60) {
		bad := bytes.Clone(good)
		bad[i] ^= 0x41
		if restoredOrNothing(t, path, bad) {
			continue
		}
		refused++
	}
	if refused < 40 {
		t.Errorf("%d of about 60 damaged archives were refused", refused)
	}
	for _, length := range []int{0, 1, 100, len(good) / 2, len(good) - 1} {
		if restoredOrNothing(t, path, good[:length]) {
			t.Errorf("an archive cut after %d of %d bytes was restored", length, len(good))
		}
	}
}

func restoredOrNothing(t *testing.T, path string, archive []byte) bool {
	t.Helper()
	if err := os.WriteFile(path, archive, 0o600); err != nil {
		t.Fatal(err)
	}
	to := target(t, database.SQLite)
	if _, err := backup.Restore(t.Context(), path, to); err != nil {
		code := fault.CodeOf(err)
		if _, statErr := os.Stat(to.Data); statErr == nil || code != fault.Invalid && code != fault.Conflict {
			t.Errorf("refused with %s, and the data directory is there: %v (%v)", code, statErr == nil, err)
		}
		return false
	}
	db := databasetest.Open(t, to.Database)
	if diff := cmp.Diff([]string{"production", "staging", "test"}, environments(t, db)); diff != "" {
		t.Errorf("environments (-want +got):\n%s", diff)
	}
	return true
}

func TestRestoringIsRefused(t *testing.T) {
	t.Parallel()
	path := written(t, site(t, databasetest.SQLite(t)))
	tests := []struct {
		name    string
		archive func(t *testing.T) string
		place   func(t *testing.T, to *backup.Target)
		code    fault.Code
		says    string
	}{
		{name: "no file", archive: func(*testing.T) string { return "/nowhere/x.backup" }, code: fault.NotFound, says: "There is no file"},
		{name: "another zip", archive: zipOf("hello.txt", "hello"), code: fault.Invalid, says: "not a backup"},
		{name: "no database", archive: zipOf("manifest.json", `{"format":1,"dialect":"sqlite"}`), code: fault.Invalid, says: "damaged"},
		{name: "a way out", archive: zipOf("../evil", "x", "manifest.json", `{"format":1,"dialect":"sqlite"}`), code: fault.Invalid, says: "damaged"},
		{name: "a newer format", archive: zipOf("manifest.json", `{"format":2,"platform":"9.9"}`), code: fault.Conflict, says: "newer platform, 9.9"},
		{name: "a newer schema", archive: zipOf("manifest.json", `{"format":1,"dialect":"sqlite","version":{"schema":9990}}`), code: fault.Conflict, says: "newer platform"},
		{name: "another kind of database", place: func(_ *testing.T, to *backup.Target) { to.Database = "postgres://host/x" }, code: fault.Invalid, says: "kind sqlite"},
		{name: "data is there", place: func(t *testing.T, to *backup.Target) { t.Helper(); occupy(t, to.Data, "repositories") }, code: fault.Conflict, says: "is not empty"},
		{name: "a database elsewhere is there", place: func(t *testing.T, to *backup.Target) {
			t.Helper()
			to.Database = "sqlite:" + filepath.Join(occupy(t, t.TempDir(), "other.db"), "other.db")
		}, code: fault.Conflict, says: "other.db is there already"},
		{name: "a journal is left there", place: func(t *testing.T, to *backup.Target) {
			t.Helper()
			to.Database = "sqlite:" + filepath.Join(occupy(t, t.TempDir(), "other.db-wal"), "other.db")
		}, code: fault.Conflict, says: "other.db-wal is there already"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			to, archive := target(t, database.SQLite), path
			if test.place != nil {
				test.place(t, &to)
			}
			if test.archive != nil {
				archive = test.archive(t)
			}
			_, err := backup.Restore(t.Context(), archive, to)
			f := fault.From(err)
			if f == nil || f.Code != test.code || !strings.Contains(f.Message, test.says) || f.Hint == "" {
				t.Errorf("Restore = %+v, want %s %q", f, test.code, test.says)
			}
			if _, err := os.Stat(filepath.Join(to.Data, "repositories", "shop")); err == nil {
				t.Error("repositories were restored")
			}
		})
	}
}

// zipOf makes an archive of names and contents.
func zipOf(namesAndContents ...string) func(t *testing.T) string {
	return func(t *testing.T) string {
		t.Helper()
		var out bytes.Buffer
		w := zip.NewWriter(&out)
		for i := 0; i < len(namesAndContents); i += 2 {
			file, err := w.Create(namesAndContents[i])
			if err != nil {
				t.Fatal(err)
			}
			if _, err := file.Write([]byte(namesAndContents[i+1])); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "odd.backup")
		if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
}

// occupy makes a file in dir and returns dir.
func occupy(t *testing.T, dir, name string) string {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestPostgresIsRestoredOnlyIntoAnEmptyDatabase(t *testing.T) {
	t.Parallel()
	db := databasetest.Postgres(t)
	path := written(t, site(t, db))
	to := target(t, database.Postgres)
	to.Database = db.Pool().Config().ConnString()
	_, err := backup.Restore(t.Context(), path, to)
	if !fault.Is(err, fault.Conflict) {
		t.Fatalf("Restore = %v", err)
	}
	if _, err := os.Stat(filepath.Join(to.Data, "repositories")); err == nil {
		t.Error("repositories were restored without their database")
	}
}

func TestABackupOverwritesNothing(t *testing.T) {
	t.Parallel()
	from := site(t, databasetest.SQLite(t))
	path := written(t, from)
	if _, err := backup.WriteFile(t.Context(), path, from); !fault.Is(err, fault.Conflict) {
		t.Errorf("WriteFile over a backup = %v", err)
	}
	if _, err := backup.WriteFile(t.Context(), "/nowhere/x.backup", from); !fault.Is(err, fault.Invalid) {
		t.Errorf("WriteFile into a folder that is not there = %v", err)
	}
}
