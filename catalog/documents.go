package catalog

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/goldenpath/platform/catalog/index"
	"github.com/goldenpath/platform/catalog/packed"
)

// documents returns entities as JSON in the order of hits. One that went away
// between the index's answer and now is left out.
func (m *model) documents(ctx context.Context, hits []index.Summary) ([]json.RawMessage, error) {
	found, err := m.documentsByID(ctx, hits)
	if err != nil {
		return nil, err
	}
	out := make([]json.RawMessage, 0, len(hits))
	for _, hit := range hits {
		if document, ok := found[hit.ID]; ok {
			out = append(out, document)
		}
	}
	return out, nil
}

func (m *model) documentsByID(ctx context.Context, hits []index.Summary) (map[string]json.RawMessage, error) {
	found := make(map[string]json.RawMessage, len(hits))
	missing := map[string]index.Summary{}
	var uids []string
	for _, hit := range hits {
		document, err := m.bytes.get(hit, m.statuses.of(hit.Ref))
		if err != nil {
			return nil, fmt.Errorf("show %s: %w", hit.Ref, err)
		}
		if document != nil {
			found[hit.ID] = document
			continue
		}
		missing[hit.ID] = hit
		uids = append(uids, hit.ID)
	}
	if len(uids) == 0 {
		return found, nil
	}
	bodies, err := m.store.Bodies(ctx, uids)
	if err != nil {
		return nil, fmt.Errorf("read %d entities: %w", len(uids), err)
	}
	for _, body := range bodies {
		hit := missing[body.UID]
		status := m.statuses.of(hit.Ref)
		document, err := render(body, m.docs.Edges(hit.Ref), status)
		if err != nil {
			return nil, fmt.Errorf("show %s: %w", hit.Ref, err)
		}
		found[body.UID] = document
		if body.Etag == hit.Etag {
			m.bytes.put(hit, status, document)
		}
	}
	return found, nil
}

// render adds to the body of an entity what only the catalog knows: uid and
// etag, relations and status. The rest stays byte for byte.
func render(body Body, edges []index.Edge, status string) ([]byte, error) {
	end, err := endOfMetadata(body.JSON)
	if err != nil {
		return nil, err
	}
	b := make([]byte, 0, len(body.JSON)+len(status)+160+96*len(edges))
	b = append(b, body.JSON[:end]...)
	if body.JSON[end-1] != '{' {
		b = append(b, ',')
	}
	b = appendString(append(b, `"uid":`...), body.UID)
	b = appendString(append(b, `,"etag":`...), body.Etag)
	b = append(b, body.JSON[end:len(body.JSON)-1]...)
	b = append(b, `,"relations":[`...)
	for i, e := range edges {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(append(b, `{"type":`...), e.Type)
		b = append(appendString(append(b, `,"targetRef":`...), e.Target), '}')
	}
	b = append(b, ']')
	if status != "" {
		b = append(append(b, `,"status":`...), status...)
	}
	return append(b, '}'), nil
}

// endOfMetadata returns where the object under the key metadata is closed. The
// body is JSON without spaces, as the catalog writes it.
func endOfMetadata(body []byte) (int, error) {
	depth, inMetadata := 0, false
	for i := 0; i < len(body); i++ {
		switch body[i] {
		case '"':
			end := endOfString(body, i)
			if depth == 1 && bytes.HasPrefix(body[i:], []byte(`"metadata":{`)) && (body[i-1] == '{' || body[i-1] == ',') {
				inMetadata = true
			}
			i = end
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 1 && inMetadata {
				return i, nil
			}
		}
	}
	return 0, errNoMetadata
}

var errNoMetadata = errors.New("the entity has no metadata")

// endOfString returns where the string that starts at i is closed.
func endOfString(b []byte, i int) int {
	for i++; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return i
}

// byteCache keeps what entities look like as JSON, packed and bounded by its
// size. An entry counts while entity, relations and status are those it was made
// of.
type byteCache struct {
	mu      sync.Mutex
	limit   int
	size    int
	entries map[string]*byteEntry
	hand    *byteEntry // of the clock: a ring of all entries
}

type byteEntry struct {
	id, etag, status string
	stamp            uint32
	packed           []byte
	used             bool
	before, after    *byteEntry
}

// entryCost is what an entry costs beside its JSON.
const entryCost = 256

func newByteCache(limit int) *byteCache {
	return &byteCache{limit: limit, entries: map[string]*byteEntry{}}
}

// get returns nil when there is none.
func (c *byteCache) get(hit index.Summary, status string) ([]byte, error) {
	c.mu.Lock()
	e := c.entries[hit.ID]
	if e == nil || e.etag != hit.Etag || e.stamp != hit.Stamp || e.status != status {
		c.mu.Unlock()
		return nil, nil
	}
	e.used = true
	c.mu.Unlock()
	return packed.OpenBody(e.packed) // an entry never changes
}

func (c *byteCache) put(hit index.Summary, status string, document []byte) {
	document = packed.Body(document)
	cost := len(document) + entryCost
	if cost > c.limit/8 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if old := c.entries[hit.ID]; old != nil {
		c.drop(old)
	}
	e := &byteEntry{id: hit.ID, etag: hit.Etag, stamp: hit.Stamp, status: status, packed: document}
	for c.size+cost > c.limit {
		if c.hand.used { // a second chance
			c.hand.used = false
			c.hand = c.hand.after
			continue
		}
		c.drop(c.hand)
	}
	if c.hand == nil {
		e.before, e.after, c.hand = e, e, e
	} else {
		e.before, e.after = c.hand.before, c.hand
		e.before.after, e.after.before = e, e
	}
	c.entries[e.id] = e
	c.size += cost
}

func (c *byteCache) drop(e *byteEntry) {
	delete(c.entries, e.id)
	c.size -= len(e.packed) + entryCost
	e.before.after, e.after.before = e.after, e.before
	if c.hand == e {
		c.hand = e.after
	}
	if c.hand == e {
		c.hand = nil
	}
}
