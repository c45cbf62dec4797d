package broker

import (
	"mime"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/contracts"
)

// deploymentBody is a deployed or released version in an answer.
type deploymentBody struct {
	UUID                string         `json:"uuid"`
	CurrentlyDeployed   *bool          `json:"currentlyDeployed,omitempty"`
	CurrentlySupported  *bool          `json:"currentlySupported,omitempty"`
	Target              string         `json:"target,omitempty"`
	ApplicationInstance string         `json:"applicationInstance,omitempty"`
	UndeployedAt        string         `json:"undeployedAt,omitempty"`
	CreatedAt           string         `json:"createdAt"`
	SupportEndedAt      string         `json:"supportEndedAt,omitempty"`
	Embedded            map[string]any `json:"_embedded,omitempty"`
	Links               links          `json:"_links"`
}

// kinds of deployment have the same shape under different words.
func deploymentURL(u urls, d contracts.Deployment) string {
	if d.Kind == contracts.Released {
		return u.at("/released-versions/" + d.ID)
	}
	return u.at("/deployed-versions/" + d.ID)
}

func deploymentOf(u urls, d contracts.Deployment) deploymentBody {
	body := deploymentBody{
		UUID: d.ID, CreatedAt: date(d.CreatedAt), Links: links{"self": link{Href: deploymentURL(u, d)}},
	}
	if d.Kind == contracts.Released {
		body.CurrentlySupported, body.SupportEndedAt = &d.Current, date(d.EndedAt)
		return body
	}
	body.CurrentlyDeployed, body.UndeployedAt = &d.Current, date(d.EndedAt)
	body.Target, body.ApplicationInstance = d.ApplicationInstance, d.ApplicationInstance
	return body
}

// embedVersion adds the service and the version.
func embedVersion(u urls, d contracts.Deployment, body *deploymentBody) {
	body.Embedded = map[string]any{
		"pacticipant": map[string]any{"name": d.Service, "_links": links{"self": link{Href: u.pacticipant(d.Service)}}},
		"version": map[string]any{
			"number": d.Version, "_links": links{"self": link{Title: "Version", Name: d.Version, Href: u.version(d.Service, d.Version)}},
		},
	}
}

// answerDeployment answers with one, its service, version and environment.
func (h *Handler) answerDeployment(c echo.Context, d contracts.Deployment, isNew bool) error {
	u := h.urls(c)
	e, err := h.contracts.EnvironmentByID(c.Request().Context(), d.EnvironmentID)
	if err != nil {
		return missing(err)
	}
	body := deploymentOf(u, d)
	embedVersion(u, d, &body)
	short := environmentOf(u, e)
	short.Contacts = nil
	body.Embedded["environment"] = short
	if location := deploymentURL(u, d); isNew {
		return created(c, true, location, body)
	} else if c.Request().Method == http.MethodPost {
		c.Response().Header().Set(echo.HeaderLocation, location)
	}
	return ok(c, body)
}

// recordDeployment answers 201 also for a version that runs there already.
func (h *Handler) recordDeployment(c echo.Context) error {
	in, err := readPayload(c)
	if err != nil {
		return err
	}
	wrong := problems{}
	if wrong.words(in, "applicationInstance", "target"); len(wrong) > 0 {
		return wrong.err()
	}
	v, e, err := h.place(c)
	if err != nil {
		return err
	}
	instance := in.text("applicationInstance")
	if instance == "" {
		instance = in.text("target")
	}
	d, err := h.contracts.RecordDeployment(c.Request().Context(), contracts.Deployment{
		Service: v.Pacticipant, Version: v.Number, Environment: e.Name, ApplicationInstance: instance,
	})
	if err != nil {
		return err
	}
	return h.answerDeployment(c, d, true)
}

func (h *Handler) recordRelease(c echo.Context) error {
	if _, err := readPayload(c); err != nil {
		return err
	}
	v, e, err := h.place(c)
	if err != nil {
		return err
	}
	before, err := h.contracts.Deployments(c.Request().Context(), contracts.DeploymentFilter{
		Kind: contracts.Released, VersionIDs: []int64{v.ID}, EnvironmentID: e.ID, Current: true,
	})
	if err != nil {
		return err
	}
	d, err := h.contracts.RecordRelease(c.Request().Context(), contracts.Deployment{
		Service: v.Pacticipant, Version: v.Number, Environment: e.Name,
	})
	if err != nil {
		return err
	}
	return h.answerDeployment(c, d, len(before) == 0)
}

// place finds the version and environment of the path.
func (h *Handler) place(c echo.Context) (contracts.Version, contracts.Environment, error) {
	v, err := h.version(c)
	if err != nil {
		return contracts.Version{}, contracts.Environment{}, err
	}
	e, err := h.environment(c)
	return v, e, err
}

func (h *Handler) listDeployedOfVersion(c echo.Context) error {
	return h.listOfVersion(c, contracts.Deployed, "deployedVersions", "Deployed versions for ")
}

func (h *Handler) listReleasedOfVersion(c echo.Context) error {
	return h.listOfVersion(c, contracts.Released, "releasedVersions", "Released versions for ")
}

