package portal

import (
	"testing"

	"github.com/goldenpath/platform/catalog"
)

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
