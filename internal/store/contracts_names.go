package store

import (
	"context"
	"slices"
	"sync"

	"github.com/goldenpath/platform/internal/database"
)

// mostNames is how many names of a kind are kept, twice: those looked up of late
// and those before them. A name takes about a hundred bytes.
const mostNames = 30_000

// names keeps what never changes about services, versions and contents, by id.
// Lists of thousands of rows then need not join three tables for each, and the
// gate lives on such lists. No database draws an id twice, so whatever was
// committed once stays true of its id; rows that are gone are not asked for.
type names struct{ services, versions, contents kept }

// name is a service's name, a version's number or a content's SHA. number is the
// service of a version, and how many interactions a content has.
type name struct {
	text   string
	number int64
}

// kept is names of one kind.
type kept struct {
	query string // ends where its conditions come
	mu    sync.RWMutex
	young map[int64]name
	old   map[int64]name
}

func newNames() *names {
	return &names{
		services: kept{query: `SELECT id, name, CAST(0 AS bigint) FROM pacticipants`},
		versions: kept{query: `SELECT id, number, pacticipant_id FROM pacticipant_versions`},
		contents: kept{query: `SELECT id, sha, interactions FROM pact_contents`},
	}
}

func (k *kept) look(id int64) (name, bool) {
	n, ok := k.young[id]
	if !ok {
		n, ok = k.old[id]
	}
	return n, ok
}

// naming hands set the name of each of count ids.
type naming struct {
	k     *kept
	count int
	id    func(i int) int64
	set   func(i int, n name)
}

// name gives names to things. What is not kept is read, of each kind at once, and
// of all kinds together; an id that nothing has is left out.
func (c *Contracts) name(ctx context.Context, all ...naming) error {
	var asks []func(ctx context.Context) error
	for _, n := range all {
		if missing := n.k.setKept(n); len(missing) > 0 {
			asks = append(asks, func(ctx context.Context) error { return n.k.setMissing(ctx, c, n, missing) })
		}
	}
	if len(asks) == 0 {
		return nil
	}
	return c.s.db.Together(ctx, asks...)
}

// setKept gives the names that are kept and returns the places of the others.
func (k *kept) setKept(n naming) (missing []int) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	var last name
	lastID := int64(0)
	for i := range n.count {
		id := n.id(i)
		if id == 0 {
			continue
		}
		if id != lastID { // rows of one service, or of one pact, follow each other
			var ok bool
			if last, ok = k.look(id); !ok {
				missing, lastID = append(missing, i), 0
				continue
			}
			lastID = id
		}
		n.set(i, last)
	}
	return missing
}

// setMissing reads the other names.
func (k *kept) setMissing(ctx context.Context, c *Contracts, n naming, missing []int) error {
	ids := make([]int64, len(missing))
	for at, i := range missing {
		ids[at] = n.id(i)
	}
	slices.Sort(ids)
	found, err := k.read(ctx, c, slices.Compact(ids))
	if err != nil {
		return err
	}
	for _, i := range missing {
		if name, ok := found[n.id(i)]; ok {
			n.set(i, name)
		}
	}
	return nil
}

// read returns names from the database and keeps them.
func (k *kept) read(ctx context.Context, c *Contracts, ids []int64) (map[int64]name, error) {
	type row struct {
		id int64
		name
	}
	q := c.query(ctx)
	among, arg := q.eachOf(`id`, ids)
	q.and(among, arg)
	list, err := rowsOf(q, k.query+q.where(), func(rows database.Rows, r *row) error {
		return rows.Scan(&r.id, &r.text, &r.number)
	})
	if err != nil {
		return nil, err
	}
	found := make(map[int64]name, len(list))
	for _, r := range list {
		found[r.id] = r.name
	}
	k.keep(ctx, c, found)
	return found, nil
}

// keep keeps names, unless a transaction that may yet be rolled back has made them.
func (k *kept) keep(ctx context.Context, c *Contracts, found map[int64]name) {
	if _, uncommitted := c.s.db.Tx(ctx); uncommitted {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.young == nil || len(k.young)+len(found) > mostNames {
		k.young, k.old = make(map[int64]name, len(found)), k.young
	}
	for id, n := range found {
		if len(k.young) < mostNames {
			k.young[id] = n
		}
	}
}
