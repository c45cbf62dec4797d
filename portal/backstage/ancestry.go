package backstage

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/catalog"
)

// ancestor is an entity and those that led to it.
type ancestor struct {
	Entity           json.RawMessage `json:"entity"`
	ParentEntityRefs []string        `json:"parentEntityRefs"`
}

// ancestry answers GET …/ancestry: the entity, and the Location entities whose
// targets led to its file, up to the one that was registered.
func (h *Handler) ancestry(c echo.Context) error {
	ctx, ref := c.Request().Context(), refOf(c)
	found, err := h.catalog.Documents(ctx, []catalog.Ref{ref})
	if err != nil {
		return err
	}
	if len(found) == 0 || found[0] == nil {
		return notFound("No such entity %s", ref)
	}
	candidates, err := h.locationEntities(ctx, annotation(found[0], catalog.AnnotationOriginLocation))
	if err != nil {
		return err
	}
	out := struct {
		Root  string     `json:"rootEntityRef"`
		Items []ancestor `json:"items"`
	}{Root: ref.String()}
	seen := map[string]bool{out.Root: true}
	for todo := []json.RawMessage{found[0]}; len(todo) > 0; todo = todo[1:] {
		file := annotation(todo[0], catalog.AnnotationLocation)
		item := ancestor{Entity: todo[0], ParentEntityRefs: []string{}}
		for _, candidate := range candidates {
			if !candidate.leadsTo(file) {
				continue
			}
			item.ParentEntityRefs = append(item.ParentEntityRefs, candidate.ref)
			if !seen[candidate.ref] {
				seen[candidate.ref] = true
				todo = append(todo, candidate.document)
			}
		}
		out.Items = append(out.Items, item)
	}
	return answer(c, http.StatusOK, out)
}

// locationEntity is an entity of the kind Location.
type locationEntity struct {
	ref, file string
	targets   []string
	document  json.RawMessage
}

// locationEntities returns the Location entities that came from an origin.
func (h *Handler) locationEntities(ctx context.Context, origin string) ([]locationEntity, error) {
	if origin == "" {
		return nil, nil
	}
	page, err := h.catalog.Search(ctx, catalog.Search{Where: catalog.AllOf{
		catalog.Has{Key: "kind", Values: []string{catalog.KindLocation}},
		catalog.Has{Key: "metadata.annotations." + catalog.AnnotationOriginLocation, Values: []string{origin}},
	}})
	if err != nil {
		return nil, err
	}
	out := make([]locationEntity, 0, len(page.Items))
	for _, document := range page.Items {
		var e struct {
			Spec struct {
				Target  string
				Targets []string
			}
		}
		ref, err := refIn(document)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(document, &e); err != nil {
			continue // targets that are no texts lead nowhere
		}
		targets := e.Spec.Targets
		if e.Spec.Target != "" {
			targets = append(targets, e.Spec.Target)
		}
		out = append(out, locationEntity{
			ref: ref.String(), file: annotation(document, catalog.AnnotationLocation), targets: targets, document: document,
		})
	}
	slices.SortFunc(out, func(a, b locationEntity) int { return strings.Compare(a.ref, b.ref) })
	return out, nil
}

// leadsTo reports whether one of the targets is a file, both written as
// <type>:<target>. Targets may be relative to the file they are written in, and
// patterns.
func (l locationEntity) leadsTo(file string) bool {
	_, to, found := strings.Cut(file, ":")
	if !found || file == l.file {
		return false
	}
	_, from, _ := strings.Cut(l.file, ":")
	for _, target := range l.targets {
		pattern := target
		if !strings.Contains(target, "://") && !strings.HasPrefix(target, "/") {
			pattern = beside(from, target)
		}
		if pattern == to {
			return true
		}
		if matched, err := path.Match(pattern, to); err == nil && matched {
			return true
		}
		if prefix, suffix, deep := strings.Cut(pattern, "**/"); deep && strings.HasPrefix(to, prefix) && path.Base(to) == suffix {
			return true
		}
	}
	return false
}

// beside returns a target relative to the file from, a path or an address.
func beside(from, target string) string {
	if u, err := url.Parse(from); err == nil && u.Host != "" {
		u.Path = path.Join(path.Dir(u.Path), target)
		u.RawPath = ""
		if plain, err := url.PathUnescape(u.String()); err == nil {
			return plain
		}
	}
	return path.Join(path.Dir(from), target)
}

// annotation reads one out of an entity.
func annotation(document []byte, key string) string {
	var e struct {
		Metadata struct{ Annotations map[string]string }
	}
	if err := json.Unmarshal(document, &e); err != nil {
		return ""
	}
	return e.Metadata.Annotations[key]
}
