package contracts

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/goldenpath/platform/internal/fault"
)

// MaxName is how many bytes a name may have. Names are looked up by index, and
// PostgreSQL has no room in one for much longer texts.
const MaxName = 1000

// IsText reports whether s is text that every database can keep: PostgreSQL
// takes neither the character U+0000 nor bytes that are not UTF-8.
func IsText(s string) bool { return utf8.ValidString(s) && !strings.Contains(s, "\x00") }

// IsLine reports whether s has one line only. A name with more would break the
// tables, logs and notices it stands in.
func IsLine(s string) bool { return !strings.ContainsAny(s, "\r\n") }

// IsPlain reports whether s is free of control characters. A name with one would
// steer the terminals and log viewers it is shown in.
func IsPlain(s string) bool { return !strings.ContainsFunc(s, unicode.IsControl) }

// checkName says what is wrong with the name of something new; field is what it
// names. Both databases must refuse the same names, or moving from one to the
// other fails.
func checkName(field, name string) error {
	if strings.TrimSpace(name) == "" {
		return fault.New(fault.Invalid, "The %s has no name.", field).WithField(field, "cannot be blank").
			WithHint("Name the %s; where its name comes from a variable, that one is empty.", field)
	}
	if err := checkText(field, name); err != nil {
		return err
	}
	if !IsLine(name) {
		return fault.New(fault.Invalid, "The name of the %s has more than one line.", field).WithField(field, "cannot contain multiple lines")
	}
	if err := checkPlain(field, name); err != nil {
		return err
	}
	if len(name) > MaxName {
		return fault.New(fault.Invalid, "The name of the %s is too long.", field).
			WithField(field, "has %d bytes, and may have %d", len(name), MaxName)
	}
	return nil
}

// checkText refuses what a database cannot keep.
func checkText(field, text string) error {
	if IsText(text) {
		return nil
	}
	return fault.New(fault.Invalid, "The %s cannot be stored.", field).
		WithField(field, "holds bytes that are not text in UTF-8, or the character U+0000")
}

// checkPlain refuses what a database cannot keep, and control characters.
func checkPlain(field, text string) error {
	if err := checkText(field, text); err != nil || IsPlain(text) {
		return err
	}
	return fault.New(fault.Invalid, "The %s holds a control character.", field).WithField(field, "cannot contain control characters")
}

// ensurePacticipant returns the service called name, made now if need be.
func (b *Broker) ensurePacticipant(ctx context.Context, name string) (p Pacticipant, created bool, err error) {
	if err := checkName("service", name); err != nil {
		return Pacticipant{}, false, err
	}
	return b.store.EnsurePacticipant(ctx, name, b.clock())
}

// check says what is wrong with the texts of a change.
func (c PacticipantChange) check() error {
	if err := checkMainBranch(c.MainBranch); err != nil {
		return err
	}
	for _, field := range []struct {
		name  string
		value *string
	}{
		{"displayName", c.DisplayName},
		{"mainBranch", c.MainBranch},
		{"repositoryUrl", c.RepositoryURL},
		{"repositoryName", c.RepositoryName},
		{"repositoryNamespace", c.RepositoryNamespace},
	} {
		if field.value == nil {
			continue
		}
		if err := checkPlain(field.name, *field.value); err != nil {
			return err
		}
	}
	return nil
}

// checkMainBranch refuses what no branch is called: it would never be found.
func checkMainBranch(branch *string) error {
	bad := fault.New(fault.Invalid, "There is no branch with such a name.")
	switch {
	case branch == nil:
	case !IsLine(*branch):
		return bad.WithField("mainBranch", "cannot contain multiple lines")
	case strings.Contains(*branch, " "):
		return bad.WithField("mainBranch", "cannot contain spaces")
	}
	return nil
}
