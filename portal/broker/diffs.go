package broker

import (
	"context"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/contracts"
)

// diffPrevious shows what a pact changed since the last one of other content.
func (h *Handler) diffPrevious(c echo.Context) error {
	p, err := h.pactOfVersion(c)
	if err != nil {
		return err
	}
	before, err := h.beforeDistinct(c, p)
	if err != nil {
		return err
	}
	return h.answerDiff(c, before, p)
}

// diffVersions compares the pacts of two consumer versions.
func (h *Handler) diffVersions(c echo.Context) error {
	p, err := h.pactOfVersion(c)
	if err != nil {
		return err
	}
	v, err := h.contracts.Version(c.Request().Context(), p.Consumer, param(c, "other"))
	if err != nil {
		return missing(err)
	}
	list, err := h.pactsBetween(c, contracts.PactFilter{ConsumerVersionIDs: []int64{v.ID}})
	if err == nil && len(list) == 0 {
		err = notFound()
	}
	if err != nil {
		return err
	}
	return h.answerDiff(c, list[0], p)
}

// diffContents compares two contents by their digests.
func (h *Handler) diffContents(c echo.Context) error {
	list, err := h.pactsWithContent(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	content, err := h.contracts.Content(ctx, list[0].Consumer, list[0].Provider, param(c, "other"))
	if err != nil {
		return missing(err)
	}
	others, err := h.contracts.Pacts(ctx, contracts.PactFilter{ContentIDs: []int64{content.ID}})
	if err == nil && len(others) == 0 {
		err = notFound()
	}
	if err != nil {
		return err
	}
	return h.answerDiff(c, others[0], list[0])
}

// beforeDistinct is the newest earlier pact of other content.
func (h *Handler) beforeDistinct(c echo.Context, p contracts.Pact) (contracts.Pact, error) {
	list, err := h.pactsBetween(c, contracts.PactFilter{BeforeVersionID: p.ConsumerVersionID})
	if err != nil {
		return contracts.Pact{}, err
	}
	for _, before := range list {
		if before.ContentID != p.ContentID {
			return before, nil
		}
	}
	return contracts.Pact{}, notFound()
}

func (h *Handler) answerDiff(c echo.Context, before, after contracts.Pact) error {
	text, err := h.diff(c.Request().Context(), h.urls(c), before, after)
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, "text/plain;charset=utf-8", []byte(text))
}

func (h *Handler) diff(ctx context.Context, u urls, before, after contracts.Pact) (string, error) {
	old, err := h.contracts.ContentByID(ctx, before.ContentID)
	if err != nil {
		return "", missing(err)
	}
	now, err := h.contracts.ContentByID(ctx, after.ContentID)
	if err != nil {
		return "", missing(err)
	}
	return fmt.Sprintf("# Diff between versions %s and %s of the pact between %s and %s\n\n%s\n\n## Links\n\nbefore: %s\nafter:  %s\n",
		before.ConsumerVersion, after.ConsumerVersion, after.Consumer, after.Provider, contracts.Diff(old.Body, now.Body),
		u.pact(before.Consumer, before.Provider, before.ConsumerVersion), u.pact(after.Consumer, after.Provider, after.ConsumerVersion)), nil
}
