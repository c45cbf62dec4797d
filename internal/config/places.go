package config

import (
	"os"
	"path/filepath"
	"strings"
)

// folder is ours in the folders that a person's programs share.
const folder = "goldenpath"

// Environment returns the environment of this process. It is the only place
// that looks at it.
func Environment() []string { return os.Environ() }

// home is the person's folder, or "".
func (r *reader) home() string { return first(r.env["HOME"], r.env["USERPROFILE"]) }

// shared returns our folder in the one that variable names, else in fallback
// below the home directory. A relative one counts as not set, as XDG says.
func (r *reader) shared(variable string, fallback ...string) string {
	if dir := r.env[variable]; filepath.IsAbs(dir) {
		return filepath.Join(dir, folder)
	}
	home := r.home()
	if home == "" {
		return ""
	}
	return filepath.Join(append([]string{home}, append(fallback, folder)...)...)
}

func (r *reader) dataDir(*Config) string { return r.shared("XDG_DATA_HOME", ".local", "share") }

func (r *reader) configDir() string { return r.shared("XDG_CONFIG_HOME", ".config") }

func sqliteFile(_ *reader, c *Config) string {
	if c.DataDir == "" {
		return ""
	}
	return filepath.Join(c.DataDir, "platform.db")
}

// absolute makes a path independent of the folder a process runs in. A file
// has no shell that would know what ~ is.
func (r *reader) absolute(path string) string {
	if rest, ok := strings.CutPrefix(path, "~/"); ok && r.home() != "" {
		return filepath.Join(r.home(), rest)
	}
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	if r.dir != "" {
		return filepath.Join(r.dir, path)
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	return abs
}
