package git_test

import (
	"testing"

	"github.com/goldenpath/platform/internal/git"
)

func TestBranchInPipeline(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		env  map[string]string
		want string
	}{
		{"nobody tells", nil, ""},
		{"GitHub, a push", map[string]string{"GITHUB_REF_NAME": "team/main", "GITHUB_REF_TYPE": "branch", "GITHUB_HEAD_REF": ""}, "team/main"},
		{"GitHub, a pull request", map[string]string{"GITHUB_REF_NAME": "7/merge", "GITHUB_REF_TYPE": "branch", "GITHUB_HEAD_REF": "feature/x"}, "feature/x"},
		{"GitHub, a tag", map[string]string{"GITHUB_REF_NAME": "v1", "GITHUB_REF_TYPE": "tag"}, ""},
		{"GitLab, a push", map[string]string{"CI_COMMIT_BRANCH": "main"}, "main"},
		{"GitLab, a merge request", map[string]string{"CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "mr-1"}, "mr-1"},
		{"GitLab, a tag", map[string]string{"CI_COMMIT_TAG": "v1", "CI_COMMIT_REF_NAME": "v1"}, ""},
		{"Jenkins, several branches", map[string]string{"BRANCH_NAME": "main", "GIT_BRANCH": "origin/main"}, "main"},
		{"Jenkins, a pull request", map[string]string{"BRANCH_NAME": "PR-7", "CHANGE_BRANCH": "fix"}, "fix"},
		{"Jenkins, one branch", map[string]string{"GIT_BRANCH": "origin/team/main"}, "team/main"},
		{"Azure, a push", map[string]string{"BUILD_SOURCEBRANCH": "refs/heads/team/main"}, "team/main"},
		{"Azure, a pull request", map[string]string{"BUILD_SOURCEBRANCH": "refs/pull/1/merge", "SYSTEM_PULLREQUEST_SOURCEBRANCH": "refs/heads/fix"}, "fix"},
		{"Azure, a tag", map[string]string{"BUILD_SOURCEBRANCH": "refs/tags/v1"}, ""},
		{"CircleCI", map[string]string{"CIRCLE_BRANCH": "main"}, "main"},
		{"Travis, a pull request", map[string]string{"TRAVIS_BRANCH": "main", "TRAVIS_PULL_REQUEST_BRANCH": "fix"}, "fix"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := git.BranchInPipeline(func(name string) string { return tt.env[name] }); got != tt.want {
				t.Errorf("it is %q, want %q", got, tt.want)
			}
		})
	}
}
