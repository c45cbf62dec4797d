package catalog

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	// checkEvery is how often a repository is looked for that no location reads.
	checkEvery = 24 * time.Hour
	// checkTime bounds one look.
	checkTime = time.Minute
	// looksAtATime is how many repositories one process looks for at a time, and
	// looksPerHost how many of those on one host: a company may have thousands, on
	// a host that others work with.
	looksAtATime, looksPerHost = 8, 2
	// lookPause is how long what else is named soon is waited for before all of it
	// is looked for.
	lookPause = 2 * time.Second
)

// prober is a Reader that can say whether a repository is there without reading
// it. Its errors are faults.
type prober interface {
	Reachable(ctx context.Context, repository string) error
}

// lookSoon looks for repositories that were named just now.
func (c *Catalog) lookSoon(ctx context.Context) {
	pause := time.NewTimer(lookPause)
	defer pause.Stop()
	select {
	case <-ctx.Done():
		return
	case <-pause.C:
	}
	if err := c.checkRepositories(ctx); err != nil && ctx.Err() == nil {
		c.log.WarnContext(ctx, "looking for repositories failed", "error", err)
	}
}

// namesRepository has a running schedule look soon for the repositories that new
// or changed entities name. Reading the one that l reads was a look at it.
func (c *Catalog) namesRepository(l Location, changed []Entity) {
	same := sameRepository(l.Target)
	elsewhere := slices.ContainsFunc(changed, func(e Entity) bool {
		repository := RepositoryOf(e)
		return repository != "" && isRemote(repository) && sameRepository(repository) != same
	})
	if !elsewhere {
		return
	}
	select {
	case c.schedule.named <- struct{}{}:
	default: // it looks anyway
	}
}

// checkRepositories looks for the repositories that locations and entities name
// and whose last check is a day old.
func (c *Catalog) checkRepositories(ctx context.Context) error {
	reader, ok := c.reader.(prober)
	if !ok {
		return nil
	}
	checks, err := c.store.RepositoryChecks(ctx)
	if err != nil {
		return fmt.Errorf("read the checks of repositories: %w", err)
	}
	known := map[string]bool{} // however the address is written
	for _, check := range checks {
		if check.CheckedAt.After(c.now().Add(-checkEvery)) {
			known[sameRepository(check.Address)] = true
		}
	}
	named, err := c.repositories(ctx)
	if err != nil {
		return err
	}
	hosts := map[string][]string{}
	for _, repository := range named {
		same := sameRepository(repository)
		if known[same] {
			continue
		}
		known[same] = true
		host, _, _ := strings.Cut(same, "/")
		hosts[host] = append(hosts[host], repository)
	}
	return c.lookAt(ctx, reader, hosts)
}

// lookAt looks for the repositories of several hosts. A host that is slow holds up
// no other.
func (c *Catalog) lookAt(ctx context.Context, reader prober, hosts map[string][]string) error {
	free := make(chan struct{}, looksAtATime)
	var group sync.WaitGroup
	var mu sync.Mutex
	var failed []error
	for _, repositories := range hosts {
		next := make(chan string, len(repositories))
		for _, repository := range repositories {
			next <- repository
		}
		close(next)
		for range min(looksPerHost, len(repositories)) {
			group.Go(func() {
				for repository := range next {
					if ctx.Err() != nil {
						return
					}
					free <- struct{}{}
					err := c.lookFor(ctx, reader, repository)
					<-free
					if err != nil {
						mu.Lock()
						failed = append(failed, err)
						mu.Unlock()
						return
					}
				}
			})
		}
	}
	group.Wait()
	return errors.Join(append(failed, ctx.Err())...)
}

// lookFor looks for one repository and notes what it found.
func (c *Catalog) lookFor(ctx context.Context, reader prober, repository string) error {
	looking, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	return c.checked(ctx, repository, "check", reader.Reachable(looking, repository))
}
