package store_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/postgres"
	"ariga.io/atlas/sql/schema"
	"ariga.io/atlas/sql/sqlite"
	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
	entschema "entgo.io/ent/dialect/sql/schema"
	"entgo.io/ent/entc/gen"
	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/internal/database"
	"github.com/goldenpath/platform/internal/database/databasetest"
	"github.com/goldenpath/platform/internal/store/generate"
)

// loaded is the schema, read once: several readers get into each other's way.
var loaded = sync.OnceValues(func() (*gen.Graph, error) { return generate.Load("./schema", "") })

// tablesOf reads the tables of a database as it tells them itself, so that two
// spellings of one thing are one.
func tablesOf(t *testing.T, db *database.DB) *schema.Schema {
	t.Helper()
	found, err := inspector(t, db).InspectSchema(t.Context(), "", &schema.InspectOptions{
		Mode: schema.InspectTables, Exclude: []string{"goose_db_version", "river_*", "sqlite_sequence"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func inspector(t *testing.T, db *database.DB) migrate.Driver {
	t.Helper()
	open := sqlite.Open
	if db.Dialect() == database.Postgres {
		open = postgres.Open
	}
	driver, err := open(db.SQL())
	if err != nil {
		t.Fatal(err)
	}
	return driver
}

// wanted returns a database whose tables ent made from the schema.
func wanted(t *testing.T, kind database.Dialect) *database.DB {
	t.Helper()
	url, name := "sqlite:"+filepath.Join(t.TempDir(), "wanted.db"), dialect.SQLite
	if kind == database.Postgres {
		url, name = databasetest.PostgresURL(t), dialect.Postgres
	}
	db := databasetest.Open(t, url)
	m, err := entschema.NewMigrate(entsql.OpenDB(name, db.SQL()))
	if err != nil {
		t.Fatal(err)
	}
	graph, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	tables, err := graph.Tables()
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Create(t.Context(), tables...); err != nil {
		t.Fatal(err)
	}
	return db
}

// missing returns what would make the tables of db those of the schema.
func missing(t *testing.T, db *database.DB) []string {
	t.Helper()
	driver := inspector(t, db)
	changes, err := driver.SchemaDiff(tablesOf(t, db), tablesOf(t, wanted(t, db.Dialect())))
	if err != nil {
		t.Fatal(err)
	}
	plan, err := driver.PlanChanges(t.Context(), "", changes)
	if err != nil {
		t.Fatal(err)
	}
	var statements []string
	for _, change := range plan.Changes {
		statements = append(statements, change.Comment+": "+change.Cmd)
	}
	return statements
}

func TestMigrationsMakeTheTablesOfTheSchema(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		t.Helper()
		if changes := missing(t, db); len(changes) > 0 {
			t.Errorf("internal/database/migrations/%s and internal/store/schema disagree. The schema wants:\n%s", db.Dialect(), strings.Join(changes, "\n"))
		}
	})
}

func TestADifferenceToTheSchemaIsSeen(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, change, want string }{
		{"a column too many", "ALTER TABLE runs ADD COLUMN mood varchar NULL", "runs"},
		{"an index too few", "DROP INDEX run_state_id", "run_state_id"},
		{"an index of other rows", "DROP INDEX deployment_current; CREATE INDEX deployment_current ON deployments (environment_id, pacticipant_id)", "deployment_current"},
		{"a table too few", "DROP TABLE run_files", "run_files"},
		{"a table too many", "CREATE TABLE spare (id integer PRIMARY KEY)", "spare"},
	}
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		t.Helper()
		for _, test := range tests {
			for statement := range strings.SplitSeq(test.change, ";") {
				if _, err := db.SQL().ExecContext(t.Context(), statement); err != nil {
					t.Fatal(err)
				}
			}
			if changes := strings.Join(missing(t, db), "\n"); !strings.Contains(changes, test.want) {
				t.Errorf("%s: %q does not name %s", test.name, changes, test.want)
			}
		}
	})
}

// The generated client is what the schema generates now.
func TestTheClientIsGeneratedFromTheSchema(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("generating takes seconds")
	}
	graph, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	graph.Target = t.TempDir() // nobody else generates from it
	if err := graph.Gen(); err != nil {
		t.Fatalf("generate: %v", err)
	}
	want, got := contents(t, graph.Target), contents(t, "ent")
	// Holds ent's version, which a test does not know of itself.
	delete(want, "runtime/runtime.go")
	delete(got, "runtime/runtime.go")
	for name, text := range want {
		if diff := cmp.Diff(text, got[name]); diff != "" {
			t.Errorf("internal/store/ent/%s is stale: go generate ./internal/store (-generated +there):\n%.400s", name, diff)
		}
		delete(got, name)
	}
	for name := range got {
		t.Errorf("internal/store/ent/%s is left over from something the schema no longer has", name)
	}
}

// contents reads all files under a folder.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	root := os.DirFS(dir)
	err := fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(root, path)
		files[path] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