func (h *Handler) listOfVersion(c echo.Context, kind contracts.DeploymentKind, key, title string) error {
	v, e, err := h.place(c)
	if err != nil {
		return err
	}
	list, err := h.contracts.Deployments(c.Request().Context(), contracts.DeploymentFilter{
		Kind: kind, VersionIDs: []int64{v.ID}, EnvironmentID: e.ID,
	})
	if err != nil {
		return err
	}
	title += v.Pacticipant + " version " + v.Number + " in environment " + environmentName(e)
	return h.answerDeployments(c, list, key, title, false)
}

func (h *Handler) listDeployed(c echo.Context) error {
	return h.listCurrent(c, contracts.Deployed, "deployedVersions", "Currently deployed versions for ")
}

func (h *Handler) listReleased(c echo.Context) error {
	return h.listCurrent(c, contracts.Released, "releasedVersions", "Currently supported versions in ")
}

// listCurrent lists what is in an environment, narrowed by the query.
func (h *Handler) listCurrent(c echo.Context, kind contracts.DeploymentKind, key, title string) error {
	e, err := h.environment(c)
	if err != nil {
		return err
	}
	q, err := narrowed(c.Request().URL.RawQuery)
	if err != nil {
		return err
	}
	list, err := h.contracts.Deployments(c.Request().Context(), contracts.DeploymentFilter{Kind: kind, EnvironmentID: e.ID, Current: true})
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(d contracts.Deployment) bool {
		other := func(name, value string) bool { asked, is := q[name]; return is && asked != value }
		return other("pacticipant", d.Service) || other("version", d.Version) ||
			other("applicationInstance", d.ApplicationInstance) || other("target", d.ApplicationInstance)
	})
	return h.answerDeployments(c, list, key, title+environmentName(e), true)
}

// narrowed reads what narrows a list. Clients end whatever is in it, so that what cannot
// be read must not count as left out.
func narrowed(query string) (nested, error) {
	q, err := ofCurrent().read(query)
	if err != nil {
		return nil, err
	}
	wrong := problems{}
	for _, name := range ofCurrent().names {
		wrong.once(q, name)
	}
	return q, wrong.err()
}

// answerDeployments lists the newest first.
func (h *Handler) answerDeployments(c echo.Context, list []contracts.Deployment, key, title string, full bool) error {
	u := h.urls(c)
	bodies := []deploymentBody{}
	for _, d := range slices.Backward(list) {
		body := deploymentOf(u, d)
		if full {
			embedVersion(u, d, &body)
		}
		bodies = append(bodies, body)
	}
	self := withQuery(string(u)+c.Request().URL.EscapedPath(), c.Request().URL.RawQuery)
	return ok(c, map[string]any{
		"_embedded": map[string]any{key: bodies},
		"_links":    links{"self": link{Href: self, Title: title}},
	})
}

func (h *Handler) showDeployed(c echo.Context) error { return h.showDeployment(c, contracts.Deployed) }

func (h *Handler) showReleased(c echo.Context) error { return h.showDeployment(c, contracts.Released) }

func (h *Handler) showDeployment(c echo.Context, kind contracts.DeploymentKind) error {
	d, err := h.contracts.Deployment(c.Request().Context(), kind, param(c, "uuid"))
	if err != nil {
		return missing(err)
	}
	return h.answerDeployment(c, d, false)
}

func (h *Handler) endDeployed(c echo.Context) error {
	return h.endDeployment(c, contracts.Deployed, "currentlyDeployed")
}

func (h *Handler) endReleased(c echo.Context) error {
	return h.endDeployment(c, contracts.Released, "currentlySupported")
}

// endDeployment takes only merge patches, as the peer does: a client that sends
// anything else means something else.
func (h *Handler) endDeployment(c echo.Context, kind contracts.DeploymentKind, field string) error {
	if sent, _, err := mime.ParseMediaType(c.Request().Header.Get(echo.HeaderContentType)); err != nil || sent != "application/merge-patch+json" {
		return unsupported("application/merge-patch+json")
	}
	in, err := readPayload(c)
	if err != nil {
		return err
	}
	wrong := problems{}
	if in[field] != nil {
		wrong.boolean(in, field)
	}
	if err := wrong.err(); err != nil {
		return err
	}
	if in[field] == nil {
		return h.showDeployment(c, kind)
	}
	if in[field] == true {
		return h.notBack(c, kind, field)
	}
	d, err := h.contracts.EndDeployment(c.Request().Context(), kind, param(c, "uuid"))
	if err != nil {
		return missing(err)
	}
	return h.answerDeployment(c, d, false)
}

// notBack refuses to make current what may have ended: only a new deployment says what
// took its place, and when.
func (h *Handler) notBack(c echo.Context, kind contracts.DeploymentKind, field string) error {
	if _, err := h.contracts.Deployment(c.Request().Context(), kind, param(c, "uuid")); err != nil {
		return missing(err)
	}
	wrong := problems{}
	wrong.add(field, "cannot be set back to true; record it anew")
	return failure{status: http.StatusUnprocessableEntity, body: map[string]any{"errors": wrong}}
}
