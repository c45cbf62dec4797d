package paths_test

import (
	"fmt"
	"maps"
	"path/filepath"
	"strings"
	"testing"
)

// workflow is the part of one that says who may do what.
type workflow struct {
	Permissions map[string]string
	Env         map[string]string
	Jobs        map[string]struct {
		Permissions    map[string]string
		Env            map[string]string
		TimeoutMinutes int `yaml:"timeout-minutes"`
		Needs          any
		Steps          []struct {
			Name, Uses, Run string
			Env             map[string]string
			With            map[string]any
		}
	}
}

// A secret in the environment of a job is there for each program that any of
// its steps runs; and what a job may write, so may they.
func TestWorkflowsTrustNobodyMoreThanTheyMust(t *testing.T) {
	t.Parallel()
	for _, project := range golden(t) {
		for _, file := range find(t, filepath.Join(project, ".github", "workflows"), ".yaml") {
			for _, w := range decode[workflow](t, file) {
				if want := map[string]string{"contents": "read"}; !maps.Equal(w.Permissions, want) {
					t.Errorf("%s: may %v unless a job says otherwise, want %v", file, w.Permissions, want)
				}
				if secret(w.Env) {
					t.Errorf("%s: every job gets a secret", file)
				}
				for name, job := range w.Jobs {
					if secret(job.Env) {
						t.Errorf("%s: each step of %s gets a secret", file, name)
					}
					if job.TimeoutMinutes == 0 {
						t.Errorf("%s: %s may run for six hours", file, name)
					}
					if job.Permissions["contents"] == "write" {
						t.Errorf("%s: %s may change the repository", file, name)
					}
					for _, step := range job.Steps {
						if strings.Contains(step.Run, "${{") {
							t.Errorf("%s: %s, %q: what GitHub puts there is run as a command; use env", file, name, step.Name)
						}
						if strings.HasPrefix(step.Uses, "actions/checkout@") && fmt.Sprint(step.With["persist-credentials"]) != "false" {
							t.Errorf("%s: %s leaves its token in the checkout", file, name)
						}
					}
				}
			}
		}
	}
}

func secret(env map[string]string) bool {
	for _, value := range env {
		if strings.Contains(value, "secrets.") {
			return true
		}
	}
	return false
}

// An image is made only of what was tested, and nothing goes out that was not.
func TestNothingGoesOutUntested(t *testing.T) {
	t.Parallel()
	for _, project := range golden(t) {
		for _, w := range decode[workflow](t, filepath.Join(project, ".github", "workflows", "ci.yaml")) {
			for job, want := range map[string]string{"image": "[test api security]", "deploy": "image"} {
				if got := fmt.Sprint(w.Jobs[job].Needs); got != want {
					t.Errorf("%s: %s needs %s, want %s", project, job, got, want)
				}
			}
		}
	}
}
