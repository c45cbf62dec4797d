package portal

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/fault"
)

// pairPage shows one consumer and one provider: what was promised, whether it
// is kept, and whether a version may be deployed.
type pairPage struct {
	frame
	Detail       contracts.PairDetail
	Badge        badge
	Interactions []interactionView
	History      []verificationRow
	Chosen       *verificationRow // the verification asked for by ?verification=
	Versions     []versionRow
	Environments []contracts.Environment
	Pact         string
	Ask          question
	Answer       *answerView
	AskFault     *fault.Error
	CatalogURL   [2]string // search in the catalog for consumer and provider
}

type interactionView struct {
	contracts.Interaction
	Anchor          string
	Badge           badge
	RequestHeaders  []field
	ResponseHeaders []field
	Request         string
	Response        string
}

type verificationRow struct {
	contracts.Verification
	Badge   badge
	URL     string
	Current bool
	Passed  int
	Failed  int
	Results []resultRow
}

type resultRow struct {
	contracts.InteractionResult
	Badge badge
}

type versionRow struct {
	contracts.PublishedVersion
	Badge badge
}

// question is the form that asks the gate.
type question struct{ Service, Version, Environment string }

// mostReasons is how many reasons of an answer are shown.
const mostReasons = 50

type answerView struct {
	contracts.Answer
	Badge   badge
	Reasons []reasonView // the first of them
	More    int          // how many others there are
	Explain string       // the command that tells all of them
}

type reasonView struct {
	contracts.Reason
	Badge badge
}

func (p *pages) showPair(c echo.Context) error {
	consumer, provider := c.Param("consumer"), c.Param("provider")
	ctx := c.Request().Context()
	detail, err := p.contracts.Pair(ctx, consumer, provider)
	if err != nil {
		return err
	}
	page := pairPage{
		frame:      newFrame(c, consumer+" → "+provider, "contracts", crumb{"Contracts", "/contracts"}),
		CatalogURL: [2]string{searchURL(consumer), searchURL(provider)},
		Detail:     detail, Badge: pairBadge(detail.Verdict), Pact: indented(detail.Content),
		Versions: mapped(detail.Versions, func(v contracts.PublishedVersion) versionRow { return versionRow{v, pairBadge(v.Verdict)} }),
	}
	for i, in := range detail.Interactions {
		page.Interactions = append(page.Interactions, newInteraction(i, in))
	}
	if page.Environments, err = p.contracts.Environments(ctx); err != nil {
		return err
	}
	if err := page.readHistory(c); err != nil {
		return err
	}
	if err := p.ask(c, &page); err != nil {
		return err
	}
	return p.render(c, http.StatusOK, "contracts/pair", page)
}

func searchURL(name string) string { return "/catalog?" + url.Values{"q": {name}}.Encode() }

func newInteraction(i int, in contracts.Interaction) interactionView {
	return interactionView{
		Interaction: in, Anchor: "interaction-" + strconv.Itoa(i+1), Badge: resultBadge(in.Result),
		RequestHeaders: sortedFields(in.RequestHeaders), ResponseHeaders: sortedFields(in.ResponseHeaders),
		Request: indented(in.RequestBody), Response: indented(in.ResponseBody),
	}
}

func sortedFields(m map[string]string) []field {
	var out []field
	for _, key := range slices.Sorted(maps.Keys(m)) {
		out = append(out, field{key, m[key]})
	}
	return out
}

// indented writes JSON for people; what is no JSON stays as it is.
func indented(body []byte) string {
	if len(body) == 0 {
		return ""
	}
	var b bytes.Buffer
	if json.Indent(&b, body, "", "  ") != nil {
		return string(body)
	}
	return b.String()
}

func (p *pairPage) readHistory(c echo.Context) error {
	wanted := c.QueryParam("verification")
	for _, v := range p.Detail.Verifications {
		id := strconv.FormatInt(v.ID, 10)
		row := verificationRow{Verification: v, Badge: pairBadge(v.Verdict()), URL: "?verification=" + id + "#verification", Current: id == wanted}
		for _, r := range v.Interactions {
			switch r.Status {
			case contracts.Passed:
				row.Passed++
			case contracts.Failed:
				row.Failed++
			}
			row.Results = append(row.Results, resultRow{r, resultBadge(r.Status)})
		}
		p.History = append(p.History, row)
		if row.Current {
			p.Chosen = &p.History[len(p.History)-1]
		}
	}
	if wanted != "" && p.Chosen == nil {
		return fault.New(fault.NotFound, "There is no verification %s of this pair.", wanted).
			WithHint("See its verifications on the page of the pair.")
	}
	if p.Chosen != nil {
		chosen := *p.Chosen // the slice moved while it grew
		p.Chosen = &chosen
	}
	return nil
}

// ask answers the gate's question when the address asks it. A question that
// cannot be answered is said beside the form: the page is still about the pair.
func (p *pages) ask(c echo.Context, page *pairPage) error {
	page.Ask = question{
		Service:     oneOf(c.QueryParam("service"), page.Detail.Consumer, page.Detail.Provider),
		Version:     c.QueryParam("version"),
		Environment: cmp.Or(c.QueryParam("environment"), p.gateFor),
	}
	if page.Ask.Version == "" {
		page.Ask.Version = page.Detail.ConsumerVersion
		if page.Ask.Service == page.Detail.Provider {
			page.Ask.Version = page.Detail.ProviderVersion
		}
	}
	if c.QueryParam("service") == "" {
		return nil
	}
	if page.Ask.Version == "" {
		page.AskFault = fault.New(fault.Invalid, "Which version? None of %s is known yet.", page.Ask.Service)
		return nil
	}
	q := contracts.Question{Service: page.Ask.Service, Version: page.Ask.Version, Environment: page.Ask.Environment}
	answer, err := p.contracts.CanIDeploy(c.Request().Context(), q)
	if err != nil {
		f := fault.From(err)
		if f.Code == fault.Internal {
			return fmt.Errorf("ask the gate: %w", err)
		}
		page.AskFault = f
		return nil
	}
	first := answer.Reasons[:min(len(answer.Reasons), mostReasons)]
	page.Answer = &answerView{
		Answer: answer, Badge: gateBadge(answer.Verdict), Reasons: mapped(first, newReason), More: len(answer.Reasons) - len(first), Explain: q.ExplainCommand(),
	}
	return nil
}

// newReason never lets a reason that a rule ignores look as if it counted.
func newReason(r contracts.Reason) reasonView {
	if r.IgnoredBy != nil {
		return reasonView{r, badge{"wait", "skipped", "Ignored"}}
	}
	return reasonView{r, verdictBadge(r.Verdict)}
}

// verdictBadge says whether one reason is for or against.
func verdictBadge(v contracts.Verdict) badge {
	switch v {
	case contracts.Yes:
		return badge{"yes", "yes", "Yes"}
	case contracts.No:
		return badge{"no", "no", "No"}
	case contracts.Unknown:
	}
	return badge{"unknown", "unknown", "Unknown"}
}
