package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/goldenpath/platform/internal/fault"
)

// Logins are the servers a person logged in to, and which one commands use.
type Logins struct {
	Current string            `json:"current,omitempty"`
	Tokens  map[string]string `json:"tokens,omitempty"` // by address
}

func loginsPath(configDir string) string { return filepath.Join(configDir, "login.json") }

// LoadLogins reads the logins kept in configDir; none is no error.
func LoadLogins(configDir string) (Logins, error) {
	if configDir == "" {
		return Logins{}, nil
	}
	path := loginsPath(configDir)
	body, err := os.ReadFile(filepath.Clean(path))
	if errors.Is(err, fs.ErrNotExist) {
		return Logins{}, nil
	}
	if err != nil {
		return Logins{}, fmt.Errorf("read logins: %w", err)
	}
	var l Logins
	if err := json.Unmarshal(body, &l); err != nil {
		return Logins{}, fault.New(fault.Invalid, "%s is damaged.", path).
			WithHint("Delete it and log in again: platform login URL").WithCause(err)
	}
	return l, nil
}

// Save keeps l in configDir, readable by this user only.
func (l Logins) Save(configDir string) error {
	if configDir == "" {
		return fault.New(fault.Invalid, "There is no folder to keep the login in.").
			WithHint("Set HOME or XDG_CONFIG_HOME.")
	}
	body, err := json.MarshalIndent(l, "", "  ")
	if err != nil {
		return fmt.Errorf("encode logins: %w", err)
	}
	return writeFile(loginsPath(configDir), append(body, '\n'))
}
