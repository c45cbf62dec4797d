package catalog

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/goldenpath/platform/internal/fault"
)

// PushedFile is a file that a pipeline sent.
type PushedFile struct {
	Path    string
	Content []byte
	Entry   bool // it is a catalog file by itself, and not because another one names it
}

// sent reports whether l is not read: somebody sends what it has, which is kept.
func (l Location) sent() bool { return l.Type == LocationPush || l.Type == LocationCopy }

// maxKept bounds how many bytes are kept of what pipelines sent of a repository:
// twice what one of them may send.
const maxKept = 64 << 20

// sent is what a pipeline sent and is to be kept.
type sent struct {
	files  []PushedFile
	forget []string // files that were kept and are not any more
	whole  bool     // it is all that the repository has
	push   PushRequest
}

// sent returns what is to be kept of a push in which found was found.
func (p PushRequest) sent(found reading) *sent {
	s := &sent{whole: len(p.Entries) == 0, push: p}
	for name, content := range p.Files {
		s.files = append(s.files, PushedFile{Path: name, Content: content, Entry: slices.Contains(found.roots, name)})
	}
	slices.SortFunc(s.files, func(a, b PushedFile) int { return cmp.Compare(a.Path, b.Path) })
	return s
}

// follows decides about what is taken in of l, known as it is now: another push
// may have come meanwhile.
func (s *sent) follows(l *Location, known Location, read string) error {
	switch {
	case l.Type != LocationPush:
		return nil
	case s == nil && known.Commit != read:
		return older("The commit %s was sent while %s was read.", known.Commit, read)
	case s == nil:
		return nil
	}
	if err := s.push.overtaken(known); err != nil {
		return err
	}
	l.Settings = s.push.remembered(known)
	return nil
}

// keepPushed keeps what was sent, in the transaction that takes it in.
func (c *Catalog) keepPushed(ctx context.Context, l Location, found reading) error {
	if found.sent == nil {
		return nil
	}
	if err := c.store.KeepPushed(ctx, l.ID, found.sent.files, found.sent.whole); err != nil {
		return fmt.Errorf("keep what was sent of %s: %w", l, err)
	}
	if len(found.sent.forget) == 0 {
		return nil
	}
	if err := c.store.ForgetPushed(ctx, l.ID, found.sent.forget); err != nil {
		return fmt.Errorf("forget what was sent of %s: %w", l, err)
	}
	return nil
}

// open opens a location. What pipelines sent is read from what is kept of it.
func (c *Catalog) open(ctx context.Context, l Location) (*Tree, error) {
	if !l.sent() {
		return c.reader.Open(ctx, l)
	}
	kept, err := c.store.PushedFiles(ctx, l.ID)
	if err != nil {
		return nil, fmt.Errorf("read what is kept of %s: %w", l, err)
	}
	p := PushRequest{Commit: l.Commit, Branch: l.Branch, Files: make(map[string][]byte, len(kept))}
	for _, f := range kept {
		p.Files[f.Path] = f.Content
		if f.Entry {
			p.Entries = append(p.Entries, f.Path)
		}
	}
	if len(p.Entries) == 0 {
		if l.Type == LocationCopy {
			return nil, fault.New(fault.Invalid, "Nothing is kept of what was copied from %s.", l.Target).
				WithHint("Copy it again: platform catalog import --backstage %s", strings.TrimSuffix(l.Target, "/api/catalog"))
		}
		return nil, fault.New(fault.Invalid, "Nothing is kept of what was sent of %s.", l.Target).
			WithHint("Send it again from its pipeline, or a clone: platform catalog push catalog-info.yaml")
	}
	slices.Sort(p.Entries)
	tree := p.tree()
	tree.Version = func() string { // it is still the version that was sent
		version, _ := versionIn(l.Version)
		return version
	}
	return tree, nil
}
