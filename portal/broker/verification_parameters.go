package broker

import (
	"maps"
	"slices"
	"strings"
)

// ofVerification is what a question for pacts to verify has.
func ofVerification() parameters {
	return parameters{
		names: []string{"providerVersionBranch", "providerVersionTags", "includePendingStatus", "includeWipPactsSince", "consumerVersionSelectors"},
		lists: map[string][]string{"consumerVersionSelectors": slices.Concat(selectorTexts(), selectorFlags())},
	}
}

// selectorTexts are the fields of a selector of consumers' versions that are texts.
func selectorTexts() []string {
	return []string{"consumer", "branch", "fallbackBranch", "tag", "fallbackTag", "environment"}
}

// selectorFlags are those that are true or false.
func selectorFlags() []string {
	return []string{"mainBranch", "matchingBranch", "latest", "deployed", "released", "deployedOrReleased"}
}

// verificationPayload is a query as the body that asks the same.
func verificationPayload(in nested) (payload, error) {
	in = ofVerification().asFields(in)
	wrong, out := problems{}, payload{}
	for _, text := range ofVerification().misnamed(in) {
		wrong.add("", "%s", text)
	}
	for field, value := range in {
		switch value := value.(type) {
		case string:
			out[field] = asFlag(field, value)
		case twice:
			wrong.add(field, "must be given once, not as %q and as %q", value.first, value.last)
		case []any:
			list := []any{}
			for _, item := range value {
				if selector, is := item.(nested); is {
					item = selectorPayload(selector)
				}
				list = append(list, item)
			}
			out[field] = list
		default:
			out[field] = value
		}
	}
	return out, wrong.err()
}

func selectorPayload(in nested) map[string]any {
	out := map[string]any{}
	for field, value := range in {
		if text, is := value.(string); is {
			value = asFlag(field, text)
		}
		out[field] = value
	}
	return out
}

// asFlag is the value of a field in a body: true and false are no texts there, if the
// field is no text.
func asFlag(field, text string) any {
	if field == "includePendingStatus" || slices.Contains(selectorFlags(), field) {
		switch text {
		case "true":
			return true
		case "false":
			return false
		}
	}
	return text
}

// asFields renames parameters to the fields of a body: a query has main_branch for
// mainBranch, and may have that.
func (p parameters) asFields(in nested) nested {
	out := nested{}
	for _, name := range slices.Sorted(maps.Keys(in)) {
		field, value := camel(name), in[name]
		if !slices.Contains(p.names, field) {
			field = name
		}
		if list, is := value.([]any); is && p.lists[field] != nil {
			fields, renamed := parameters{names: p.lists[field]}, []any{}
			for _, item := range list {
				if element, is := item.(nested); is {
					item = fields.asFields(element)
				}
				renamed = append(renamed, item)
			}
			value = renamed
		}
		if _, again := out[field]; again {
			value = twice{field, name}
		}
		out[field] = value
	}
	return out
}

// camel writes main_branch as mainBranch.
func camel(name string) string {
	words := strings.Split(name, "_")
	for i, word := range words[1:] {
		if word != "" {
			words[i+1] = strings.ToUpper(word[:1]) + word[1:]
		}
	}
	return strings.Join(words, "")
}
