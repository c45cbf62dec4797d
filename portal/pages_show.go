package portal

import (
	"net/url"
	"strings"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/pipelines"
)

// entityURL is the address of an entity's page, or of one of its tabs.
func entityURL(ref catalog.Ref, tab ...string) string {
	parts := append([]string{"", "catalog", ref.Kind, ref.Namespace, ref.Name}, tab...)
	for i := range parts {
		parts[i] = url.PathEscape(parts[i])
	}
	return strings.Join(parts, "/")
}

// PairPage is the path of the page about the contract of two services.
func PairPage(consumer, provider string) string {
	return "/contracts/" + url.PathEscape(consumer) + "/" + url.PathEscape(provider)
}

// entityLink is another entity as a page mentions it.
type entityLink struct {
	Text   string
	Icon   string
	URL    string
	Ref    string
	Exists bool // false: somebody names it, the catalog does not have it
}

func linkTo(n catalog.Neighbour) *entityLink {
	return &entityLink{Text: n.Title, Icon: kindIcon(n.Kind), URL: entityURL(n.Ref), Ref: n.Ref.String(), Exists: n.Exists}
}

// kindIcon names the icon of a kind, whatever its case.
func kindIcon(kind string) string {
	switch kind = strings.ToLower(kind); kind {
	case "component", "api", "resource", "system", "domain", "group", "location", "template":
		return kind
	case "user":
		return "person"
	}
	return "entity"
}

// pairBadge says what is known about the latest pact of a pair.
func pairBadge(v contracts.Verdict) badge {
	switch v {
	case contracts.Yes:
		return badge{"yes", "yes", "Verified"}
	case contracts.No:
		return badge{"no", "no", "Failed"}
	case contracts.Unknown:
	}
	return badge{"unknown", "unknown", "Unverified"}
}

// gateBadge says what the gate answers.
func gateBadge(v contracts.Verdict) badge {
	switch v {
	case contracts.Yes:
		return badge{"yes", "yes", "May deploy"}
	case contracts.No:
		return badge{"no", "no", "Blocked"}
	case contracts.Unknown:
	}
	return badge{"unknown", "unknown", "Unknown"}
}

// resultBadge says how one interaction did.
func resultBadge(status string) badge {
	switch status {
	case contracts.Passed:
		return badge{"yes", "yes", "Passed"}
	case contracts.Failed:
		return badge{"no", "no", "Failed"}
	}
	return badge{"unknown", "unknown", "No result"}
}

func runBadge(s pipelines.State) badge {
	switch s {
	case pipelines.Queued:
		return badge{"wait", "queued", "Queued"}
	case pipelines.Running:
		return badge{"busy", "running", "Running"}
	case pipelines.Waiting:
		return badge{"wait", "clock", "Waiting"}
	case pipelines.Succeeded:
		return badge{"yes", "yes", "Succeeded"}
	case pipelines.Failed:
		return badge{"no", "no", "Failed"}
	case pipelines.Cancelled:
		return badge{"unknown", "cancelled", "Cancelled"}
	}
	return badge{"unknown", "unknown", string(s)}
}

func stepBadge(s pipelines.StepState) badge {
	switch s {
	case pipelines.StepPending:
		return badge{"unknown", "pending", "Pending"}
	case pipelines.StepRunning:
		return badge{"busy", "running", "Running"}
	case pipelines.StepDone:
		return badge{"yes", "yes", "Done"}
	case pipelines.StepFailed:
		return badge{"no", "no", "Failed"}
	case pipelines.StepSkipped:
		return badge{"unknown", "skipped", "Nothing to do"}
	}
	return badge{"unknown", "unknown", string(s)}
}
