package backup

import (
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/goldenpath/platform/internal/fault"
)

func TestToolsGetTheAddressByEnvironment(t *testing.T) {
	t.Parallel()
	config, err := pgxpool.ParseConfig("postgres://me:s3cret@db.example.com:6432/shop?sslmode=require&pool_max_conns=3")
	if err != nil {
		t.Fatal(err)
	}
	env := connection(config)
	for _, want := range []string{"PGHOST=db.example.com", "PGPORT=6432", "PGUSER=me", "PGPASSWORD=s3cret", "PGDATABASE=shop", "PGSSLMODE=require"} {
		if !slices.Contains(env, want) {
			t.Errorf("%s is missing in %s", want, strings.ReplaceAll(strings.Join(env, " "), "s3cret", "…"))
		}
	}
}

func TestAMissingToolIsNamed(t *testing.T) {
	t.Parallel()
	if _, err := findTool("pg_dump_of_nowhere"); !fault.Is(err, fault.MissingTool) || !strings.Contains(err.Error(), "pg_dump_of_nowhere is not installed") {
		t.Errorf("findTool = %v", err)
	}
}
