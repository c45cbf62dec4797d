package catalogtest

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/goldenpath/platform/catalog"
)

// sources is what the fake keeps of how locations are read again.
type sources struct {
	files     map[string]map[string]catalog.FileRecord // by location and path
	documents map[string][]catalog.Doc                 // by uid
	contents  map[string][]byte                        // by digest
	checks    map[string]catalog.RepositoryCheck       // by address
	pushed    map[string]map[string]catalog.PushedFile // by location and path
}

func newSources() sources {
	return sources{
		files: map[string]map[string]catalog.FileRecord{}, documents: map[string][]catalog.Doc{},
		contents: map[string][]byte{}, checks: map[string]catalog.RepositoryCheck{}, pushed: map[string]map[string]catalog.PushedFile{},
	}
}

func (s sources) clone() sources {
	out := sources{
		files: map[string]map[string]catalog.FileRecord{}, documents: maps.Clone(s.documents),
		contents: maps.Clone(s.contents), checks: maps.Clone(s.checks), pushed: map[string]map[string]catalog.PushedFile{},
	}
	for id, files := range s.pushed {
		out.pushed[id] = maps.Clone(files)
	}
	for id, files := range s.files {
		out.files[id] = maps.Clone(files)
	}
	return out
}

var errNoContent = errors.New("a document is stored without its content")

// alone runs fn on the transaction in ctx, or in one of its own.
func (f *Fake) alone(ctx context.Context, fn func(s *state) error) error {
	return f.InTx(ctx, func(ctx context.Context) error {
		s, err := f.write(ctx)
		if err != nil {
			return err
		}
		return fn(s)
	})
}

// ClaimDue returns locations that are due and plans them for later.
func (f *Fake) ClaimDue(ctx context.Context, now, until time.Time, limit int) ([]catalog.Location, error) {
	var out []catalog.Location
	err := f.alone(ctx, func(s *state) error {
		var due []int
		for i, l := range s.locations {
			if !l.RefreshAt.IsZero() && !l.RefreshAt.After(now) {
				due = append(due, i)
			}
		}
		slices.SortStableFunc(due, func(a, b int) int { return s.locations[a].RefreshAt.Compare(s.locations[b].RefreshAt) })
		for _, i := range due[:min(limit, len(due))] {
			s.locations[i].RefreshAt = until
			out = append(out, s.locations[i])
		}
		return nil
	})
	return out, err
}

// SaveSchedule stores when a location was and will be read.
func (f *Fake) SaveSchedule(ctx context.Context, l catalog.Location, claimed time.Time) error {
	return f.alone(ctx, func(s *state) error {
		for i := range s.locations {
			if k := &s.locations[i]; k.ID == l.ID {
				k.LastRefreshed, k.LastSucceeded, k.Failures = l.LastRefreshed, l.LastSucceeded, l.Failures
				k.Version, k.Commit = l.Version, l.Commit
				if !claimed.IsZero() && !k.RefreshAt.IsZero() && !k.RefreshAt.Before(claimed) {
					k.RefreshAt = l.RefreshAt
				}
			}
		}
		return nil
	})
}

// SetEvery stores how often a location is read, and when next.
func (f *Fake) SetEvery(ctx context.Context, l catalog.Location) error {
	return f.alone(ctx, func(s *state) error {
		for i := range s.locations {
			if k := &s.locations[i]; k.ID == l.ID {
				k.RefreshEvery, k.InheritedEvery, k.RefreshAt = l.RefreshEvery, l.InheritedEvery, l.RefreshAt
			}
		}
		return nil
	})
}

// SetDue makes locations due at a time.
func (f *Fake) SetDue(ctx context.Context, ids []string, at time.Time) error {
	return f.alone(ctx, func(s *state) error {
		for i, l := range s.locations {
			if slices.Contains(ids, l.ID) && (!l.RefreshAt.IsZero() || l.Type == catalog.LocationPush) {
				s.locations[i].RefreshAt = at
			}
		}
		return nil
	})
}

// LocationFiles returns the files of a location as they were read last.
func (f *Fake) LocationFiles(ctx context.Context, locationID string) ([]catalog.FileRecord, error) {
	return slices.Collect(maps.Values(f.read(ctx).sources.files[locationID])), nil
}

