package catalog

import (
	"container/list"
	"sync"
)

// entityCache keeps entities read lately, bounded by the size of their JSON. An
// entry counts only while its etag is the one the index knows.
type entityCache struct {
	mu      sync.Mutex
	limit   int
	size    int
	recent  *list.List // of Entity, most recently used first
	entries map[string]*list.Element
}

// The sizes of what is kept of entities: decoded, and as JSON to show.
const (
	entityCacheSize = 24 << 20
	byteCacheSize   = 48 << 20
)

// decodedFactor says how much more memory an entity takes than its JSON.
const decodedFactor = 4

func newEntityCache(limit int) *entityCache {
	return &entityCache{limit: limit, recent: list.New(), entries: map[string]*list.Element{}}
}

func (c *entityCache) get(uid, etag string) (Entity, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	element, ok := c.entries[uid]
	if !ok {
		return Entity{}, false
	}
	e, ok := element.Value.(Entity)
	if !ok || e.Etag != etag {
		return Entity{}, false
	}
	c.recent.MoveToFront(element)
	return e, true
}

func (c *entityCache) put(e Entity) {
	if weight(e) > c.limit/8 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dropLocked(e.UID)
	c.entries[e.UID] = c.recent.PushFront(e)
	c.size += weight(e)
	for c.size > c.limit {
		if oldest, ok := c.recent.Back().Value.(Entity); ok {
			c.dropLocked(oldest.UID)
		}
	}
}

func (c *entityCache) drop(uid string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dropLocked(uid)
}

func (c *entityCache) dropLocked(uid string) {
	element, ok := c.entries[uid]
	if !ok {
		return
	}
	if e, ok := c.recent.Remove(element).(Entity); ok {
		c.size -= weight(e)
	}
	delete(c.entries, uid)
}

func weight(e Entity) int { return len(e.Raw) + decodedFactor*len(e.Body) }
