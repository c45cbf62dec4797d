package paths_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"go.yaml.in/yaml/v3"
)

// An action's tag can be moved to other code; a commit cannot. Workflows of the
// golden paths use the commits of pins.yaml and nothing else.
func TestWorkflowsUsePinnedActions(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("pins.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var pins struct {
		Actions map[string]struct{ Tag, Commit string }
	}
	if err := yaml.Unmarshal(data, &pins); err != nil {
		t.Fatal(err)
	}
	workflows, err := filepath.Glob("*/golden/.github/workflows/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	actions, err := filepath.Glob("*/golden/.github/actions/*/action.yaml")
	if err != nil {
		t.Fatal(err)
	}
	uses := regexp.MustCompile(`(?m)^\s*(?:- )?uses:\s*(\S+?)(?:@(\S+))?(?:\s+#\s*(\S+))?\s*$`)
	seen := 0
	for _, file := range append(workflows, actions...) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range uses.FindAllStringSubmatch(string(text), -1) {
			action, commit, tag := match[1], match[2], match[3]
			if action[0] == '.' {
				continue // An action of the service's own repository.
			}
			seen++
			pin, ok := pins.Actions[action]
			if !ok {
				t.Errorf("%s uses %s, which pins.yaml does not have", file, action)
				continue
			}
			if commit != pin.Commit || tag != pin.Tag {
				t.Errorf("%s uses %s@%s # %s, pins.yaml says %s # %s", file, action, commit, tag, pin.Commit, pin.Tag)
			}
		}
	}
	if seen == 0 {
		t.Error("no workflow of a golden path uses an action: this test looks in the wrong place")
	}
}
