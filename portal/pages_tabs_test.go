package portal

import (
	"testing"

	"github.com/goldenpath/platform/catalog"
)

func TestWhichRepositoryAnEntityIsIn(t *testing.T) {
	t.Parallel()
	named := map[string]string{catalog.AnnotationSourceLocation: "url:https://git.example.com/acme/shop/"}
	for _, tt := range []struct {
		name        string
		from        catalog.Source
		annotations map[string]string
		want        field
	}{
		{"read", catalog.Source{Type: catalog.LocationGit, Target: "https://git.example.com/acme/orders.git"}, nil, field{Name: "git.example.com/acme/orders", Value: "https://git.example.com/acme/orders.git"}},
		{"sent", catalog.Source{Type: catalog.LocationPush, Target: "https://git.example.com/acme/orders.git"}, nil, field{Name: "git.example.com/acme/orders", Value: "https://git.example.com/acme/orders.git"}},
		{"sent from where only ssh leads", catalog.Source{Type: catalog.LocationPush, Target: "git@git.example.com:acme/orders.git"}, nil, field{Name: "git@git.example.com:acme/orders"}},
		{"sent for another one", catalog.Source{Type: catalog.LocationPush, Target: "https://git.example.com/acme/orders.git"}, named, field{Name: "git.example.com/acme/shop", Value: "https://git.example.com/acme/shop/"}},
		{"a copy", catalog.Source{Type: catalog.LocationCopy, Target: "https://backstage.example.com"}, nil, field{}},
	} {
		if got := repositoryOf(catalog.Entity{Source: tt.from, Metadata: catalog.Metadata{Annotations: tt.annotations}}); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

func TestWhereUnreadDocumentsAre(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, file, annotation, at, command string }{
		{name: "none", file: "https://github.com/acme/orders/blob/main/catalog-info.yaml"},
		{name: "in the repository that is read", file: "catalog-info.yaml", annotation: "dir:."},
		{name: "in another repository", file: "catalog-info.yaml", annotation: "url:https://github.com/acme/docs", at: "https://github.com/acme/docs"},
		{
			name: "beside a file that is named by its address", file: "https://github.com/acme/orders/blob/main/svc/catalog-info.yaml", annotation: "dir:.",
			at: "https://github.com/acme/orders/tree/main/", command: "platform catalog register https://github.com/acme/orders --branch main",
		},
		{
			name: "of the default branch", file: "https://dev.azure.com/acme/shop/_git/orders?path=/catalog-info.yaml", annotation: "dir:.",
			at: "https://dev.azure.com/acme/shop/_git/orders", command: "platform catalog register https://dev.azure.com/acme/shop/_git/orders",
		},
	} {
		e := catalog.Entity{Source: catalog.Source{Path: tt.file}, Metadata: catalog.Metadata{Annotations: map[string]string{catalog.AnnotationTechDocs: tt.annotation}}}
		if at, command := unreadDocuments(e); at != tt.at || command != tt.command {
			t.Errorf("%s: %q, %q", tt.name, at, command)
		}
	}
}
