package catalog

import "strings"

// copyInstead is how to have what only the other catalog can read.
const copyInstead = "Copy what it found there, again whenever you want: platform catalog import --backstage ADDRESS"

// withoutProvider says why what a provider of Backstage brings does not come, and
// what to do instead.
func withoutProvider(name string) string {
	host, directory := "", ""
	switch known := strings.ToLower(name); {
	case strings.HasPrefix(known, "githuborg"), strings.HasPrefix(known, "githubmultiorg"):
		directory = "teams and members of GitHub"
	case strings.HasPrefix(known, "gitlab"):
		host = "GitLab"
	case strings.HasPrefix(known, "bitbucket"):
		host = "Bitbucket"
	case strings.HasPrefix(known, "azure"):
		host = "Azure DevOps"
	case strings.HasPrefix(known, "gitea"):
		host = "Gitea"
	case strings.HasPrefix(known, "gerrit"):
		host = "Gerrit"
	case strings.HasPrefix(known, "awss3"), strings.HasPrefix(known, "azureblob"):
		return "Files in buckets are not read. Keep them in a repository and register it: platform catalog register ADDRESS, or send them: platform catalog push FILE. " + copyInstead
	case strings.HasPrefix(known, "ldap"):
		directory = "a directory by LDAP"
	case strings.HasPrefix(known, "microsoftgraph"):
		directory = "Microsoft Entra by Graph"
	case strings.HasPrefix(known, "keycloak"), strings.HasPrefix(known, "okta"), strings.HasPrefix(known, "auth0"), strings.HasPrefix(known, "ping"):
		directory = "a service that people log in with"
	}
	switch {
	case host != "":
		return "Only organisations of GitHub are searched for repositories, so none of " + host + " are found. Register each of them: " +
			"platform catalog register https://HOST/OWNER/REPOSITORY.git, or send its files from its pipeline: platform catalog push catalog-info.yaml. " +
			copyInstead
	case directory != "":
		return "Users and groups are not read from " + directory + ". Keep them in a file and register it: platform catalog register org.yaml. " + copyInstead
	}
	return "There is no such provider here. Register its repositories: platform catalog register ADDRESS. " + copyInstead
}
