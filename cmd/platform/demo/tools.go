package demo

import (
	"context"
	"slices"
	"strings"

	"github.com/goldenpath/platform/internal/fault"
)

// tools are the checks of "platform doctor" that the demo depends on.
func tools() []string {
	return []string{"git", "go", "make", "C compiler", "libpact_ffi", "pact-verifier"}
}

// checkTools looks for everything before anything is made, and names all that
// is missing at once.
func checkTools(ctx context.Context, p *platform) error {
	var checks []struct {
		Name     string `json:"name"`
		OK       bool   `json:"ok"`
		HowToGet string `json:"how_to_get"`
	}
	// Doctor's own verdict is about more than the demo needs.
	if err := p.run(ctx, "", &checks, "doctor"); err != nil {
		return err
	}
	var names, how []string
	for _, c := range checks {
		if !c.OK && slices.Contains(tools(), c.Name) {
			names = append(names, c.Name)
			how = append(how, c.Name+": "+c.HowToGet)
		}
	}
	if len(names) == 0 {
		return nil
	}
	return fault.New(fault.MissingTool, "The demo builds and tests services for real, and this machine lacks: %s.", strings.Join(names, ", ")).
		WithHint("%s", strings.Join(how, "\n"))
}
