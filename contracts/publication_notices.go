package contracts

import "fmt"

// publishedNotices says what is worth knowing after a publication.
func publishedNotices(p Published) []string {
	var notices []string
	for _, c := range p.Contracts {
		switch {
		case !c.Verified:
			notices = append(notices, fmt.Sprintf("%s has not verified a pact with %s yet. Verify it: platform contracts verify --provider %s --provider-url URL --version VERSION",
				c.Provider, p.Consumer, quote(c.Provider)))
		case c.Changed && c.Created:
			notices = append(notices, fmt.Sprintf("The pact with %s changed. Verify it: platform contracts verify --provider %s --provider-url URL --version VERSION",
				c.Provider, quote(c.Provider)))
		}
	}
	if p.Branch == "" {
		notices = append(notices, "Without a branch nobody can select this version by it. Add --branch \"$(git branch --show-current)\".")
	}
	return notices
}
