package catalog

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// DocumentsOf returns the documents of an entity: pages in the order of their
// navigation, then records of decisions.
func (c *Catalog) DocumentsOf(ctx context.Context, ref Ref) ([]Doc, error) {
	e, err := c.Get(ctx, ref)
	if err != nil {
		return nil, err
	}
	docs, err := c.store.DocumentsOf(ctx, e.UID)
	if err != nil {
		return nil, fmt.Errorf("read the documents of %s: %w", ref, err)
	}
	return docs, nil
}

// DocumentContent returns the Markdown of a document by its digest, false when
// there is none.
func (c *Catalog) DocumentContent(ctx context.Context, digest string) ([]byte, bool, error) {
	content, exists, err := c.store.DocumentContent(ctx, digest)
	if err != nil {
		return nil, false, fmt.Errorf("read document %s: %w", digest, err)
	}
	return content, exists, nil
}

// saveDocuments stores the documents that changed of a location's entities, each
// entity's in a transaction of its own: there may be many, and large ones. It
// returns what is wrong with documents that looked right when they were listed.
func (c *Catalog) saveDocuments(ctx context.Context, l Location, tree *Tree, found reading) ([]Problem, error) {
	if !found.docs.changed() {
		return nil, nil
	}
	refs := make([]Ref, len(found.docs.plans))
	for i, plan := range found.docs.plans {
		refs[i] = plan.ref
	}
	known, err := c.store.HeadersByRef(ctx, refs)
	if err != nil {
		return nil, fmt.Errorf("read %d entities: %w", len(refs), err)
	}
	uids := map[Ref]string{}
	for _, h := range known {
		if h.Source.LocationID == l.ID {
			uids[h.Ref] = h.UID
		}
	}
	records, err := c.store.LocationFiles(ctx, l.ID)
	if err != nil {
		return nil, fmt.Errorf("read what the files of %s were like: %w", l, err)
	}
	byPath := make(map[string]FileRecord, len(records))
	for _, record := range records {
		byPath[record.Path] = record
	}
	if err := c.forgetDocuments(ctx, l, found, records); err != nil {
		return nil, err
	}
	var problems []Problem
	from := newFiles(ctx, tree, c.limits)
	for _, plan := range found.docs.plans {
		if uid := uids[plan.ref]; uid != "" && plan.changed {
			wrong, err := c.savePlan(ctx, l, from, plan, uid, byPath)
			if err != nil {
				return nil, err
			}
			problems = append(problems, wrong...)
		}
	}
	return problems, nil
}

// addProblems keeps with a location what turned out to be wrong after it was
// stored. It is read again next time, even if nothing changed there.
func (c *Catalog) addProblems(ctx context.Context, l *Location, problems []Problem) error {
	if len(problems) == 0 {
		return nil
	}
	return c.unit.InTx(ctx, func(ctx context.Context) error {
		if err := c.store.LockFeed(ctx); err != nil { // problems are numbered in the order of commits, too
			return fmt.Errorf("lock the catalog's feed: %w", err)
		}
		now, exists, err := c.store.LocationByID(ctx, l.ID)
		if err != nil || !exists {
			return err // somebody removed it meanwhile
		}
		now.Errors = slices.Concat(now.Errors, problems)
		if len(now.Errors) > c.limits.Problems {
			now.Errors = now.Errors[:c.limits.Problems]
		}
		now.Version = ""
		if err := c.store.SaveLocation(ctx, now); err != nil {
			return fmt.Errorf("save location %s: %w", l, err)
		}
		*l = now
		return nil
	})
}

// forgetDocuments forgets what files were like that are no document any more.
func (c *Catalog) forgetDocuments(ctx context.Context, l Location, found reading, records []FileRecord) error {
	listed := map[string]bool{}
	for _, plan := range found.docs.plans {
		for _, d := range plan.docs {
			listed[d.file] = true
		}
	}
	var forget []string
	for _, record := range records {
		if record.Notes.Document != nil && !listed[record.Path] {
			forget = append(forget, record.Path)
		}
	}
	if len(forget) == 0 {
		return nil
	}
	err := c.unit.InTx(ctx, func(ctx context.Context) error { return c.store.SaveLocationFiles(ctx, l.ID, nil, forget) })
	if err != nil {
		return fmt.Errorf("forget %d documents of %s: %w", len(forget), l, err)
	}
	return nil
}

// savePlan reads the documents of an entity that changed, and stores all that
// can be read.
func (c *Catalog) savePlan(
	ctx context.Context, l Location, from *files, plan docPlan, uid string, records map[string]FileRecord,
) (problems []Problem, err error) {
	stored, err := c.store.DocumentsOf(ctx, uid)
	if err != nil {
		return nil, fmt.Errorf("read the documents of %s: %w", plan.ref, err)
	}
	has := map[string]bool{}
	for _, d := range stored {
		has[d.Digest] = true
	}
	var docs []Doc
	var save []FileRecord
	contents := map[string][]byte{}
	for _, d := range plan.docs {
		if !has[d.Digest] && contents[d.Digest] == nil {
			data, problem := from.read(d.file, maxDocument)
			if problem != nil {
				wrong := plan.at
				wrong.Message, wrong.Hint = "A document cannot be read: "+problem.Message, problem.Hint
				problems = append(problems, wrong.cleaned())
				plan.listed = "" // it is tried again
				continue
			}
			sum := sha256.Sum256(data)
			d.Digest, d.Size = hex.EncodeToString(sum[:]), int64(len(data))
			contents[d.Digest] = data
			if d.Title == "" {
				d.Title = titleOf(data)
			}
		}
		docs = append(docs, d.Doc)
		if d.signature != "" {
			doc := d.Doc
			save = append(save, FileRecord{Path: d.file, Signature: d.signature, Notes: FileNotes{Document: &doc}})
		}
	}
	slices.SortStableFunc(save, func(a, b FileRecord) int { return strings.Compare(a.Path, b.Path) })
	save = slices.CompactFunc(save, func(a, b FileRecord) bool { return a.Path == b.Path }) // a page may be a record of a decision, too
	if record, ok := records[plan.file]; ok && plan.place < len(record.Notes.Documented) {
		record.Notes.Documented = slices.Clone(record.Notes.Documented)
		record.Notes.Documented[plan.place].Listed = plan.listed
		records[plan.file] = record
		save = append(save, record)
	}
	err = c.unit.InTx(ctx, func(ctx context.Context) error {
		if err := c.store.SaveDocuments(ctx, uid, docs, contents); err != nil {
			return err
		}
		return c.store.SaveLocationFiles(ctx, l.ID, save, nil)
	})
	if err != nil {
		return nil, fmt.Errorf("save the documents of %s: %w", plan.ref, err)
	}
	return problems, nil
}
