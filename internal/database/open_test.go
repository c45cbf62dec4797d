package database_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goldenpath/platform/internal/database"
	"github.com/goldenpath/platform/internal/database/databasetest"
	"github.com/goldenpath/platform/internal/fault"
)

// opened opens and migrates, as the program does at start.
func opened(t *testing.T, address string) error {
	t.Helper()
	db, err := database.Open(t.Context(), address, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	return errors.Join(db.Migrate(t.Context()), db.Close())
}

// explained checks that err is a fault a person can act on.
func explained(t *testing.T, err error, code fault.Code, says string) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) {
		t.Fatalf("error is %v, not a fault", err)
	}
	if f.Code != code || !strings.Contains(f.Message, says) {
		t.Errorf("fault is %s %q, want %s %q", f.Code, f.Message, code, says)
	}
	if f.Hint == "" {
		t.Errorf("%q comes without a hint", f.Message)
	}
	for e := error(f); e != nil; e = errors.Unwrap(e) {
		if strings.Contains(e.Error()+f.Hint, "s3cret") {
			t.Errorf("a password is in %q", e)
		}
	}
}

func TestSQLiteFilesThatAreNoDatabase(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		make func(t *testing.T, path string)
		code fault.Code
		says string
	}{
		{"a folder", func(t *testing.T, path string) { t.Helper(); mkdir(t, path) }, fault.Invalid, "is a folder"},
		{"text", func(t *testing.T, path string) { t.Helper(); write(t, path, bytes.Repeat([]byte("hello\n"), 400)) }, fault.Invalid, "is not a SQLite database"},
		{"a page overwritten", func(t *testing.T, path string) { t.Helper(); damage(t, path, 4096) }, fault.Invalid, "is damaged"},
		{"the first page overwritten", func(t *testing.T, path string) { t.Helper(); damage(t, path, 100) }, fault.Invalid, "is damaged"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "platform.db")
			test.make(t, path)
			explained(t, opened(t, "sqlite:"+path), test.code, test.says)
		})
	}
}

func mkdir(t *testing.T, path string) {
	t.Helper()
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// damage overwrites everything after an offset of a good database.
func damage(t *testing.T, path string, from int) {
	t.Helper()
	if err := opened(t, "sqlite:"+path); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := from; i < len(data); i++ {
		data[i] = 0xA5
	}
	write(t, path, data)
}

func TestAddressesThatLeadNowhere(t *testing.T) {
	t.Parallel()
	closed := closedPort(t)
	tests := []struct {
		name, address string
		code          fault.Code
		says          string
	}{
		{"another database", "mysql://me:s3cret@host/x", fault.Invalid, "neither sqlite:PATH nor postgres://"},
		{"nothing", "", fault.Invalid, "neither sqlite:PATH nor postgres://"},
		{"no file", "sqlite:", fault.Invalid, "names no file"},
		{"no file but memory", "sqlite::memory:", fault.Invalid, "names no file"},
		{"a file where a folder should be", "sqlite:/etc/passwd/platform.db", fault.Invalid, "/etc/passwd"},
		{"a password that breaks the address", "postgres://me:s3cret/1@host/x", fault.Invalid, "cannot be read"},
		{"nobody listening", "postgres://me:s3cret@" + closed + "/x", fault.Unavailable, "PostgreSQL at " + closed + ", database x does not answer"},
		{"no such host", "postgres://me:s3cret@nowhere.invalid/x", fault.Unavailable, "PostgreSQL at nowhere.invalid:5432, database x does not answer"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			explained(t, opened(t, test.address), test.code, test.says)
		})
	}
}

// closedPort returns an address at which nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // closed at once
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func TestPostgresRefuses(t *testing.T) {
	t.Parallel()
	good := databasetest.PostgresURL(t)
	change := func(change func(u *url.URL)) string {
		u, err := url.Parse(good)
		if err != nil {
			t.Fatal(err)
		}
		change(u)
		return u.String()
	}
	admin := databasetest.Open(t, good)
	for _, statement := range []string{"CREATE ROLE guest LOGIN PASSWORD 's3cret'", "REVOKE CREATE ON SCHEMA public FROM PUBLIC"} {
		if _, err := admin.SQL().ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { // after all the tests that log in as guest
		if _, err := admin.SQL().ExecContext(context.WithoutCancel(t.Context()), "DROP ROLE guest"); err != nil {
			t.Error(err)
		}
	})
	tests := []struct {
		name, address string
		code          fault.Code
		says          string
	}{
		{"a database that is not there", change(func(u *url.URL) { u.Path = "/ghost" }), fault.NotFound, "there is no such database"},
		{"a user that is not there", change(func(u *url.URL) { u.User = url.UserPassword("ghost", "s3cret") }), fault.Unauthenticated, "does not let ghost in"},
		{"a user who may not make tables", change(func(u *url.URL) { u.User = url.UserPassword("guest", "s3cret") }), fault.Forbidden, "guest may not do this"},
		{"a server that only reads", change(func(u *url.URL) { u.RawQuery += "&default_transaction_read_only=on" }), fault.Forbidden, "is read-only"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			explained(t, opened(t, test.address), test.code, test.says)
		})
	}
}

func TestPlacesOfSQLite(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"plain.db", "with space.db", "why?.db", "50%.db", "a#b.db", "deep/er/platform.db", "ünïcode.db"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(dir, name)
			for _, address := range []string{"sqlite:" + path, "sqlite://" + path} {
				if err := opened(t, address); err != nil {
					t.Fatal(err)
				}
			}
			info, err := os.Stat(path)
			if err != nil || info.Size() == 0 || info.Mode().Perm() != 0o600 {
				t.Errorf("%s: %v, %v", path, info, err)
			}
		})
	}
}
