package git

import (
	"cmp"
	"strings"
)

// BranchInPipeline returns the branch that a pipeline runs for, as the variables
// of its system tell: pipelines often check a commit out and no branch. For a
// pull request it is the branch that is to be merged. Empty when none tells.
//
// The variables are those of GitHub Actions, GitLab, Jenkins, Azure Pipelines,
// CircleCI, Bitbucket Pipelines, Buildkite, Travis, Drone, Woodpecker, Semaphore
// and AppVeyor, as each documents them.
func BranchInPipeline(variable func(name string) string) string {
	first := func(names ...string) string {
		for _, name := range names {
			if value := strings.TrimSpace(variable(name)); value != "" {
				return value
			}
		}
		return ""
	}
	// Of the systems that have several, those of pull requests come first: the
	// others then name what it is to be merged into, or a merge nobody made.
	branch := first(
		"GITHUB_HEAD_REF", "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "CHANGE_BRANCH", "SYSTEM_PULLREQUEST_SOURCEBRANCH",
		"TRAVIS_PULL_REQUEST_BRANCH", "DRONE_SOURCE_BRANCH", "CI_COMMIT_SOURCE_BRANCH", "SEMAPHORE_GIT_PR_BRANCH",
		"APPVEYOR_PULL_REQUEST_HEAD_REPO_BRANCH",
	)
	if branch == "" && variable("GITHUB_REF_TYPE") != "tag" {
		branch = first("GITHUB_REF_NAME")
	}
	if branch == "" && variable("CI_COMMIT_TAG") == "" {
		branch = first("CI_COMMIT_BRANCH")
	}
	if branch == "" && !strings.HasPrefix(variable("BUILD_SOURCEBRANCH"), "refs/tags/") {
		branch = first("BUILD_SOURCEBRANCH")
	}
	branch = cmp.Or(branch, first(
		"BRANCH_NAME", "CIRCLE_BRANCH", "BITBUCKET_BRANCH", "BUILDKITE_BRANCH", "TRAVIS_BRANCH", "DRONE_BRANCH",
		"SEMAPHORE_GIT_BRANCH", "APPVEYOR_REPO_BRANCH",
	))
	if branch == "" { // Jenkins' git plugin names the remote, too
		_, branch, _ = strings.Cut(first("GIT_BRANCH"), "/")
	}
	return strings.TrimPrefix(branch, "refs/heads/")
}
