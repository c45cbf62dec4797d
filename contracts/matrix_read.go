package contracts

import (
	"context"
	"maps"
	"slices"
)

// read reads the rows and, with them, the places of the versions that they can be
// about; nil when rows of others may come or most of them are cut.
func (m *matrix) read(ctx context.Context) (rows []Row, places map[int64]VersionDetail, err error) {
	_, whole := m.promises()
	q := m.rowQuery()
	var versions []int64
	for _, set := range q.Versions {
		versions = append(versions, set.IDs...)
	}
	askRows := func(ctx context.Context) (err error) {
		if rows = m.rows; rows == nil {
			rows, err = m.b.store.MatrixRows(ctx, q)
		}
		return err
	}
	askPlaces := func(ctx context.Context) (err error) {
		places, err = m.placesOf(ctx, versions)
		return err
	}
	if len(whole) > 0 || q.AnyCounterpart || (m.q.Limit > 0 && len(versions) > m.q.Limit) {
		err = askRows(ctx)
	} else {
		err = m.b.store.Together(ctx, askRows, askPlaces)
	}
	return rows, places, err
}

// placesOf reads the places of versions that are not known yet.
func (m *matrix) placesOf(ctx context.Context, versions []int64) (map[int64]VersionDetail, error) {
	unknown := slices.DeleteFunc(slices.Clone(versions), func(id int64) bool { _, known := m.places[id]; return known })
	if len(unknown) == 0 {
		return m.places, nil
	}
	places, err := m.b.store.VersionPlaces(ctx, unknown)
	if err != nil {
		return nil, err
	}
	maps.Copy(places, m.places)
	return places, nil
}

// name names the rows that are shown, which come first, and those that may be
// spoken of. Of thousands that agree it is enough how many there are.
func (m *matrix) name(ctx context.Context, rows []Row, shown int) ([]Row, int, error) {
	if m.rows != nil { // they were named when they were found
		return rows, shown, nil
	}
	every := m.b.policy.AtBroker
	for s := range m.resolved() {
		every = every || s.many
	}
	wanted := func(i int) bool { return i < shown || every || !rows[i].Success || rows[i].Ignored }
	var named []*Row
	for i := range rows {
		if wanted(i) {
			named = append(named, &rows[i])
		}
	}
	if err := m.b.store.NameRows(ctx, named); err != nil {
		return nil, 0, err
	}
	if !slices.ContainsFunc(named, (*Row).Gone) {
		return rows, shown, nil
	}
	kept, first := make([]Row, 0, len(rows)), shown
	for i := range rows {
		if !wanted(i) || !rows[i].Gone() {
			kept = append(kept, rows[i])
		} else if i < first {
			shown--
		}
	}
	return kept, shown, nil
}
