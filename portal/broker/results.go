package broker

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/contracts"
)

// verificationInPath finds a result of the content in the path, and the
// publications of that.
func (h *Handler) verificationInPath(c echo.Context) (contracts.Verification, []contracts.Pact, error) {
	list, err := h.pactsWithContent(c)
	if err != nil {
		return contracts.Verification{}, nil, err
	}
	number, err := strconv.ParseInt(param(c, "number"), 10, 64)
	if err != nil {
		return contracts.Verification{}, nil, notFound()
	}
	v, err := h.contracts.Verification(c.Request().Context(), number)
	if err == nil && v.ContentID != list[0].ContentID {
		err = notFound()
	}
	return v, list, missing(err)
}

func (h *Handler) showVerification(c echo.Context) error {
	v, list, err := h.verificationInPath(c)
	if err != nil {
		return err
	}
	return ok(c, verificationOf(h.urls(c), v, chosen(list, decodeMetadata(param(c, "metadata"))).ConsumerVersion))
}

func (h *Handler) deleteVerification(c echo.Context) error {
	v, _, err := h.verificationInPath(c)
	if err != nil {
		return err
	}
	if err := h.contracts.DeleteVerification(c.Request().Context(), v.ID); err != nil {
		return missing(err)
	}
	return c.NoContent(http.StatusNoContent)
}

func (h *Handler) latestResultOfPact(c echo.Context) error {
	p, err := h.pactOfVersion(c)
	return h.answerLatestResult(c, p, err)
}

func (h *Handler) deleteLatestResultOfPact(c echo.Context) error {
	p, err := h.pactOfVersion(c)
	return h.deleteLatestResult(c, p, err)
}

func (h *Handler) latestResultOfContent(c echo.Context) error {
	p, err := h.newestWithContent(c)
	return h.answerLatestResult(c, p, err)
}

func (h *Handler) deleteLatestResultOfContent(c echo.Context) error {
	p, err := h.newestWithContent(c)
	return h.deleteLatestResult(c, p, err)
}

func (h *Handler) latestResultOfLatest(c echo.Context) error {
	p, err := h.newestInPath(c)
	return h.answerLatestResult(c, p, err)
}

func (h *Handler) deleteLatestResultOfLatest(c echo.Context) error {
	p, err := h.newestInPath(c)
	return h.deleteLatestResult(c, p, err)
}

func (h *Handler) newestWithContent(c echo.Context) (contracts.Pact, error) {
	list, err := h.pactsWithContent(c)
	if err != nil {
		return contracts.Pact{}, err
	}
	return list[0], nil
}

// newestInPath is the newest pact of the pair in the path, with the tag there if
// there is one.
func (h *Handler) newestInPath(c echo.Context) (contracts.Pact, error) {
	list, err := h.pactsBetween(c, contracts.PactFilter{Tag: param(c, "tag"), Latest: true})
	if err == nil && len(list) == 0 {
		err = notFound()
	}
	if err != nil {
		return contracts.Pact{}, err
	}
	return list[0], nil
}

// latestResult is the newest verification of a pact's content.
func (h *Handler) latestResult(c echo.Context, p contracts.Pact, err error) (contracts.Verification, error) {
	if err != nil {
		return contracts.Verification{}, err
	}
	vs, err := h.latestResults(c, []contracts.Pact{p})
	if err == nil && len(vs) == 0 {
		err = notFound()
	}
	if err != nil {
		return contracts.Verification{}, err
	}
	return vs[0], nil
}

func (h *Handler) answerLatestResult(c echo.Context, p contracts.Pact, err error) error {
	v, err := h.latestResult(c, p, err)
	if err != nil {
		return err
	}
	return ok(c, verificationOf(h.urls(c), v, p.ConsumerVersion))
}

func (h *Handler) deleteLatestResult(c echo.Context, p contracts.Pact, err error) error {
	v, err := h.latestResult(c, p, err)
	if err != nil {
		return err
	}
	if err := h.contracts.DeleteVerification(c.Request().Context(), v.ID); err != nil {
		return missing(err)
	}
	return c.NoContent(http.StatusNoContent)
}

// latestResults returns the newest verification of each pact's content, with
// results, in the order of pacts.
func (h *Handler) latestResults(c echo.Context, pacts []contracts.Pact) ([]contracts.Verification, error) {
	var out []contracts.Verification
	for _, p := range pacts {
		vs, err := h.contracts.Verifications(c.Request().Context(), contracts.VerificationFilter{ContentIDs: []int64{p.ContentID}, Latest: true})
		if err != nil {
			return nil, err
		}
		for _, v := range vs {
			full, err := h.contracts.Verification(c.Request().Context(), v.ID)
			if err != nil {
				return nil, err
			}
			out = append(out, full)
		}
	}
	return out, nil
}

// resultsOfConsumerVersion sums up the newest results of all pacts of a version.
func (h *Handler) resultsOfConsumerVersion(c echo.Context) error {
	if !hasParams(c) {
		return notFound()
	}
	ctx, consumer, number := c.Request().Context(), param(c, "consumer"), param(c, "version")
	v, err := h.contracts.Version(ctx, consumer, number)
	if err != nil {
		return missing(err)
	}
	pacts, err := h.contracts.Pacts(ctx, contracts.PactFilter{ConsumerVersionIDs: []int64{v.ID}})
	if err != nil {
		return err
	}
	results, err := h.latestResults(c, pacts)
	if err != nil {
		return err
	}
	u := h.urls(c)
	summary := map[string][]string{"successful": {}, "failed": {}, "unknown": {}}
	bodies := []verificationBody{}
	for _, p := range pacts {
		state := "unknown"
		for _, r := range results {
			if r.ContentID != p.ContentID {
				continue
			}
			state = "failed"
			if r.Success {
				state = "successful"
			}
			bodies = append(bodies, verificationOf(u, r, r.ConsumerVersion))
		}
		summary[state] = append(summary[state], p.Provider)
	}
	return ok(c, map[string]any{
		"success":         len(summary["failed"])+len(summary["unknown"]) == 0 && len(pacts) > 0,
		"providerSummary": summary,
		"_embedded":       map[string]any{"verificationResults": bodies},
		"_links": links{"self": link{
			Title: "Latest verification results for consumer " + consumer + " version " + number,
			Href:  u.at("/verification-results/consumer/" + esc(consumer) + "/version/" + esc(number) + "/latest"),
		}},
	})
}
