package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/internal/backup"
	"github.com/goldenpath/platform/internal/database"
	"github.com/goldenpath/platform/internal/fault"
)

// backup returns "platform backup".
func (p *program) backup() *cobra.Command {
	return &cobra.Command{
		Use:   "backup FILE",
		Short: "Write database and repositories into one file, also while a server runs",
		Long: "Write database and repositories into one file, also while a server runs. It holds everything: who has it knows what\n" +
			"the platform knows. PostgreSQL is read with pg_dump.",
		Example: "  platform backup platform-2026-11-24.zip",
		Args:    cli.Args(cobra.ExactArgs(1)),
		RunE:    func(cmd *cobra.Command, args []string) error { return p.runBackup(cmd.Context(), args[0]) },
	}
}

func (p *program) runBackup(ctx context.Context, file string) error {
	if p.problem != nil {
		return p.problem
	}
	url := databaseURL(p.settings)
	if _, err := os.Stat(p.settings.Database); !p.settings.Postgres() && errors.Is(err, fs.ErrNotExist) {
		return fault.New(fault.NotFound, "There is no platform in %s: nothing to back up.", p.settings.DataDir).
			WithHint("Name its data folder: --data FOLDER, or PLATFORM_DATA")
	}
	// It is not migrated: a server of another version may be at work on it.
	db, err := database.Open(ctx, url, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer db.Close()
	path := p.fromHere(file)
	manifest, err := backup.WriteFile(ctx, path, backup.Source{
		DB: db, Data: p.settings.DataDir, Platform: thisBuild().Version, Now: time.Now(),
	})
	if err != nil {
		return err
	}
	return p.printBackup(path, manifest)
}

// restore returns "platform restore".
func (p *program) restore() *cobra.Command {
	return &cobra.Command{
		Use:   "restore FILE",
		Short: "Bring back what platform backup wrote, into an empty data folder",
		Long: "Bring back what platform backup wrote, into an empty data folder and, with PostgreSQL, an empty database.\n" +
			"The file is checked as a whole first. Nothing is ever overwritten.",
		Example: "  platform restore platform-2026-11-24.zip --data /var/lib/platform",
		Args:    cli.Args(cobra.ExactArgs(1)),
		RunE:    func(cmd *cobra.Command, args []string) error { return p.runRestore(cmd.Context(), args[0]) },
	}
}

func (p *program) runRestore(ctx context.Context, file string) error {
	if p.problem != nil {
		return p.problem
	}
	unlock, err := lockData(ctx, p.settings.DataDir, 0, nil)
	if err != nil {
		return err
	}
	defer func() { _ = unlock() }()
	path := p.fromHere(file)
	manifest, err := backup.Restore(ctx, path, backup.Target{
		Data: p.settings.DataDir, Database: databaseURL(p.settings), Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return err
	}
	p.env.Talk("Restored into %s. Next: platform serve", p.settings.DataDir)
	return p.printBackup(path, manifest)
}

func (p *program) printBackup(path string, m backup.Manifest) error {
	return p.env.Print(m, func(w io.Writer) error {
		return cli.Facts(w, "File", path, "Written", m.CreatedAt.Format(time.RFC3339), "Platform", m.Platform,
			"Database", string(m.Dialect), "Size", fmt.Sprintf("%d bytes in %s", m.Size(), cli.Count(len(m.Parts), "part", "parts")))
	})
}

// fromHere makes a path of what was typed absolute.
func (p *program) fromHere(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(p.env.Dir, path)
}
