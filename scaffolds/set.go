package scaffolds

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// AnswersOf sorts what was set on a command line into the answers every path
// has and those of the path's own.
func AnswersOf(set map[string]any, packs []string) Answers {
	answers := Answers{Packs: packs}
	texts := map[string]*string{
		"name": &answers.Name, "owner": &answers.Owner, "system": &answers.System,
		"description": &answers.Description, "module": &answers.Module,
	}
	for key, v := range set {
		switch target, known := texts[key]; {
		case known:
			*target = asText(v)
		case key == "consumes":
			answers.Consumes = listOf(asText(v))
		case key == "packs":
			answers.Packs = append(slices.Clone(answers.Packs), listOf(asText(v))...)
		default:
			if answers.Extra == nil {
				answers.Extra = map[string]any{}
			}
			answers.Extra[key] = v
		}
	}
	return answers
}

// asText undoes the guess that 42 is a number where an answer is text.
func asText(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(body)
}

func listOf(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
}
