package backstage

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/fault"
)

// analysis is what there is at an address, or what could be written there.
type analysis struct {
	ExistingEntityFiles []existingEntity  `json:"existingEntityFiles"`
	GenerateEntities    []generatedEntity `json:"generateEntities"`
}

type existingEntity struct {
	Location     locationSpec    `json:"location"`
	IsRegistered bool            `json:"isRegistered"`
	Entity       json.RawMessage `json:"entity"`
}

type locationSpec struct {
	Type   string `json:"type"`
	Target string `json:"target"`
}

// generatedEntity is a proposal; fields say what is to be asked, which is
// nothing here.
type generatedEntity struct {
	Entity map[string]any `json:"entity"`
	Fields []struct{}     `json:"fields"`
}

// analyzeLocation answers POST /analyze-location: the entities that a
// repository holds, or the beginning of a first one.
func (h *Handler) analyzeLocation(c echo.Context) error {
	var body struct {
		Location        locationInput `json:"location"`
		CatalogFilename string        `json:"catalogFilename"`
	}
	if err := readJSON(c, &body); err != nil {
		return err
	}
	ctx := c.Request().Context()
	l, err := h.toLocation(ctx, body.Location)
	if err != nil {
		return err
	}
	if name := body.CatalogFilename; name != "" && path.Ext(body.Location.Target) != path.Ext(name) {
		l.Path = name // of a repository, not of a file
	}
	out := analysis{ExistingEntityFiles: []existingEntity{}, GenerateEntities: []generatedEntity{}}
	r, err := h.catalog.Preview(ctx, l)
	switch {
	case errors.Is(err, catalog.ErrNothingThere), fault.Is(err, fault.NotFound): // nothing is written down there yet
	case err != nil:
		return err
	case len(r.Found)+len(r.Elsewhere) == 0: // what is written down cannot be read
		return invalid("%s", problemText(r.Problems))
	default:
		out.ExistingEntityFiles = append(existing(r.Found, body.Location, !r.Created), existing(r.Elsewhere, body.Location, true)...)
	}
	if len(out.ExistingEntityFiles) == 0 {
		out.GenerateEntities = append(out.GenerateEntities, proposal(body.Location.Target))
	}
	return answer(c, http.StatusOK, out)
}

// existing lists entities of a location with the files they are in.
func existing(entities []catalog.Entity, in locationInput, registered bool) []existingEntity {
	out := make([]existingEntity, len(entities))
	for i, e := range entities {
		spec := locationSpec{Type: in.Type, Target: in.Target}
		if kind, target, found := strings.Cut(e.Metadata.Annotations[catalog.AnnotationLocation], ":"); found {
			spec = locationSpec{Type: kind, Target: target}
		}
		out[i] = existingEntity{Location: spec, IsRegistered: registered, Entity: e.Body}
	}
	return out
}

// notInName matches what a name of an entity has no place for.
var notInName = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// proposal is a component named like the repository.
func proposal(target string) generatedEntity {
	name, metadata := "unknown", map[string]any{}
	if u, err := url.Parse(target); err == nil {
		parts := strings.Split(strings.Trim(u.Path, "/"), "/")
		repository := strings.TrimSuffix(path.Base(strings.Trim(u.Path, "/")), ".git")
		if len(parts) >= 2 { //nolint:mnd // owner and repository
			repository = strings.TrimSuffix(parts[1], ".git")
			if u.Host == "github.com" {
				metadata["annotations"] = map[string]string{"github.com/project-slug": parts[0] + "/" + repository}
			}
		}
		if clean := strings.Trim(notInName.ReplaceAllString(repository, "-"), "-_."); clean != "" {
			name = clean
		}
	}
	metadata["name"] = name
	return generatedEntity{Fields: []struct{}{}, Entity: map[string]any{
		"apiVersion": catalog.CoreVersion, "kind": catalog.KindComponent, "metadata": metadata,
		"spec": map[string]string{"type": "other", "lifecycle": "unknown"},
	}}
}