// NotesOf returns what reading a file told.
func (f *Fake) NotesOf(ctx context.Context, locationID, path string) (catalog.FileNotes, bool, error) {
	record, found := f.read(ctx).sources.files[locationID][path]
	return record.Notes, found, nil
}

// SaveLocationFiles inserts, replaces and forgets files of a location.
func (f *Fake) SaveLocationFiles(ctx context.Context, locationID string, save []catalog.FileRecord, forget []string) error {
	s, err := f.write(ctx)
	if err != nil {
		return err
	}
	if s.sources.files[locationID] == nil {
		s.sources.files[locationID] = map[string]catalog.FileRecord{}
	}
	for _, path := range forget {
		delete(s.sources.files[locationID], path)
	}
	for _, record := range save {
		s.sources.files[locationID][record.Path] = record
	}
	return nil
}

// KeepPushed inserts and replaces files that a pipeline sent.
func (f *Fake) KeepPushed(ctx context.Context, locationID string, files []catalog.PushedFile, whole bool) error {
	s, err := f.write(ctx)
	if err != nil {
		return err
	}
	if whole || s.sources.pushed[locationID] == nil {
		s.sources.pushed[locationID] = map[string]catalog.PushedFile{}
	}
	for _, file := range files {
		s.sources.pushed[locationID][file.Path] = file
	}
	return nil
}

// ForgetPushed forgets files that a pipeline sent.
func (f *Fake) ForgetPushed(ctx context.Context, locationID string, paths []string) error {
	s, err := f.write(ctx)
	if err != nil {
		return err
	}
	for _, path := range paths {
		delete(s.sources.pushed[locationID], path)
	}
	return nil
}

// PushedFiles returns the files that pipelines sent.
func (f *Fake) PushedFiles(ctx context.Context, locationID string) ([]catalog.PushedFile, error) {
	return slices.Collect(maps.Values(f.read(ctx).sources.pushed[locationID])), nil
}

// SaveDocuments makes docs the documents of an entity.
func (f *Fake) SaveDocuments(ctx context.Context, uid string, docs []catalog.Doc, contents map[string][]byte) error {
	return f.alone(ctx, func(s *state) error {
		maps.Copy(s.sources.contents, contents)
		docs := slices.Clone(docs)
		for i, d := range docs {
			content, ok := s.sources.contents[d.Digest]
			if !ok {
				return errNoContent
			}
			docs[i].Size = int64(len(content))
		}
		s.sources.documents[uid] = docs
		return nil
	})
}

// DocumentsOf returns the documents of an entity in order.
func (f *Fake) DocumentsOf(ctx context.Context, uid string) ([]catalog.Doc, error) {
	return slices.Clone(f.read(ctx).sources.documents[uid]), nil
}

// DocumentContent returns a document by digest.
func (f *Fake) DocumentContent(ctx context.Context, digest string) ([]byte, bool, error) {
	content, ok := f.read(ctx).sources.contents[digest]
	return content, ok, nil
}

// ExpireDocuments forgets what nobody has any more.
func (f *Fake) ExpireDocuments(ctx context.Context) (int, error) {
	gone := 0
	err := f.alone(ctx, func(s *state) error {
		used := map[string]bool{}
		for uid, docs := range s.sources.documents {
			if _, exists := s.entities[uid]; !exists {
				delete(s.sources.documents, uid)
				continue
			}
			for _, d := range docs {
				used[d.Digest] = true
			}
		}
		before := len(s.sources.contents)
		maps.DeleteFunc(s.sources.contents, func(digest string, _ []byte) bool { return !used[digest] })
		gone = before - len(s.sources.contents)
		return nil
	})
	return gone, err
}

// SaveRepositoryCheck inserts or replaces by address.
func (f *Fake) SaveRepositoryCheck(ctx context.Context, check catalog.RepositoryCheck) error {
	return f.alone(ctx, func(s *state) error {
		s.sources.checks[check.Address] = check
		return nil
	})
}

// RepositoryChecks returns what is known of all repositories.
func (f *Fake) RepositoryChecks(ctx context.Context) ([]catalog.RepositoryCheck, error) {
	return slices.SortedFunc(maps.Values(f.read(ctx).sources.checks), func(a, b catalog.RepositoryCheck) int {
		return strings.Compare(a.Address, b.Address)
	}), nil
}
