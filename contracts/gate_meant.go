package contracts

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// meansEnvironment looks at a tag that nothing counts for. Environments are made
// before they are used, and a misspelt one is refused; a tag is made by using it. So
// where no version of any service has it, and it is like the name of an environment,
// that is said in place of an answer, which could be a yes.
func (g *gate) meansEnvironment(ctx context.Context) (bool, error) {
	if g.to.tag == "" || slices.ContainsFunc(g.meetings, func(m met) bool {
		return m.There.VersionID != 0 && m.There.PacticipantID != g.service.ID
	}) {
		return false, nil
	}
	tagged, err := g.b.store.Versions(ctx, VersionFilter{Tag: g.to.tag, Latest: true, Short: true})
	if err != nil || len(tagged) > 0 {
		return false, err
	}
	environments, err := g.b.store.Environments(ctx)
	if err != nil || len(environments) == 0 {
		return false, err
	}
	names := make([]string, len(environments))
	for i, e := range environments {
		names[i] = e.Name
	}
	none := fmt.Sprintf("No version of any service has the tag %q.", g.to.tag)
	near := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !abbreviates(g.to.tag, name) })
	near = append(similar(names, g.to.tag), near...)
	if len(near) == 0 {
		g.warnings = append(g.warnings, none+" Environments are named by --environment: "+strings.Join(names, ", ")+".")
		return false, nil
	}
	meant := g.q
	meant.ToTag, meant.Environment = "", near[0]
	g.unknown(RuleNowhere, Reason{
		Text: fmt.Sprintf("%s Did you mean the environment %s? If the tag is meant, put it first on what is there.", none, near[0]),
		Next: meant.command(),
	})
	return true, nil
}

// abbreviates reports whether a word stands for a name: its letters come in the name
// in their order, as in prd, or are those it begins with in another, as in pord. Of
// fewer than three nobody knows what they stand for.
func abbreviates(word, name string) bool {
	word, name = strings.ToLower(word), strings.ToLower(name)
	if len(word) < 3 || len(word) > len(name) || word[0] != name[0] {
		return false
	}
	left := word
	for i := range len(name) {
		if left != "" && left[0] == name[i] {
			left = left[1:]
		}
	}
	typed, begins := []byte(word), []byte(name[:len(word)])
	slices.Sort(typed)
	slices.Sort(begins)
	return left == "" || slices.Equal(typed, begins)
}

// command asks the question.
func (q Question) command() string {
	words := []string{"platform contracts can-i-deploy"}
	if q.MainBranches {
		words[0] = "platform contracts can-i-merge"
	}
	age := ""
	if q.MaxAge > 0 {
		age = q.MaxAge.String()
	}
	for _, given := range [][2]string{
		{"--service", q.Service},
		{"--version", q.Version},
		{"--branch", q.Branch},
		{"--tag", q.Tag},
		{"--environment", q.Environment},
		{"--to", q.ToTag},
		{"--max-age", age},
	} {
		if given[1] != "" {
			words = append(words, given[0], quote(given[1]))
		}
	}
	if q.MainBranch {
		words = append(words, "--main-branch")
	}
	if q.Latest {
		words = append(words, "--latest")
	}
	for _, ignored := range q.Ignore {
		words = append(words, "--ignore", quote(ignored.Subject()))
	}
	return strings.Join(words, " ")
}
