package backup

import (
	"bytes"
	"context"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/goldenpath/platform/internal/fault"
)

// dump writes a PostgreSQL database into a file.
func dump(ctx context.Context, config *pgxpool.Config, path string) error {
	return runTool(ctx, config, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--file="+path)
}

// load reads such a file into an empty database, all of it or nothing.
func load(ctx context.Context, config *pgxpool.Config, path string) error {
	return runTool(ctx, config, "pg_restore", "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges",
		"--dbname="+config.ConnConfig.Database, path)
}

func runTool(ctx context.Context, config *pgxpool.Config, name string, args ...string) error {
	program, err := findTool(name)
	if err != nil {
		return err
	}
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, program, args...)     //nolint:gosec // PostgreSQL's own tools, with arguments of ours
	cmd.Env = append(os.Environ(), connection(config)...) //nolint:forbidigo // the tool's own environment, not a setting of ours
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		text := strings.TrimSpace(said.String())
		if strings.Contains(text, "server version mismatch") {
			return fault.New(fault.MissingTool, "%s is older than the PostgreSQL it should read.", program).
				WithHint("Install the client of the server's version: apt-get install postgresql-client-VERSION").WithCause(err)
		}
		return fault.New(fault.Failed, "%s failed: %s.", name, strings.TrimSuffix(lastLine(text), ".")).
			WithHint("Try it by hand: %s --help", program).WithCause(err)
	}
	return nil
}

func lastLine(text string) string { return text[strings.LastIndexByte(text, '\n')+1:] }

// findTool looks for PostgreSQL's client on PATH and where Debian keeps it.
func findTool(name string) (string, error) {
	if program, err := exec.LookPath(name); err == nil {
		return program, nil
	}
	found, _ := filepath.Glob(filepath.Join("/usr/lib/postgresql/*/bin", name))
	if len(found) > 0 {
		slices.Sort(found)
		return found[len(found)-1], nil
	}
	return "", fault.New(fault.MissingTool, "%s is not installed; a PostgreSQL database cannot be backed up or restored without it.", name).
		WithHint("Install PostgreSQL's client: apt-get install postgresql-client")
}

// connection says by environment where the database is: arguments, and a
// password in them, can be read by everybody on the machine.
func connection(config *pgxpool.Config) []string {
	conn := config.ConnConfig
	env := []string{
		"PGHOST=" + conn.Host, "PGPORT=" + strconv.Itoa(int(conn.Port)), "PGUSER=" + conn.User, "PGDATABASE=" + conn.Database,
	}
	if conn.Password != "" {
		env = append(env, "PGPASSWORD="+conn.Password)
	}
	address, err := url.Parse(config.ConnString())
	if err != nil {
		return env
	}
	for _, key := range []string{"sslmode", "sslcert", "sslkey", "sslrootcert", "options"} {
		if value := address.Query().Get(key); value != "" {
			env = append(env, "PG"+strings.ToUpper(key)+"="+value)
		}
	}
	return env
}
