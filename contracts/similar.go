package contracts

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/internal/pattern"
)

// SimilarNameError says that a service would be made known whose name reads like
// that of others.
type SimilarNameError struct {
	Name     string
	Existing []string
}

// Error names the service and those it resembles.
func (e *SimilarNameError) Error() string {
	return fmt.Sprintf("%s reads like %s", e.Name, join(e.Existing))
}

// names adds name to the list when it is new.
func names(list []string, name string, isNew bool) []string {
	if isNew && !slices.Contains(list, name) {
		return append(list, name)
	}
	return list
}

// refuseSimilar compares the names that were added with those there were before.
func (b *Broker) refuseSimilar(ctx context.Context, added []string) error {
	if len(added) == 0 {
		return nil
	}
	all, err := b.store.Pacticipants(ctx, PacticipantFilter{})
	if err != nil {
		return err
	}
	for _, name := range added {
		similar := &SimilarNameError{Name: name}
		for _, p := range all {
			if !slices.Contains(added, p.Name) && slices.Equal(nameWords(p.Name), nameWords(name)) {
				similar.Existing = append(similar.Existing, p.Name)
			}
		}
		if len(similar.Existing) > 0 {
			return fault.New(fault.Conflict, "There is no service called %q, but one with a similar name: %s.", name, join(similar.Existing)).
				WithHint("Correct the name in the pact and publish it again. If it is another service, make it known first.").WithCause(similar)
		}
	}
	return nil
}

// aHump is where a capital letter begins a word.
var aHump = pattern.New(`([a-z\d])([A-Z])|([A-Z])([A-Z][a-z])`)

// nameWords is what two spellings of a name have in common: its words without
// plural, and without those that only say what kind of thing it is.
func nameWords(name string) []string {
	split := aHump().ReplaceAllString(name, "$1$3 $2$4")
	words := strings.FieldsFunc(strings.ToLower(split), func(r rune) bool { return r == ' ' || r == '\t' || r == '_' || r == '-' })
	for i, word := range words {
		words[i] = strings.TrimSuffix(word, "s")
	}
	return slices.DeleteFunc(words, func(word string) bool { return word == "api" || word == "provider" || word == "service" })
}
