package broker

import (
	"errors"
	"fmt"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/fault"
)

// canIDeploy asks the matrix about one version and one destination. Nothing is
// cut from the answer.
func (h *Handler) canIDeploy(c echo.Context) error {
	in, err := parseNested(c.Request().URL.RawQuery)
	if err != nil {
		return err
	}
	wrong := checkCanIDeploy(in)
	if len(wrong) == 0 {
		// Most questions are right: what is not there shows when they are answered.
		q := contracts.MatrixQuery{
			Selectors:   []contracts.MatrixSelector{{Pacticipant: in.text("pacticipant"), Version: in.text("version")}},
			Ignore:      matrixSelectors(in.list("ignore")),
			Environment: in.text("environment"), Tag: in.text("to"), Latest: in.text("to") != "",
			LatestBy: "cvpv",
		}
		if q.Environment == "" {
			q.LatestBy = "cvp"
		}
		var m contracts.Matrix
		if m, err = h.contracts.Matrix(c.Request().Context(), q); !fault.Is(err, fault.NotFound) {
			return h.answerMatrix(c, m, err)
		}
	}
	if lookErr := h.findAsked(c, in, wrong); lookErr != nil || len(wrong) == 0 {
		return errors.Join(lookErr, err)
	}
	return wrong.err()
}

// checkCanIDeploy says what is wrong with a question, whatever there is.
func checkCanIDeploy(in nested) problems {
	wrong := problems{}
	for _, text := range ofCanIDeploy().misnamed(in) {
		wrong.add("", "%s", text)
	}
	_, environment := in["environment"]
	_, to := in["to"]
	for field, asked := range map[string]bool{"pacticipant": true, "version": true, "environment": environment, "to": to} {
		if again, is := in[field].(twice); is {
			wrong.add(field, "must be given once, not as %q and as %q", again.first, again.last)
		} else if asked {
			wrong.filled(payload(in), field)
		}
	}
	wrong.latest(in, environment, to)
	for _, text := range unreadableSelectors(in, "ignore") {
		wrong.add("ignore", "%s", strings.TrimPrefix(text, "ignore "))
	}
	switch {
	case !environment && !to:
		wrong.add("", "Must specify either an environment or a 'to' tag.")
	case environment && to && len(wrong["environment"])+len(wrong["to"]) == 0:
		wrong.add("", "Cannot specify both a 'to' tag and an environment.")
	}
	return wrong
}

// latest checks the parameter that /matrix has. Beside a tag it says which version of
// the others is asked about, the newest; in an environment there may be several.
func (p problems) latest(in nested, environment, to bool) {
	for _, text := range (given{in, "latest", "", ""}).boolean() {
		p.add("latest", "%s", strings.TrimPrefix(text, "latest "))
	}
	switch {
	case in["latest"] == "true" && environment:
		p.add("", "Cannot specify both latest=true and an environment.")
	case in["latest"] == "false" && to:
		p.add("latest", "cannot be false: 'to' asks about the latest versions with the tag")
	}
}

// findAsked adds what a question names and is not there.
func (h *Handler) findAsked(c echo.Context, in nested, wrong problems) error {
	ctx := c.Request().Context()
	if name := in.text("pacticipant"); name != "" {
		_, err := h.contracts.Pacticipant(ctx, name)
		if fault.Is(err, fault.NotFound) {
			wrong.add("pacticipant", "does not match an existing pacticipant")
		} else if err != nil {
			return err
		}
	}
	if environment := in.text("environment"); environment != "" {
		_, err := h.contracts.Environment(ctx, environment)
		if fault.Is(err, fault.NotFound) {
			wrong.add("environment", "%s", fmt.Sprintf("with name '%s' does not exist", environment))
		} else if err != nil {
			return err
		}
	}
	return nil
}

func (h *Handler) canTagDeploy(c echo.Context) error {
	p, err := h.pacticipant(c)
	if err != nil {
		return err
	}
	if !hasParams(c) {
		return notFound()
	}
	if err := readsNothing(c); err != nil {
		return err
	}
	return h.askMatrix(c, contracts.MatrixQuery{
		Selectors: []contracts.MatrixSelector{{Pacticipant: p.Name, Tag: param(c, "tag"), Latest: true}},
		Tag:       param(c, "to"), Latest: true, LatestBy: "cvp",
	})
}

// canBranchDeploy asks for the head of a branch, against an environment.
func (h *Handler) canBranchDeploy(c echo.Context) error {
	p, err := h.pacticipant(c)
	if err != nil {
		return err
	}
	e, err := h.contracts.Environment(c.Request().Context(), param(c, "environment"))
	if err != nil {
		return missing(err)
	}
	if err := readsNothing(c); err != nil {
		return err
	}
	return h.askMatrix(c, contracts.MatrixQuery{
		Selectors:   []contracts.MatrixSelector{{Pacticipant: p.Name, Branch: param(c, "branch"), Latest: true}},
		Environment: e.Name, LatestBy: "cvpv",
	})
}

// readsNothing refuses the parameters of a question that its address says already.
func readsNothing(c echo.Context) error {
	in, err := parseNested(c.Request().URL.RawQuery)
	if err != nil {
		return err
	}
	if wrong := ofAddress().misnamed(in); len(wrong) > 0 {
		return matrixErrors(wrong...)
	}
	return nil
}
