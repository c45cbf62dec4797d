package backstage

import (
	"context"
	"crypto/sha1" //nolint:gosec // a name that Backstage makes so, no secret
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/fault"
)

// location is a location in Backstage's form.
type location struct {
	ID        string `json:"id"`
	Type      string `json:"type"`
	Target    string `json:"target"`
	EntityRef string `json:"entityRef"`
}

// urlType is how Backstage calls everything that lies behind an address.
const urlType = string(catalog.LocationURL)

// fromLocation shows a location. A repository is shown as the page of the file
// or folder that is read, as it is registered in Backstage.
func fromLocation(l catalog.Location) location {
	out := location{ID: l.ID, Type: string(l.Type), Target: l.Target}
	if l.Type == catalog.LocationGit {
		out.Type, out.Target = urlType, pageOf(l)
	}
	sum := sha1.Sum([]byte(out.Type + ":" + out.Target)) //nolint:gosec // see above
	out.EntityRef = "location:default/generated-" + hex.EncodeToString(sum[:])
	return out
}

// pageOf returns the web page of what is read of a repository, the repository's
// own address where that is all of it.
func pageOf(l catalog.Location) string {
	page, ok := l.Page()
	switch {
	case !ok:
		return l.Target
	case l.Path == "":
		return strings.TrimSuffix(page.Folder(), "/")
	}
	return page.File()
}

// locationInput is what a client registers.
type locationInput struct {
	Type     string `json:"type"`
	Target   string `json:"target"`
	Presence string `json:"presence"`
}

// toLocation reads what is to be registered. The type of what lies behind an
// address is found out by the address.
func (h *Handler) toLocation(ctx context.Context, in locationInput) (catalog.Location, error) {
	if in.Target == "" {
		return catalog.Location{}, invalid("Malformed request: target is missing")
	}
	if in.Presence != "" && in.Presence != "required" && in.Presence != "optional" {
		return catalog.Location{}, invalid("Malformed request: presence must be required or optional")
	}
	l := catalog.Location{Type: catalog.LocationType(in.Type), Target: in.Target}
	switch l.Type {
	case "":
		return l, invalid("Malformed request: type is missing")
	case catalog.LocationFile, catalog.LocationGit, catalog.LocationGitHubOrg:
	case catalog.LocationURL:
		l.Type = ""
		if u, err := url.Parse(in.Target); err != nil || u.Scheme == "" || u.Host == "" {
			return l, invalid("The given location.target is not a URL")
		}
	default:
		return l, invalid("Registered locations must be of type 'url'").WithHint("Or of type file, git or github-org.")
	}
	if l.OnThisMachine() && !h.options.MayReadDisk(ctx) {
		return l, fault.New(fault.Forbidden, "Only an administrator may have the server read its own files.").
			WithHint("Register the address of a repository, with the type url.")
	}
	return l, nil
}

// registered returns the locations that somebody registered. Where the platform
// itself put something is none of them: nobody can take it away.
func (h *Handler) registered(ctx context.Context) ([]catalog.Location, error) {
	locations, err := h.catalog.Locations(ctx)
	return slices.DeleteFunc(locations, isOurs), err
}

func isOurs(l catalog.Location) bool { return l.Type == catalog.LocationPlatform }

// listLocations answers GET /locations.
func (h *Handler) listLocations(c echo.Context) error {
	locations, err := h.registered(c.Request().Context())
	if err != nil {
		return err
	}
	type item struct {
		Data location `json:"data"`
	}
	out := make([]item, len(locations))
	for i, l := range locations {
		out[i] = item{fromLocation(l)}
	}
	return answer(c, http.StatusOK, out)
}

// byID returns the location that the path names.
func (h *Handler) byID(c echo.Context) (catalog.Location, error) {
	id := param(c, "id")
	l, found, err := h.catalog.LocationByID(c.Request().Context(), id)
	if err == nil && (!found || isOurs(l)) {
		err = notFound("Found no location with ID %s", id)
	}
	return l, err
}

// showLocation answers GET /locations/{id}.
func (h *Handler) showLocation(c echo.Context) error {
	l, err := h.byID(c)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, fromLocation(l))
}

// deleteLocation answers DELETE /locations/{id}.
func (h *Handler) deleteLocation(c echo.Context) error {
	l, err := h.byID(c)
	if err != nil {
		return err
	}
	if err := h.catalog.Remove(c.Request().Context(), l); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// updateLocation answers PUT /locations/{id}: it points elsewhere, under the
// same id.
func (h *Handler) updateLocation(c echo.Context) error {
	var in locationInput
	if err := readJSON(c, &in); err != nil {
		return err
	}
	l, err := h.toLocation(c.Request().Context(), in)
	if err != nil {
		return err
	}
	c.Set(SubjectKey, in.Target)
	known, err := h.byID(c)
	if err != nil {
		return err
	}
	r, err := h.catalog.Retarget(c.Request().Context(), known.ID, l)
	if fault.Is(err, fault.Conflict) {
		return exists(in)
	}
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, fromLocation(r.Location))
}

// locationByEntity answers GET /locations/by-entity/{kind}/{namespace}/{name}.
func (h *Handler) locationByEntity(c echo.Context) error {
	ctx, ref := c.Request().Context(), refOf(c)
	e, found, err := h.catalog.Find(ctx, ref)
	if err != nil {
		return err
	}
	if !found {
		return notFound("found no entity for ref %s", ref)
	}
	l, found, err := h.catalog.LocationByID(ctx, e.Source.LocationID)
	if err != nil {
		return err
	}
	if !found || isOurs(l) {
		return notFound("found no location for entity %s", ref)
	}
	return answer(c, http.StatusOK, fromLocation(l))
}

func exists(in locationInput) error {
	return fault.New(fault.Conflict, "Location %s:%s already exists", in.Type, in.Target)
}

// truth reads a boolean parameter as generously as Backstage does.
func truth(text string) bool {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "y", "yes", "on":
		return true
	}
	yes, err := strconv.ParseBool(strings.ToLower(text))
	return err == nil && yes
}
