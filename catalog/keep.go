package catalog

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/goldenpath/platform/internal/fault"
)

// keep looks again and again for what is left over until ctx ends.
func (c *Catalog) keep(ctx context.Context) {
	timer := time.NewTimer(time.Minute) // a program that just started has other things to do
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
			if err := c.Keep(ctx); err != nil && ctx.Err() == nil {
				c.log.WarnContext(ctx, "keeping the catalog in order failed", "error", err)
			}
			timer.Reset(keepEvery)
		case <-c.schedule.named:
			c.lookSoon(ctx)
		}
	}
}

// Keep deletes orphans whose time is over, forgets documents that nobody has,
// and looks whether repositories are still there whose last check is a day old.
// Doing it twice does no harm.
func (c *Catalog) Keep(ctx context.Context) error {
	orphans, err := c.SweepOrphans(ctx)
	if err != nil {
		return err
	}
	if len(orphans) > 0 {
		c.log.InfoContext(ctx, "orphans deleted", "count", len(orphans))
	}
	gone, err := c.store.ExpireDocuments(ctx)
	if err != nil {
		return fmt.Errorf("expire documents: %w", err)
	}
	if gone > 0 {
		c.log.InfoContext(ctx, "documents expired", "count", gone)
	}
	return c.checkRepositories(ctx)
}

// checked notes whether a repository could be reached. What says nothing of the
// repository, such as our own trouble, is not noted.
func (c *Catalog) checked(ctx context.Context, repository, source string, reason error) error {
	check := RepositoryCheck{Address: repository, Reachable: reason == nil, Source: source, CheckedAt: c.now()}
	if reason != nil {
		f := fault.From(reason)
		if f.Code == fault.Internal || ctx.Err() != nil {
			return nil //nolint:nilerr // it says nothing of the repository
		}
		check.Message = Problem{Message: f.Message, Hint: f.Hint}.Advice()
	}
	if err := c.store.SaveRepositoryCheck(ctx, check); err != nil {
		return fmt.Errorf("save the check of %s: %w", repository, err)
	}
	return nil
}

// couldRead notes that a repository was read: that is a look at it, whoever
// asked for it.
func (c *Catalog) couldRead(ctx context.Context, l Location) error {
	if l.Type != LocationGit {
		return nil
	}
	return c.checked(ctx, l.Target, "ingestion", nil)
}

// repositories returns the addresses of the repositories that locations and
// entities name, each once.
func (c *Catalog) repositories(ctx context.Context) ([]string, error) {
	locations, err := c.Locations(ctx)
	if err != nil {
		return nil, err
	}
	named := map[string]bool{}
	for _, l := range locations {
		if l.Type == LocationGit && isRemote(l.Target) {
			named[l.Target] = true
		}
	}
	const annotations = "metadata.annotations."
	keys := []string{annotations + AnnotationSourceLocation, annotations + annotationProjectSlug}
	values, err := c.CountValues(ctx, nil, keys)
	if err != nil {
		return nil, fmt.Errorf("read which repositories entities name: %w", err)
	}
	for _, key := range keys {
		for _, value := range values[key] {
			if repository := repositoryNamed(strings.TrimPrefix(key, annotations), value.Value); repository != "" {
				named[repository] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(named)), nil
}

// annotationProjectSlug names a repository on GitHub as OWNER/NAME.
const annotationProjectSlug = "github.com/project-slug"

// repositoryNamed returns the repository that an annotation names, "" when it is none.
func repositoryNamed(annotation, value string) string {
	if annotation == annotationProjectSlug {
		if strings.Count(value, "/") != 1 {
			return ""
		}
		return "https://github.com/" + value
	}
	address, ok := strings.CutPrefix(value, "url:")
	l, err := (Location{Type: LocationGit, Target: address}).normal("")
	if !ok || err != nil || !isRemote(l.Target) {
		return ""
	}
	return l.Target
}

// RepositoryOf returns the address of the repository that an entity's code is
// in: the one its annotations name, or the one its file is in, also when that was
// sent. Empty when there is none.
func RepositoryOf(e Entity) string {
	for _, annotation := range []string{AnnotationSourceLocation, annotationProjectSlug} {
		if repository := repositoryNamed(annotation, e.Metadata.Annotations[annotation]); repository != "" {
			return repository
		}
	}
	if e.Source.Type == LocationGit || e.Source.Type == LocationPush {
		return e.Source.Target
	}
	return ""
}
