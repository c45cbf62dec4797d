package broker

import (
	"github.com/labstack/echo/v4"
)

// indexLink is a link of the index; templated is always there, because clients
// compare with it.
type indexLink struct {
	Name      string `json:"name,omitempty"`
	Href      string `json:"href"`
	Title     string `json:"title"`
	Templated bool   `json:"templated"`
}

// index lists every relation. Clients find almost everything from here, so a
// missing one is a missing command.
func (h *Handler) index(c echo.Context) error {
	base := h.base(c)
	rels := links{"self": indexLink{Href: base, Title: "Index"}}
	for _, r := range relations() {
		templated := r.templated
		rels[r.rel] = indexLink{Name: r.name, Href: base + r.path, Title: r.title, Templated: templated}
	}
	rels["curies"] = []link{
		{Name: "pb", Href: base + "/doc/{rel}?context=index", Templated: true},
		{Name: "beta", Href: base + "/doc/{rel}?context=index", Templated: true},
	}
	return ok(c, map[string]any{"_links": rels})
}

type relation struct {
	rel, path, title string
	templated        bool
	name             string
}

// relations is the index, in the Pact Broker's order. Those of webhooks and
// metrics lead to routes that answer 404 until they are offered.
func relations() []relation {
	const forVerification = "/pacts/provider/{provider}/for-verification"
	return []relation{
		{"pb:publish-pact", "/pacts/provider/{provider}/consumer/{consumer}/version/{consumerApplicationVersion}", "Publish a pact", true, ""},
		{"pb:publish-contracts", "/contracts/publish", "Publish contracts", false, ""},
		{"pb:latest-pact-versions", "/pacts/latest", "Latest pact versions", false, ""},
		{"pb:tagged-pact-versions", "/pacts/provider/{provider}/consumer/{consumer}/tag/{tag}", "All versions of a pact for a given consumer, provider and consumer version tag", false, ""},
		{"pb:branch-pact-versions", "/pacts/provider/{provider}/consumer/{consumer}/branch/{branch}", "All versions of pacts for a provider, for a named consumers branch", true, ""},
		{"pb:latest-branch-pact-versions", "/pacts/provider/{provider}/consumer/{consumer}/branch/{branch}/latest/versions", "Latest version of pact for a provider, for a named consumers branch", true, ""},
		{"pb:main-branch-pact-versions", "/pacts/provider/{provider}/consumer/{consumer}/branch/versions", "All versions of pacts for a provider, for a named consumers main branch", true, ""},
		{"pb:latest-main-branch-pact-versions", "/pacts/provider/{provider}/consumer/{consumer}/branch/latest/versions", "Latest version of pact for a provider, for a named consumers main branch", true, ""},
		{"pb:provider-pacts-with-main-branch", "/pacts/provider/{provider}/branch", "All pacts for a provider, for any consumers main branch", true, ""},
		{"pb:provider-pacts-with-branch", "/pacts/provider/{provider}/branch/{branch}", "All pacts for a provider, for any consumers named branch", true, ""},
		{"pb:latest-provider-pacts-with-main-branch", "/pacts/provider/{provider}/branch/latest", "Latest pact for a provider, for any consumers main branch", true, ""},
		{"pb:latest-provider-pacts-with-branch", "/pacts/provider/{provider}/branch/{branch}/latest", "Latest pacts for a provider, for any consumers named branch", true, ""},
		{"pb:pacticipants", "/pacticipants", "Pacticipants", false, ""},
		{"pb:pacticipant", "/pacticipants/{pacticipant}", "Fetch pacticipant by name", true, ""},
		{"pb:latest-provider-pacts", "/pacts/provider/{provider}/latest", "Latest pacts by provider", true, ""},
		{"pb:latest-provider-pacts-with-tag", "/pacts/provider/{provider}/latest/{tag}", "Latest pacts for provider with the specified tag", true, ""},
		{"pb:provider-pacts-with-tag", "/pacts/provider/{provider}/tag/{tag}", "All pact versions for the provider with the specified consumer version tag", true, ""},
		{"pb:provider-pacts", "/pacts/provider/{provider}", "All pact versions for the specified provider", true, ""},
		{"pb:latest-version", "/pacticipants/{pacticipant}/latest-version", "Latest pacticipant version", true, ""},
		{"pb:latest-tagged-version", "/pacticipants/{pacticipant}/latest-version/{tag}", "Latest pacticipant version with the specified tag", true, ""},
		{"pb:webhooks", "/webhooks", "Webhooks", false, ""},
		{"pb:webhook", "/webhooks/{uuid}", "Webhook", true, ""},
		{"pb:integrations", "/integrations", "Integrations", false, ""},
		{"pb:pacticipant-version-tag", "/pacticipants/{pacticipant}/versions/{version}/tags/{tag}", "Get, create or delete a tag for a pacticipant version", true, ""},
		{"pb:pacticipant-branch", "/pacticipants/{pacticipant}/branches/{branch}", "Get or delete a pacticipant branch", true, ""},
		{"pb:pacticipant-branch-version", "/pacticipants/{pacticipant}/branches/{branch}/versions/{version}", "Get or add/create a pacticipant version for a branch", true, ""},
		{"pb:pacticipant-version", "/pacticipants/{pacticipant}/versions/{version}", "Get, create or delete a pacticipant version", true, ""},
		{"pb:metrics", "/metrics", "Get Pact Broker metrics", false, ""},
		{"pb:can-i-deploy-pacticipant-version-to-tag", "/can-i-deploy?pacticipant={pacticipant}&version={version}&to={tag}", "Determine if an application version can be safely deployed to an environment identified by the given tag", true, ""},
		{"pb:can-i-deploy-pacticipant-version-to-environment", "/can-i-deploy?pacticipant={pacticipant}&version={version}&environment={environment}", "Determine if an application version can be safely deployed to an environment", true, ""},
		{"pb:provider-pacts-for-verification", forVerification, "Pact versions to be verified for the specified provider", true, ""},
		{"beta:provider-pacts-for-verification", forVerification, "DEPRECATED - please use pb:provider-pacts-for-verification", true, "beta"},
		{"pb:environments", "/environments", "Environments", false, ""},
		{"pb:environment", "/environments/{uuid}", "Environment", true, ""},
	}
}

// heartbeat says that the process answers.
func (h *Handler) heartbeat(c echo.Context) error {
	return ok(c, map[string]any{"ok": true, "_links": links{"self": link{Href: h.base(c) + "/diagnostic/status/heartbeat"}}})
}

// dependencies says whether the database answers.
func (h *Handler) dependencies(c echo.Context) error {
	_, err := h.contracts.Environments(c.Request().Context())
	if err != nil {
		h.options.Log.WarnContext(c.Request().Context(), "contracts cannot be read", "error", err)
	}
	return ok(c, map[string]any{
		"database": map[string]any{"ok": err == nil},
		"_links":   links{"self": link{Href: h.base(c) + "/diagnostic/status/dependencies"}},
	})
}

// doc explains a relation in the title the index gives it.
func (h *Handler) doc(c echo.Context) error {
	for _, r := range relations() {
		if r.rel == "pb:"+param(c, "rel") {
			return c.String(200, r.title+"\n"+h.base(c)+r.path+"\n")
		}
	}
	return notFound()
}
