package catalog_test

import (
	"testing"

	"github.com/goldenpath/platform/catalog"
)

// TestGitPages reads addresses as browsers show them, and writes them again.
func TestGitPages(t *testing.T) {
	t.Parallel()
	const file = "svc/catalog-info.yaml"
	for _, tt := range []struct {
		name, address            string
		repository, branch, path string // none: it is no page
		content                  string
		folder                   string
		file                     string // as it is written again; the address itself when empty
	}{
		{
			name: "GitHub", address: "https://github.com/acme/orders/blob/main/svc/catalog-info.yaml#L3",
			repository: "https://github.com/acme/orders", branch: "main", path: file, file: "https://github.com/acme/orders/blob/main/svc/catalog-info.yaml",
			content: "https://raw.githubusercontent.com/acme/orders/main/svc/catalog-info.yaml", folder: "https://github.com/acme/orders/tree/main/svc/",
		},
		{
			name: "a folder on GitHub", address: "https://github.com/acme/orders/tree/v1", repository: "https://github.com/acme/orders", branch: "v1",
			file: "https://github.com/acme/orders/blob/v1/", content: "https://raw.githubusercontent.com/acme/orders/v1/", folder: "https://github.com/acme/orders/tree/v1/",
		},
		{
			name: "content on GitHub", address: "https://raw.githubusercontent.com/acme/orders/refs/heads/main/svc/catalog-info.yaml",
			repository: "https://github.com/acme/orders", branch: "main", path: file, file: "https://github.com/acme/orders/blob/main/svc/catalog-info.yaml",
			content: "https://raw.githubusercontent.com/acme/orders/main/svc/catalog-info.yaml", folder: "https://github.com/acme/orders/tree/main/svc/",
		},
		{
			name: "the button Raw on GitHub", address: "https://github.com/acme/orders/raw/refs/heads/main/svc/catalog-info.yaml",
			repository: "https://github.com/acme/orders", branch: "main", path: file, file: "https://github.com/acme/orders/blob/main/svc/catalog-info.yaml",
			content: "https://raw.githubusercontent.com/acme/orders/main/svc/catalog-info.yaml", folder: "https://github.com/acme/orders/tree/main/svc/",
		},
		{
			name: "a branch with a slash on GitHub", address: "https://github.com/acme/orders/blob/release/1?path=svc/catalog-info.yaml",
			repository: "https://github.com/acme/orders", branch: "release/1", path: file, file: "https://github.com/acme/orders/blob/release/1/svc/catalog-info.yaml",
			content: "https://raw.githubusercontent.com/acme/orders/release/1/svc/catalog-info.yaml", folder: "https://github.com/acme/orders/tree/release/1/svc/",
		},
		{
			name: "a company's own GitHub", address: "https://git.acme.io/acme/orders/blob/main/svc/catalog-info.yaml",
			repository: "https://git.acme.io/acme/orders", branch: "main", path: file,
			content: "https://git.acme.io/acme/orders/raw/main/svc/catalog-info.yaml", folder: "https://git.acme.io/acme/orders/tree/main/svc/",
		},
		{
			name: "GitLab", address: "https://gitlab.acme.io/a/b/orders/-/blob/main/svc/catalog-info.yaml?ref_type=heads",
			repository: "https://gitlab.acme.io/a/b/orders", branch: "main", path: file, file: "https://gitlab.acme.io/a/b/orders/-/blob/main/svc/catalog-info.yaml",
			content: "https://gitlab.acme.io/a/b/orders/-/raw/main/svc/catalog-info.yaml", folder: "https://gitlab.acme.io/a/b/orders/-/tree/main/svc/",
		},
		{
			name: "GitLab as it was", address: "https://gitlab.com/a/orders/blob/main/svc/catalog-info.yaml",
			repository: "https://gitlab.com/a/orders", branch: "main", path: file, file: "https://gitlab.com/a/orders/-/blob/main/svc/catalog-info.yaml",
			content: "https://gitlab.com/a/orders/-/raw/main/svc/catalog-info.yaml", folder: "https://gitlab.com/a/orders/-/tree/main/svc/",
		},
		{
			name: "Bitbucket", address: "https://bitbucket.org/acme/orders/src/main/svc/catalog-info.yaml",
			repository: "https://bitbucket.org/acme/orders", branch: "main", path: file,
			content: "https://bitbucket.org/acme/orders/raw/main/svc/catalog-info.yaml", folder: "https://bitbucket.org/acme/orders/src/main/svc/",
		},
		{
			name: "a commit of a branch on Bitbucket", address: "https://bitbucket.org/acme/orders/src/0123456789012345678901234567890123456789/svc/catalog-info.yaml?at=main",
			repository: "https://bitbucket.org/acme/orders", branch: "main", path: file, file: "https://bitbucket.org/acme/orders/src/main/svc/catalog-info.yaml",
			content: "https://bitbucket.org/acme/orders/raw/main/svc/catalog-info.yaml", folder: "https://bitbucket.org/acme/orders/src/main/svc/",
		},
		{
			name: "a company's own Bitbucket", address: "https://bitbucket.acme.io/projects/SHOP/repos/orders/browse/svc/catalog-info.yaml?at=refs/heads/main",
			repository: "https://bitbucket.acme.io/scm/shop/orders.git", branch: "main", path: file,
			content: "https://bitbucket.acme.io/projects/SHOP/repos/orders/raw/svc/catalog-info.yaml?at=refs/heads/main",
			folder:  "https://bitbucket.acme.io/projects/SHOP/repos/orders/browse/svc/?at=refs/heads/main",
		},
		{
			name: "somebody's own repository below a path, by tag", address: "https://acme.io/code/users/ada/repos/orders/browse/svc/catalog-info.yaml?at=refs%2Ftags%2Fv1",
			repository: "https://acme.io/code/scm/~ada/orders.git", branch: "refs/tags/v1", path: file, file: "https://acme.io/code/users/ada/repos/orders/browse/svc/catalog-info.yaml?at=refs/tags/v1",
			content: "https://acme.io/code/users/ada/repos/orders/raw/svc/catalog-info.yaml?at=refs/tags/v1",
			folder:  "https://acme.io/code/users/ada/repos/orders/browse/svc/?at=refs/tags/v1",
		},
		{
			name: "Gitea", address: "https://git.acme.io/acme/orders/src/branch/main/svc/catalog-info.yaml",
			repository: "https://git.acme.io/acme/orders", branch: "main", path: file,
			content: "https://git.acme.io/acme/orders/raw/branch/main/svc/catalog-info.yaml", folder: "https://git.acme.io/acme/orders/src/branch/main/svc/",
		},
		{
			name: "a tag on Forgejo", address: "https://codeberg.org/acme/orders/src/tag/v1/svc/catalog-info.yaml",
			repository: "https://codeberg.org/acme/orders", branch: "refs/tags/v1", path: file,
			content: "https://codeberg.org/acme/orders/raw/tag/v1/svc/catalog-info.yaml", folder: "https://codeberg.org/acme/orders/src/tag/v1/svc/",
		},
		{
			name: "Azure DevOps", address: "https://dev.azure.com/acme/Web%20Shop/_git/orders?path=/svc/catalog-info.yaml&version=GBmain",
			repository: "https://dev.azure.com/acme/Web%20Shop/_git/orders", branch: "main", path: file,
			content: "https://dev.azure.com/acme/Web%20Shop/_apis/git/repositories/orders/items?api-version=6.0&path=/svc/catalog-info.yaml&versionDescriptor.version=main&versionDescriptor.versionType=branch",
			folder:  "https://dev.azure.com/acme/Web%20Shop/_git/orders?path=/svc/&version=GBmain",
		},
		{
			name: "Azure DevOps as it was, the default branch", address: "https://acme.visualstudio.com/shop/_git/orders?path=%2Fsvc%2Fcatalog-info.yaml",
			repository: "https://acme.visualstudio.com/shop/_git/orders", path: file, file: "https://acme.visualstudio.com/shop/_git/orders?path=/svc/catalog-info.yaml",
			content: "https://acme.visualstudio.com/shop/_apis/git/repositories/orders/items?api-version=6.0&path=/svc/catalog-info.yaml",
			folder:  "https://acme.visualstudio.com/shop/_git/orders?path=/svc/",
		},
		{name: "a file", address: "https://acme.io/a/b/raw/main/catalog-info.yaml"},
		{name: "a repository", address: "https://github.com/acme/orders"},
		{name: "a repository called blob", address: "https://github.com/acme/blob"},
		{name: "a path that leads out", address: "https://github.com/acme/orders/blob/main/../../x"},
		{name: "another scheme", address: "ssh://git@github.com/acme/orders/blob/main/x"},
		{name: "none", address: "acme/orders/blob/main/x"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p, ok := catalog.ParseGitPage(tt.address)
			if ok != (tt.repository != "") {
				t.Fatalf("ParseGitPage = %+v, %t", p, ok)
			}
			if !ok {
				return
			}
			if tt.file == "" {
				tt.file = tt.address
			}
			if p.Repository != tt.repository || p.Branch != tt.branch || p.Path != tt.path {
				t.Errorf("ParseGitPage = %s, %s, %s", p.Repository, p.Branch, p.Path)
			}
			folder := ""
			if p.Path != "" {
				folder = "svc/"
			}
			for _, view := range [][2]string{{p.File(), tt.file}, {p.Content(), tt.content}, {p.In(folder).Folder(), tt.folder}} {
				if view[0] != view[1] {
					t.Errorf("written as %s\nwant       %s", view[0], view[1])
				}
			}
		})
	}
}
