package catalog

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// rename finds among entities that are gone those that only have another name
// now: they keep their uid and history. It returns those that are really gone.
// Where it is not clear which became which, none did.
//
// An entity has another name when one of its kind is new that says the same in
// everything but its name and title, wherever in the location; or when, in one
// file, one of its kind is gone and one is new where it was written.
func (c *Catalog) rename(ctx context.Context, diff *changes, gone []Header) ([]Header, error) {
	if len(gone) == 0 || len(diff.created) == 0 {
		return gone, nil
	}
	uids := make([]string, len(gone))
	for i, h := range gone {
		uids[i] = h.UID
	}
	before, err := c.store.EntitiesByUID(ctx, uids)
	if err != nil {
		return nil, fmt.Errorf("read %d entities that are gone: %w", len(uids), err)
	}
	for _, likeness := range []func(Entity) (string, error){saying, standing} {
		pairs, err := pairUp(before, diff, likeness)
		if err != nil {
			return nil, err
		}
		for _, p := range pairs {
			e := &diff.save[p.now]
			ref := e.Ref()
			e.UID, e.CreatedAt = p.before.UID, p.before.CreatedAt
			e.Event = &Event{What: Renamed, PreviousRef: p.before.Ref()}
			delete(diff.created, ref)
			if diff.renamed == nil {
				diff.renamed = map[Ref]Ref{}
			}
			diff.renamed[e.Event.PreviousRef] = ref
			gone = slices.DeleteFunc(gone, func(h Header) bool { return h.UID == e.UID })
			before = slices.DeleteFunc(before, func(b Entity) bool { return b.UID == e.UID })
		}
	}
	return gone, nil
}

// left are the names that entities no longer have, with where those are.
func (d changes) left() []Header {
	var names []Header
	for _, e := range d.save {
		if e.Event.What == Renamed {
			names = append(names, Header{Ref: e.Event.PreviousRef, Source: e.Source})
		}
	}
	return names
}

// pair is an entity before, and where among those to be saved it is now.
type pair struct {
	before Entity
	now    int
}

// pairUp returns the pairs that are alike and have no other choice.
func pairUp(before []Entity, diff *changes, likeness func(Entity) (string, error)) ([]pair, error) {
	const none, several = -1, -2
	type side struct{ before, now int }
	alike := map[string]*side{}
	note := func(e Entity, set func(s *side)) error {
		key, err := likeness(e)
		if err != nil || key == "" {
			return err
		}
		s := alike[key]
		if s == nil {
			s = &side{before: none, now: none}
			alike[key] = s
		}
		set(s)
		return nil
	}
	one := func(at *int, i int) {
		if *at == none {
			*at = i
		} else {
			*at = several
		}
	}
	for i, e := range before {
		if err := note(e, func(s *side) { one(&s.before, i) }); err != nil {
			return nil, err
		}
	}
	for i, e := range diff.save {
		if !diff.created[e.Ref()] {
			continue
		}
		if err := note(e, func(s *side) { one(&s.now, i) }); err != nil {
			return nil, err
		}
	}
	var pairs []pair
	for _, s := range alike {
		if s.before >= 0 && s.now >= 0 {
			pairs = append(pairs, pair{before: before[s.before], now: s.now})
		}
	}
	return pairs, nil
}

// saying is everything an entity says but its name and title, and where that is
// written; "" when that is too little to know it by.
func saying(e Entity) (string, error) {
	if len(e.Spec) == 0 {
		return "", nil
	}
	m := e.Metadata
	m.Name, m.Title = "", ""
	m.Annotations = maps.Clone(m.Annotations)
	for _, key := range []string{AnnotationLocation, AnnotationOriginLocation, AnnotationSourceLocation, AnnotationOrphan} {
		delete(m.Annotations, key)
	}
	key, err := json.Marshal(struct {
		Version, Kind string
		Metadata      Metadata
		Spec          map[string]any
	}{e.APIVersion, e.Kind, m, e.Spec})
	if err != nil {
		return "", fmt.Errorf("compare %s: %w", e.Ref(), err)
	}
	return string(key), nil
}

// standing is where an entity is written.
func standing(e Entity) (string, error) { return e.Kind + " in " + e.Source.Path, nil }
