package git

import (
	"errors"
	"fmt"
	"strings"

	gogit "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/internal/pattern"
)

var (
	errNoRef    = errors.New("no such branch or tag")
	errNoCommit = errors.New("the tag names something that is no commit")
)

// noRefError says that there is no such branch or tag, but one that the path
// goes on to: in the address of a page nobody sees where a branch with slashes
// in its name ends.
type noRefError struct{ name, path string }

// Error says what there is.
func (e *noRefError) Error() string { return errNoRef.Error() + "; there is " + e.name }

// Unwrap makes it one of its kind.
func (*noRefError) Unwrap() error { return errNoRef }

// refNames are the full names of what people call by a name, the first one that
// exists being meant: a branch comes before a tag, as in git.
func refNames(name string) []plumbing.ReferenceName {
	if strings.HasPrefix(name, "refs/") {
		return []plumbing.ReferenceName{plumbing.ReferenceName(name)}
	}
	return []plumbing.ReferenceName{
		plumbing.NewBranchReferenceName(name), plumbing.NewRemoteReferenceName("origin", name), plumbing.NewTagReferenceName(name),
	}
}

// noRef returns why a location's branch is not among all that there are.
func noRef(l catalog.Location, all []plumbing.ReferenceName) error {
	var longest *noRefError
	whole := l.Branch + "/" + l.Path
	for _, ref := range all {
		name := ref.Short()
		if ref.IsRemote() {
			name = strings.TrimPrefix(name, "origin/")
		}
		path, found := strings.CutPrefix(whole+"/", name+"/")
		if found && len(name) > len(l.Branch) && (longest == nil || len(name) > len(longest.name)) {
			longest = &noRefError{name: name, path: strings.TrimSuffix(path, "/")}
		}
	}
	if longest == nil {
		return errNoRef
	}
	return longest
}

// tip returns the commit of a location's branch or tag, or of HEAD when it names
// none, in a repository of this machine.
func tip(repository *gogit.Repository, l catalog.Location) (plumbing.Hash, string, error) {
	if l.Branch == "" {
		head, err := repository.Head()
		if err != nil {
			return plumbing.ZeroHash, "", err
		}
		return head.Hash(), head.Name().Short(), nil
	}
	for _, name := range refNames(l.Branch) {
		ref, err := repository.Reference(name, true)
		if err != nil {
			continue
		}
		short := name.Short()
		if name.IsRemote() {
			short = l.Branch
		}
		id, err := peel(repository, ref.Hash())
		return id, short, err
	}
	refs, err := repository.References()
	if err != nil {
		return plumbing.ZeroHash, "", err
	}
	var all []plumbing.ReferenceName
	err = refs.ForEach(func(ref *plumbing.Reference) error {
		all = append(all, ref.Name())
		return nil
	})
	return plumbing.ZeroHash, "", errors.Join(noRef(l, all), err)
}

// maxTags bounds how many tags of tags are looked through.
const maxTags = 10

// peel returns the commit that an annotated tag names; a commit is itself.
func peel(repository *gogit.Repository, id plumbing.Hash) (plumbing.Hash, error) {
	for range maxTags {
		tag, err := repository.TagObject(id)
		if errors.Is(err, plumbing.ErrObjectNotFound) {
			break
		}
		if err != nil {
			return id, fmt.Errorf("read the tag %s: %w", id, err)
		}
		id = tag.Target
	}
	if _, err := repository.CommitObject(id); errors.Is(err, plumbing.ErrObjectNotFound) {
		return id, errNoCommit
	}
	return id, nil
}

// tip returns what to fetch of a location, its full name and what it is called:
// the newest commit of its branch, of a tag of that name, or of the default
// branch when it names none.
func (r *conversation) tip(l catalog.Location) (plumbing.Hash, plumbing.ReferenceName, error) {
	refs, err := r.commands.AllReferences()
	if err != nil {
		return plumbing.ZeroHash, "", err
	}
	if l.Branch == "" {
		head, ok := refs[plumbing.HEAD]
		name := plumbing.HEAD
		if ok && head.Type() == plumbing.SymbolicReference {
			name = head.Target()
			head, ok = refs[name]
		}
		if !ok {
			return plumbing.ZeroHash, "", errNoRef
		}
		return head.Hash(), name, nil
	}
	all := make([]plumbing.ReferenceName, 0, len(refs))
	for name := range refs {
		all = append(all, name)
	}
	for _, name := range refNames(l.Branch) {
		if ref, ok := refs[name]; ok {
			return ref.Hash(), name, nil
		}
	}
	return plumbing.ZeroHash, "", noRef(l, all)
}

// commitOf returns the commit of what is fetched: an annotated tag is an object
// of its own.
func (r *conversation) commitOf(id plumbing.Hash, name plumbing.ReferenceName) plumbing.Hash {
	if commit, ok := r.commands.Peeled[name.String()]; ok {
		return commit
	}
	return id
}

var commitID = pattern.New(`^[0-9a-f]{7,64}$`)

func branchFault(l catalog.Location, err error) error {
	var longer *noRefError
	switch {
	case errors.Is(err, errNoCommit):
		return fault.New(fault.Invalid, "The tag %s of %s is of something that is no commit.", l.Branch, l.Target).
			WithHint("Name a branch, or the tag of a commit.").WithCause(err)
	case l.Branch == "":
		return fault.New(fault.Invalid, "The repository %s is empty.", l.Target).
			WithHint("Push a branch that holds catalog-info.yaml, then register it again.").WithCause(err)
	case errors.As(err, &longer):
		command := "platform catalog register " + l.Target + " --branch " + longer.name
		if longer.path != "" {
			command += " --path " + longer.path
		}
		return fault.New(fault.NotFound, "%s has no branch or tag %s, but %s.", l.Target, l.Branch, longer.name).
			WithHint("Say where its name ends: %s", command).WithCause(err)
	case commitID().MatchString(l.Branch):
		return fault.New(fault.NotFound, "%s has no branch or tag %s. If that is a commit: what never changes is not read again.", l.Target, l.Branch).
			WithHint("Name a branch; or tag the commit, and name the tag: git tag v1 %s && git push origin v1", l.Branch).WithCause(err)
	}
	return fault.New(fault.NotFound, "%s has no branch or tag %s.", l.Target, l.Branch).
		WithHint("Check how it is written, or leave the branch out to read the default one.").WithCause(err)
}
