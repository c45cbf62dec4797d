package broker

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/fault"
)

// putPact stores one pact; another content for the version is a conflict.
func (h *Handler) putPact(c echo.Context) error {
	if !hasParams(c) {
		return notFound()
	}
	body, err := readJSON(c)
	if err != nil {
		return err
	}
	return h.storePact(c, body, false)
}

// mergePact adds the interactions to those the version has published.
func (h *Handler) mergePact(c echo.Context) error {
	if !hasParams(c) {
		return notFound()
	}
	body, err := readJSON(c)
	if err != nil {
		return err
	}
	before, err := h.contracts.PublishedContent(c.Request().Context(), param(c, "consumer"), param(c, "version"), param(c, "provider"))
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	if before != nil {
		if _, err := contracts.ParsePact("", body); err != nil {
			return badJSON(body)
		}
		if body, err = contracts.MergePacts(before, body); err != nil {
			return failure{status: http.StatusConflict, body: map[string]any{"error": fault.From(err).Message}}
		}
	}
	return h.storePact(c, body, true)
}

func (h *Handler) storePact(c echo.Context, body []byte, overwrite bool) error {
	consumer, provider, number := param(c, "consumer"), param(c, "provider"), param(c, "version")
	doc, err := contracts.ParsePact("", body)
	if fault.Is(err, fault.Invalid) {
		return badJSON(body)
	}
	if err != nil {
		return err
	}
	wrong := problems{}
	for field, names := range map[string][2]string{"consumer.name": {doc.Consumer, consumer}, "provider.name": {doc.Provider, provider}} {
		if names[0] != "" && names[0] != names[1] {
			wrong.add(field, "name in pact '%s' does not match name in URL path '%s'.", names[0], names[1])
		}
	}
	if err := wrong.err(); err != nil {
		return err
	}
	out, err := h.contracts.Publish(c.Request().Context(), contracts.Publication{
		Consumer: consumer, Version: number, Lenient: true, RefuseSimilar: true,
		Contracts: []contracts.Contract{{Consumer: consumer, Provider: provider, Content: body, Overwrite: overwrite}},
	})
	if similar, is := errors.AsType[*contracts.SimilarNameError](err); is {
		return c.Blob(http.StatusConflict, "text/plain;charset=utf-8", []byte(similarText(h.urls(c), similar)+"\n"))
	}
	if fault.Is(err, fault.Conflict) {
		text := conflictText(consumer, number, provider)
		if _, missing := h.contracts.PublishedContent(c.Request().Context(), consumer, number, provider); fault.Is(missing, fault.NotFound) {
			text = refusedText(err)
		}
		return failure{status: http.StatusConflict, body: map[string]any{"error": text}}
	}
	if err != nil {
		return err
	}
	p, err := h.pactOfVersion(c)
	if err != nil {
		return errors.Join(errors.New("read the published pact"), err)
	}
	status := http.StatusOK
	if out.Contracts[0].Created {
		status = http.StatusCreated
	}
	return h.answerPact(c, p, status, "", nil)
}

// similarText says what to do about a name that reads like another.
func similarText(u urls, similar *contracts.SimilarNameError) string {
	return fmt.Sprintf("There is no pacticipant called %q yet, and its name is very similar to: %s. If one of these was meant, correct the name in the pact and publish it again. "+
		"If it is another service, create it first: POST {\"name\": %q} to %s",
		similar.Name, strings.Join(similar.Existing, ", "), similar.Name, u.at("/pacticipants"))
}
