package catalog

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/client"
	"github.com/goldenpath/platform/portal/api/types"
)

// foreignEntity is what an import needs to know of an entity of Backstage.
type foreignEntity struct {
	ref     string
	content []byte // JSON
}

// takenOver notes which entities were copies before, and are read from where
// they come from now.
func (in *intake) takenOver(before, now []types.Entity) {
	copies := map[string]bool{}
	for _, e := range before {
		copies[e.Ref] = isCopy(e)
	}
	for _, e := range now {
		if copies[e.Ref] && !isCopy(e) {
			in.out.TakenOver = append(in.out.TakenOver, e.Ref)
		}
	}
	slices.Sort(in.out.TakenOver)
}

func isCopy(e types.Entity) bool { return e.Source.Type == string(types.LocationTypeCopy) }

// written reports whether somebody wrote an entity down where it is read, or
// sends it. Others are better taken from the other catalog: copies are brought
// up to date, what the platform put in gives way, and orphans have nobody.
func written(e types.Entity) bool {
	return !isCopy(e) && e.Source.Type != string(types.LocationTypePlatform) && e.OrphanedAt.IsZero()
}

// copyOthers takes those entities as they are that no location brought. They
// give way to any location that defines them later.
func (in *intake) copyOthers(ctx context.Context, b backstage, here []types.Entity) error {
	known := map[string]bool{}
	for _, e := range here {
		known[e.Ref] = written(e)
	}
	var missing []foreignEntity
	there := map[string]bool{}
	for cursor := ""; ; {
		page, next, err := b.page(ctx, cursor)
		if err != nil {
			return err
		}
		for _, e := range page {
			there[e.ref] = true
			if !known[e.ref] {
				missing = append(missing, e)
			}
		}
		if cursor = next; cursor == "" {
			break
		}
	}
	for _, e := range here {
		if isCopy(e) && e.Source.Target == b.base && !there[e.Ref] {
			in.leave(e.Ref, "It was copied before, and the other catalog has it no longer. Take it out: platform catalog delete "+e.Ref)
		}
	}
	beside := 0
	for len(missing) > 0 {
		n, size := 0, 0
		for n < len(missing) && n < importPush && size < importBytes {
			size += len(missing[n].content)
			n++
		}
		left, err := in.copyPart(ctx, b.base, missing[:n])
		missing = missing[n:]
		if err != nil {
			return err
		}
		beside += left
	}
	if beside > 0 {
		in.env.Talk("%s not taken: they name files beside them, and what those define is taken itself.", cli.Count(beside, "location", "locations"))
	}
	return nil
}

// copyPart sends some entities, and returns how many of them name files beside
// them and were left.
func (in *intake) copyPart(ctx context.Context, base string, part []foreignEntity) (beside int, err error) {
	request := types.Push{Target: base, Copies: true}
	sent := map[string]string{} // refs by their file
	for _, e := range part {
		if namesFilesBeside(e.content) {
			beside++
			continue
		}
		kind, namespace, name, err := parseRef(e.ref)
		if err != nil {
			in.leave(e.ref, fault.From(err).Message)
			continue
		}
		folder := path.Join(namespace, kind)
		files, err := entityFiles(e.content, name+".yaml", func(number int) string { return fmt.Sprintf("%s.literal-%d.json", name, number) })
		if err != nil {
			return 0, fmt.Errorf("write %s: %w", e.ref, err)
		}
		for _, f := range files {
			request.Files = append(request.Files, types.PushedFile{Path: path.Join(folder, f.name), Content: string(f.content)})
		}
		entry := path.Join(folder, name+".yaml")
		request.Entries, sent[entry] = append(request.Entries, entry), e.ref
	}
	if len(sent) == 0 {
		return beside, nil
	}
	registration, err := client.OK(in.api.PushEntitiesWithResponse(ctx, request))
	if err != nil {
		return beside, err
	}
	in.settle(sent, registration)
	return beside, nil
}

// settle counts what was taken and says of the rest why it was not. Every entity
// that was sent is one or the other.
func (in *intake) settle(sent map[string]string, registration types.Registration) {
	why := map[string]string{}
	for _, p := range registration.Problems {
		file, _, _ := strings.Cut(p.Where, ":")
		if _, now := sent[file]; !now {
			continue // of what was sent before
		}
		why[file] = strings.TrimSpace(why[file] + " " + advice(p))
	}
	taken := map[string]bool{}
	for _, ref := range registration.Entities {
		taken[ref] = true
	}
	for _, file := range slices.Sorted(maps.Keys(sent)) {
		ref, reason := sent[file], why[file]
		switch {
		case taken[ref]:
			in.out.Entities++
			if reason != "" {
				in.leave("a part of "+ref, reason)
			}
		case reason != "":
			in.leave(ref, reason)
		default:
			in.leave(ref, "Meanwhile somebody wrote it down elsewhere. Look at it: platform catalog get "+ref)
		}
	}
}

func (b backstage) page(ctx context.Context, cursor string) ([]foreignEntity, string, error) {
	query := url.Values{"limit": {strconv.Itoa(importPage)}}
	if cursor != "" {
		query = url.Values{"cursor": {cursor}, "limit": {strconv.Itoa(importPage)}}
	}
	var answer struct {
		Items    []map[string]any `json:"items"`
		PageInfo struct {
			NextCursor string `json:"nextCursor"`
		} `json:"pageInfo"`
	}
	if err := b.get(ctx, "/entities/by-query?"+query.Encode(), &answer); err != nil {
		return nil, "", err
	}
	var out []foreignEntity
	for _, content := range answer.Items {
		ref, ok := foreign(content)
		if !ok {
			continue
		}
		document, err := json.Marshal(content)
		if err != nil {
			return nil, "", fmt.Errorf("write %s: %w", ref, err)
		}
		out = append(out, foreignEntity{ref, document})
	}
	return out, answer.PageInfo.NextCursor, nil
}

// foreign takes out of an entity what only the other catalog said, and returns
// its name. Locations
// that Backstage made for itself are no entities anybody wrote, and where the
// other catalog is a platform, what it says of itself is of that one alone.
func foreign(content map[string]any) (ref string, ok bool) {
	metadata, ok := content["metadata"].(map[string]any)
	if !ok {
		return "", false
	}
	text := func(m map[string]any, key string) string {
		s, _ := m[key].(string)
		return s
	}
	kind, name, namespace := text(content, "kind"), text(metadata, "name"), text(metadata, "namespace")
	if namespace == "" {
		namespace = "default"
	}
	if strings.EqualFold(kind, "location") && strings.HasPrefix(name, "generated-") {
		return "", false
	}
	for _, key := range []string{"relations", "status"} {
		delete(content, key)
	}
	for _, key := range []string{"uid", "etag"} {
		delete(metadata, key)
	}
	if annotations, ok := metadata["annotations"].(map[string]any); ok {
		if text(annotations, catalog.AnnotationLocation) == catalog.OriginSelf().String() {
			return "", false
		}
		for _, key := range []string{catalog.AnnotationLocation, catalog.AnnotationOriginLocation, catalog.AnnotationOrphan} {
			delete(annotations, key)
		}
	}
	return strings.ToLower(kind + ":" + namespace + "/" + name), true
}
