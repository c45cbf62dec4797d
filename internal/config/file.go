package config

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// readFile reads lines of KEY=value. The default file may be absent.
func (r *reader) readFile() {
	if r.path == "" {
		return
	}
	body, err := os.ReadFile(r.path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !r.named:
		return
	case errors.Is(err, fs.ErrNotExist):
		r.problem(r.path, "there is no such file, though --config or PLATFORM_CONFIG names it.")
		return
	case err != nil:
		r.problem(r.path, "cannot be read: "+reason(err)+".")
		return
	}
	lines := bufio.NewScanner(bytes.NewReader(body))
	for n := 1; lines.Scan(); n++ {
		r.readLine(fmt.Sprintf("%s:%d", r.path, n), strings.TrimSpace(lines.Text()))
	}
	if lines.Err() != nil {
		r.problem(r.path, "has a line that is too long to be a setting.")
	}
}

func (r *reader) readLine(where, line string) {
	if line == "" || strings.HasPrefix(line, "#") {
		return
	}
	name, value, ok := strings.Cut(line, "=")
	name, value = strings.TrimSpace(name), unquote(strings.TrimSpace(value))
	switch {
	case !ok:
		r.problem(where, "is not KEY=value. A comment begins with #.") // the line is not repeated: it may be a secret
	case name == fileVariable:
		r.problem(where, fileVariable+" names this file, so it cannot be set in it.")
	case !known(name):
		sentence := fmt.Sprintf("there is no setting %q.", name)
		if near := nearest(name, 4); near != "" {
			sentence += " Is it meant to be " + near + "?"
		}
		r.problem(where, sentence)
	case r.file[name].where != "":
		r.problem(where, name+" is set before, at "+r.file[name].where+".")
	default:
		r.file[name] = given{value: value, source: where, where: where}
	}
}

// unquote takes away the quotes that people are used to from shells.
func unquote(value string) string {
	if n := len(value); n >= 2 && (value[0] == '"' || value[0] == '\'') && value[0] == value[n-1] {
		return value[1 : n-1]
	}
	return value
}

// reason is what the system says, without the path that is named anyway.
func reason(err error) string {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return path.Err.Error()
	}
	return err.Error()
}
