package backstage

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/fault"
)

// entityByName answers GET /entities/by-name/{kind}/{namespace}/{name}.
func (h *Handler) entityByName(c echo.Context) error {
	found, err := h.catalog.Documents(c.Request().Context(), []catalog.Ref{refOf(c)})
	if err != nil {
		return err
	}
	if len(found) == 0 || found[0] == nil {
		return notFound("No entity named '%s' found, with kind '%s' in namespace '%s'", param(c, "name"), param(c, "kind"), param(c, "namespace"))
	}
	return answerEntity(c, found[0])
}

// entityByUID answers GET /entities/by-uid/{uid}.
func (h *Handler) entityByUID(c echo.Context) error {
	document, found, err := h.catalog.DocumentByUID(c.Request().Context(), param(c, "uid"))
	if err != nil {
		return err
	}
	if !found {
		return notFound("No entity with uid %s", param(c, "uid"))
	}
	return answerEntity(c, document)
}

// answerEntity writes one entity, or says that the client has it already. The
// entity's own etag does not change with its relations, so the answer has one
// of its own.
func answerEntity(c echo.Context, document []byte) error {
	sum := sha256.Sum256(document)
	tag := `"` + hex.EncodeToString(sum[:16]) + `"`
	c.Response().Header().Set("ETag", tag)
	for known := range strings.SplitSeq(c.Request().Header.Get("If-None-Match"), ",") {
		if known = strings.TrimSpace(known); known == "*" || strings.TrimPrefix(known, "W/") == tag {
			return c.NoContent(http.StatusNotModified)
		}
	}
	return ok(c, document)
}

// deleteEntity answers DELETE /entities/by-uid/{uid}. One that is gone is
// deleted.
func (h *Handler) deleteEntity(c echo.Context) error {
	if err := h.catalog.DeleteEntity(c.Request().Context(), param(c, "uid")); err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// maxRefs bounds a batch; clients send up to a thousand.
const maxRefs = 10_000

// entitiesByRefs answers POST /entities/by-refs: the entities in the order of
// their references, null where there is none, or none that matches.
func (h *Handler) entitiesByRefs(c echo.Context) error {
	var body struct {
		EntityRefs []string        `json:"entityRefs"`
		Fields     texts           `json:"fields"`
		Query      json.RawMessage `json:"query"`
	}
	if err := readJSON(c, &body); err != nil {
		return err
	}
	if body.EntityRefs == nil {
		return invalid("Malformed request: entityRefs is missing")
	}
	if len(body.EntityRefs) > maxRefs {
		return invalid("Malformed request: at most %d entityRefs are answered at a time", maxRefs)
	}
	fields, err := parseFields(append(body.Fields, c.QueryParams()["fields"]...))
	if err != nil {
		return err
	}
	filter, err := parseFilters(c.QueryParams()["filter"])
	if err != nil {
		return err
	}
	query, err := parsePredicate(body.Query)
	if err != nil {
		return err
	}
	documents, err := h.batch(c.Request().Context(), body.EntityRefs, both(filter, query))
	if err != nil {
		return err
	}
	out := items(append(make([]byte, 0, size(documents)), `{"items":[`...), documents, fields)
	return ok(c, append(out, "]}"...))
}

// batch returns the documents of references that where holds for.
func (h *Handler) batch(ctx context.Context, texts []string, where catalog.Condition) ([]json.RawMessage, error) {
	documents := make([]json.RawMessage, len(texts))
	refs := make([]catalog.Ref, 0, len(texts))
	at := make([]int, 0, len(texts))
	for i, text := range texts {
		if ref, err := catalog.ParseRef(text, catalog.RefDefaults{}); err == nil {
			refs, at = append(refs, ref), append(at, i)
		}
	}
	if len(refs) == 0 {
		return documents, nil
	}
	found, err := h.catalog.Documents(ctx, refs)
	if err != nil {
		return nil, err
	}
	matching, err := h.matching(ctx, refs, where)
	if err != nil {
		return nil, err
	}
	for i, document := range found {
		if where == nil || matching[refs[i]] {
			documents[at[i]] = document
		}
	}
	return documents, nil
}

// matching returns those of refs that where holds for.
func (h *Handler) matching(ctx context.Context, refs []catalog.Ref, where catalog.Condition) (map[catalog.Ref]bool, error) {
	if where == nil {
		return nil, nil //nolint:nilnil // nobody asks
	}
	names := map[[2]string][]string{}
	for _, r := range refs {
		place := [2]string{r.Kind, r.Namespace}
		names[place] = append(names[place], r.Name)
	}
	var wanted catalog.AnyOf
	for place, list := range names {
		wanted = append(wanted, catalog.AllOf{
			catalog.Has{Key: "kind", Values: []string{place[0]}},
			catalog.Has{Key: "metadata.namespace", Values: []string{place[1]}},
			catalog.Has{Key: "metadata.name", Values: list},
		})
	}
	page, err := h.catalog.Search(ctx, catalog.Search{Where: catalog.AllOf{wanted, where}})
	if err != nil {
		return nil, err
	}
	out := make(map[catalog.Ref]bool, len(page.Items))
	for _, document := range page.Items {
		ref, err := refIn(document)
		if err != nil {
			return nil, err
		}
		out[ref] = true
	}
	return out, nil
}

// refIn reads the reference out of an entity.
func refIn(document []byte) (catalog.Ref, error) {
	var e struct {
		Kind     string
		Metadata struct{ Namespace, Name string }
	}
	if err := json.Unmarshal(document, &e); err != nil {
		return catalog.Ref{}, err
	}
	return catalog.NewRef(e.Kind, e.Metadata.Namespace, e.Metadata.Name), nil
}
