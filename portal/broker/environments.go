package broker

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/fault"
)

// environmentBody is an environment in an answer.
type environmentBody struct {
	UUID        string          `json:"uuid"`
	Name        string          `json:"name"`
	DisplayName string          `json:"displayName"`
	Production  bool            `json:"production"`
	Contacts    json.RawMessage `json:"contacts,omitempty"`
	UpdatedAt   string          `json:"updatedAt,omitempty"`
	CreatedAt   string          `json:"createdAt"`
	Links       links           `json:"_links"`
}

func environmentOf(u urls, e contracts.Environment) environmentBody {
	name := environmentName(e)
	body := shortEnvironment(u, e)
	body.Contacts = e.Contacts
	body.Links["pb:currently-deployed-deployed-versions"] = link{
		Title: "Versions currently deployed to " + name + " environment", Href: u.environment(e.ID) + "/deployed-versions/currently-deployed",
	}
	body.Links["pb:currently-supported-released-versions"] = link{
		Title: "Versions released and supported in " + name + " environment", Href: u.environment(e.ID) + "/released-versions/currently-supported",
	}
	body.Links["pb:environments"] = link{Title: "Environments", Href: u.at("/environments")}
	return body
}

// shortEnvironment is an environment inside a matrix row.
func shortEnvironment(u urls, e contracts.Environment) environmentBody {
	return environmentBody{
		UUID: e.ID, Name: e.Name, DisplayName: environmentName(e), Production: e.Production,
		UpdatedAt: date(e.UpdatedAt), CreatedAt: date(e.CreatedAt),
		Links: links{"self": link{Title: "Environment", Name: e.Name, Href: u.environment(e.ID)}},
	}
}

func environmentName(e contracts.Environment) string {
	if e.DisplayName != "" {
		return e.DisplayName
	}
	return titleCase(e.Name)
}

// titleCase makes words of a name: order-api becomes Order Api.
func titleCase(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return r == '-' || r == '_' || r == ' ' })
	for i, w := range words {
		first, size := utf8.DecodeRuneInString(w)
		words[i] = string(unicode.ToUpper(first)) + w[size:]
	}
	return strings.Join(words, " ")
}

// environments returns all by id.
func (h *Handler) environments(ctx context.Context) (map[string]contracts.Environment, error) {
	list, err := h.contracts.Environments(ctx)
	out := make(map[string]contracts.Environment, len(list))
	for _, e := range list {
		out[e.ID] = e
	}
	return out, err
}

// environment finds the one in the path.
func (h *Handler) environment(c echo.Context) (contracts.Environment, error) {
	e, err := h.contracts.EnvironmentByID(c.Request().Context(), param(c, "environment"))
	return e, missing(err)
}

func (h *Handler) listEnvironments(c echo.Context) error {
	envs, err := h.contracts.Environments(c.Request().Context())
	if err != nil {
		return err
	}
	u := h.urls(c)
	bodies, list := []environmentBody{}, []link{}
	for _, e := range envs {
		bodies = append(bodies, environmentOf(u, e))
		list = append(list, link{Title: "Environment", Name: e.Name, Href: u.environment(e.ID)})
	}
	return ok(c, map[string]any{
		"_embedded": map[string]any{"environments": bodies},
		"_links":    links{"self": link{Title: "Environments", Href: u.at("/environments")}, "pb:environments": list},
	})
}

func (h *Handler) showEnvironment(c echo.Context) error {
	e, err := h.environment(c)
	if err != nil {
		return err
	}
	return ok(c, environmentOf(h.urls(c), e))
}

func (h *Handler) createEnvironment(c echo.Context) error {
	in, err := readPayload(c)
	if err != nil {
		return err
	}
	if err := checkEnvironment(in); err != nil {
		return err
	}
	ctx := c.Request().Context()
	e, err := h.contracts.CreateEnvironment(ctx, environmentFrom(in))
	if err != nil {
		there := ""
		if e, failed := h.contracts.Environment(ctx, in.text("name")); failed == nil { // two are there from the start
			there = alreadyThere(e)
		}
		return nameTaken(err, in, there)
	}
	u := h.urls(c)
	return created(c, true, u.environment(e.ID), environmentOf(u, e))
}

func (h *Handler) replaceEnvironment(c echo.Context) error {
	before, err := h.environment(c)
	if err != nil {
		return err
	}
	in, err := readPayload(c)
	if err != nil {
		return err
	}
	if err := checkEnvironment(in); err != nil {
		return err
	}
	e := environmentFrom(in)
	e.ID = before.ID
	if e, err = h.contracts.ReplaceEnvironment(c.Request().Context(), e); err != nil {
		return nameTaken(err, in, "")
	}
	return ok(c, environmentOf(h.urls(c), e))
}

func checkEnvironment(in payload) error {
	wrong := problems{}
	wrong.filled(in, "name")
	wrong.boolean(in, "production")
	wrong.words(in, "displayName")
	if strings.Contains(in.text("name"), " ") {
		wrong.add("name", "cannot contain spaces")
	}
	return wrong.err()
}

func environmentFrom(in payload) contracts.Environment {
	production, _ := in["production"].(bool)
	return contracts.Environment{
		Name: in.text("name"), DisplayName: in.text("displayName"), Production: production, Contacts: in.raw("contacts"),
	}
}

// alreadyThere says how to see and rename an environment. The official CLI sends all
// of one that it changes: what is not given again is lost.
func alreadyThere(e contracts.Environment) string {
	production := ""
	if e.Production {
		production = " --production"
	}
	return fmt.Sprintf(" It is there already: pact broker list-environments shows it, and pact broker update-environment --uuid %s --name NEW%s renames it.", e.ID, production)
}

// nameTaken says that another environment has the name, and then what more there is
// to say.
func nameTaken(err error, in payload, more string) error {
	if !fault.Is(err, fault.Conflict) || len(fault.From(err).Fields) == 0 {
		return err // another conflict: something is in the environment that keeps its name
	}
	wrong := problems{}
	wrong.add("name", "%s", fmt.Sprintf("name '%s' is already used by an existing environment.", in.text("name"))+more)
	return wrong.err()
}

func (h *Handler) deleteEnvironment(c echo.Context) error {
	if err := h.contracts.DeleteEnvironment(c.Request().Context(), param(c, "environment")); err != nil {
		return missing(err)
	}
	return c.NoContent(http.StatusNoContent)
}
