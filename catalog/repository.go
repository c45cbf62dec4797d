package catalog

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/goldenpath/platform/internal/fault"
)

// One repository has many addresses: https://github.com/acme/orders, which
// pipelines are given, with .git at its end, and git@github.com:acme/orders.git.
// It is one location whatever it is called.

// defaultPort returns the port that an address need not name, "" when git does
// not know the scheme.
func defaultPort(scheme string) string {
	return map[string]string{"https": "443", "http": "80", "ssh": "22", "git": "9418"}[strings.ToLower(scheme)]
}

// SameRepository reports whether two addresses are those of one repository.
func SameRepository(a, b string) bool { return sameRepository(a) == sameRepository(b) }

// sameRepository returns what is equal for all ways to write one repository's
// address: https://github.com/Acme/orders.git, git@github.com:acme/orders.
func sameRepository(target string) string {
	if isSSH(target) {
		_, rest, _ := strings.Cut(target, "@")
		target = "ssh://" + strings.Replace(rest, ":", "/", 1)
	}
	u, err := url.Parse(target)
	switch {
	case err != nil:
		return target
	case strings.EqualFold(u.Scheme, "file"):
		return path.Clean("/" + u.Path) // nobody knows whether this machine tells a and A apart
	case u.Host == "":
		return target
	}
	host := u.Host
	if port := u.Port(); port != "" && port == defaultPort(u.Scheme) {
		host = strings.TrimSuffix(host, ":"+port)
	}
	name := strings.TrimSuffix(strings.Trim(u.Path, "/"), ".git")
	return strings.ToLower(strings.TrimSuffix(host+"/"+name, "/"))
}

// inEveryAddress returns what every address of a repository contains, in lower
// case: its path, as far as that is always written in the same letters.
func inEveryAddress(target string) string {
	same := sameRepository(target)
	if strings.HasPrefix(same, "/") {
		return strings.ToLower(same) // a path on this machine
	}
	_, name, found := strings.Cut(same, "/")
	if !found {
		name = same
	}
	odd := strings.LastIndexFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && !strings.ContainsRune("-_./~", r)
	})
	if odd >= 0 {
		_, name, _ = strings.Cut(name[odd:], "/")
	}
	return name
}

// ofRepository returns the locations that read a repository, or that its files
// are sent to, oldest first and without their problems.
func (c *Catalog) ofRepository(ctx context.Context, target string) ([]Location, error) {
	found, err := c.store.LocationsNaming(ctx, inEveryAddress(target))
	if err != nil {
		return nil, fmt.Errorf("read the locations of %s: %w", target, err)
	}
	return slices.DeleteFunc(found, func(l Location) bool {
		return l.Type != LocationGit && l.Type != LocationPush || !SameRepository(l.Target, target)
	}), nil
}

// registered returns the location that points where l does, by whatever address
// it was registered.
func (c *Catalog) registered(ctx context.Context, l Location) (Location, bool, error) {
	known, exists, err := c.store.LocationByKey(ctx, l)
	if err != nil {
		return Location{}, false, fmt.Errorf("read location %s: %w", l, err)
	}
	if exists || l.Type != LocationGit && l.Type != LocationPush {
		return known, exists, nil
	}
	others, err := c.ofRepository(ctx, l.Target)
	if err != nil {
		return Location{}, false, err
	}
	for _, other := range others {
		if other.Type != l.Type || other.Branch != l.Branch || other.Path != l.Path {
			continue
		}
		if known, exists, err = c.store.LocationByID(ctx, other.ID); err != nil {
			return Location{}, false, fmt.Errorf("read location %s: %w", other.ID, err)
		}
		return known, exists, nil
	}
	return Location{}, false, nil
}

// errOtherAddress says that somebody else registered a repository by another
// address while it was read: what was found says where it is from, so it is read
// once more.
var errOtherAddress = errors.New("the repository is registered by another address")

// asStored returns the location that l is when what was found is stored.
func (c *Catalog) asStored(ctx context.Context, l Location) (Location, bool, error) {
	if l.ID != "" { // one that was removed is not another one
		known, exists, err := c.store.LocationByKey(ctx, l)
		if err != nil {
			return Location{}, false, fmt.Errorf("read location %s: %w", l, err)
		}
		return known, exists, nil
	}
	known, exists, err := c.registered(ctx, l)
	if err == nil && exists && known.Target != l.Target {
		err = errOtherAddress
	}
	return known, exists, err
}

// twice tells what to do about one repository that has two locations: from a time
// when each of its addresses made one, or of its default branch by name and
// without, or of the whole and of a part.
func (l Location) twice(other Source) (hint string, isTwice bool) {
	readOrSent := l.Type == LocationGit || l.Type == LocationPush
	otherBranch := l.Type == LocationPush && l.Branch != other.Branch // that is another matter
	if !readOrSent || l.Type != other.Type || otherBranch || !SameRepository(l.Target, other.Target) {
		return "", false
	}
	both := "Both are of one repository."
	if l.Branch == other.Branch && l.Target != other.Target {
		both = "Both are of one repository, by two addresses."
	}
	return both + " Remove this one: platform catalog remove " + l.String(), true
}

// isRepository reports whether files can be sent under an address: one that
// others can tell a repository by.
func isRepository(target string) bool {
	if isSSH(target) {
		_, name, _ := strings.Cut(target, ":")
		return strings.Trim(name, "/") != ""
	}
	u, err := url.Parse(target)
	switch {
	case err != nil:
		return false
	case u.Scheme == "" || strings.EqualFold(u.Scheme, "file"):
		return path.IsAbs(u.Path) && strings.HasSuffix(u.Path, ".git")
	}
	return defaultPort(u.Scheme) != "" && u.Host != "" && strings.Trim(u.Path, "/") != ""
}

// isCommit reports whether something can be a commit's id, whole or short.
func isCommit(id string) bool {
	return len(id) >= 7 && len(id) <= 64 && strings.Trim(strings.ToLower(id), "0123456789abcdef") == ""
}

// checkOrigin refuses what no repository or commit can be called.
func (p PushRequest) checkOrigin(l Location) error {
	if !isRepository(l.Target) {
		return fault.New(fault.Invalid, "%s is no address of a repository.", l.Target).
			WithHint("Write the one that git has: platform catalog push --repository https://HOST/OWNER/NAME ...")
	}
	if p.Commit != "" && !isCommit(p.Commit) {
		return fault.New(fault.Invalid, "%s is no commit.", printable(p.Commit)).
			WithHint("Write its id, 7 to 64 hexadecimal digits, as git rev-parse HEAD prints it.")
	}
	return nil
}
