package catalog

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// rename finds among entities that are gone those that only have another name
// now: they keep their uid and history. It returns those that are really gone.
// Where it is not clear which became which, none did.
//
// An entity has another name when one of its kind is new that says the same in
// everything but its name and title, wherever in the location; or when, in one
// file, one of its kind is gone and one is new that resembles it. What has little
// in common with what stood there before is another entity: it must not have the
// uid, and with it the contracts and the history, of something else.
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
			alike, err := resembles(p.before, *e)
			if err != nil {
				return nil, err
			}
			if !alike {
				continue
			}
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

// resembles reports whether two entities of one kind may be the same one under
// another name: they are of one type, and have the same value in at least half of
// the fields that either has.
func resembles(before, now Entity) (bool, error) {
	if before.SpecString("type") != now.SpecString("type") {
		return false, nil
	}
	var fields [2]map[string]string
	for i, e := range []Entity{before, now} {
		fields[i] = map[string]string{}
		written, err := json.Marshal(map[string]any{
			"labels": e.Metadata.Labels, "tags": e.Metadata.Tags, "links": e.Metadata.Links, "description": e.Metadata.Description,
			"annotations": e.Metadata.Annotations, "more": e.Metadata.Extra, "spec": e.Spec,
		})
		if err != nil {
			return false, fmt.Errorf("compare %s: %w", e.Ref(), err)
		}
		said, err := parseJSON(written, DefaultLimits())
		if err != nil {
			return false, fmt.Errorf("compare %s: %w", e.Ref(), err)
		}
		for _, part := range said.keys {
			fieldsOf(fields[i], "", part, said.get(part))
		}
	}
	same, all := 0, len(fields[1])
	for path, value := range fields[0] {
		other, both := fields[1][path]
		switch {
		case !both:
			all++
		case other == value:
			same++
		}
	}
	return 2*same >= all, nil
}

// fieldsOf notes what an entity says in its fields, those of maps each by itself.
// What the catalog writes itself is none, nor is what is empty.
func fieldsOf(fields map[string]string, parent, name string, v *value) {
	path := strings.TrimPrefix(parent+"."+name, ".")
	switch {
	case v == nil || ownField("metadata."+path):
	case v.kind == kindObject:
		for _, key := range v.keys {
			fieldsOf(fields, path, key, v.get(key))
		}
	default:
		if text := string(v.appendJSON(nil)); text != "null" && text != "[]" && text != `""` {
			fields[path] = text
		}
	}
}
