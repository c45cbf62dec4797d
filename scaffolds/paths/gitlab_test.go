package paths_test

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// gitlabJob is the part of one that points at others, and its commands.
type gitlabJob struct {
	Stage        string
	Extends      any
	Needs        []string
	Script       []string
	BeforeScript []string `yaml:"before_script"`
}

// GitLab refuses a file in which a job is in no stage, or extends or needs
// what is not there; a shell finds its mistakes later, in somebody's pipeline.
func TestGitLabJobsFitTogether(t *testing.T) {
	t.Parallel()
	keywords := []string{"workflow", "stages", "default", "variables"}
	reserved := []string{"image", "services", "before_script", "after_script", "cache", "include", "true", "false", "nil"}
	for _, project := range golden(t) {
		for _, file := range decode[map[string]yaml.Node](t, filepath.Join(project, ".gitlab-ci.yml")) {
			var stages []string
			node := file["stages"]
			if err := node.Decode(&stages); err != nil {
				t.Fatal(err)
			}
			jobs := map[string]gitlabJob{}
			for name, node := range file {
				if slices.Contains(reserved, name) {
					t.Errorf("%s: no job may be called %s", project, name)
				}
				var job gitlabJob
				if slices.Contains(keywords, name) {
					continue
				}
				if err := node.Decode(&job); err != nil {
					t.Fatalf("%s: %s: %v", project, name, err)
				}
				jobs[name] = job
			}
			for name, job := range jobs {
				checkGitLabJob(t, project+": "+name, job, jobs, stages)
			}
		}
	}
}

func checkGitLabJob(t *testing.T, where string, job gitlabJob, jobs map[string]gitlabJob, stages []string) {
	t.Helper()
	stage := job.Stage
	var parents []string
	switch extends := job.Extends.(type) {
	case string:
		parents = []string{extends}
	case []any:
		for _, parent := range extends {
			parents = append(parents, parent.(string)) //nolint:forcetypeassert // fails loudly
		}
	}
	for _, parent := range parents {
		other, ok := jobs[parent]
		if !ok {
			t.Errorf("%s extends %s, which is not there", where, parent)
		}
		if stage == "" {
			stage = other.Stage
		}
		job.Script = append(job.Script, other.Script...)
	}
	for _, needed := range job.Needs {
		if _, ok := jobs[needed]; !ok {
			t.Errorf("%s needs %s, which is not there", where, needed)
		}
	}
	hidden := strings.Contains(where, ": .")
	if !hidden && (!slices.Contains(stages, stage) || len(job.Script) == 0) {
		t.Errorf("%s is in stage %q of %v and runs %d commands", where, stage, stages, len(job.Script))
	}
	shellcheck, err := exec.LookPath("shellcheck")
	if err != nil {
		t.Fatal("shellcheck is not installed: run scripts/setup.sh lint")
	}
	script := strings.Join(append(job.BeforeScript, job.Script...), "\n")
	cmd := exec.CommandContext(t.Context(), shellcheck, "--shell", "bash", "--exclude", "SC2154,SC2034,SC2164", "-")
	cmd.Stdin = strings.NewReader(script)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%s: %v\n%s", where, err, out)
	}
}
