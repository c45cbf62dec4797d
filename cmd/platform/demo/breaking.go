package demo

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/goldenpath/platform/internal/fault"
)

// field is what the provider stops answering with.
const field = "quantity"

// edit is one change of a file: find, which must be there, becomes with. It is
// looked for behind after.
type edit struct{ file, after, find, with string }

// loseField is what a developer does who takes a field out of an answer: the
// API's description first, then the code made from it, then the code by hand.
func loseField() []edit {
	return []edit{
		{"api/openapi.yaml", "    Item:\n", "required: [id, name, quantity, created_at]", "required: [id, name, created_at]"},
		{"api/openapi.yaml", "    Item:\n", "        quantity:\n          type: integer\n          format: int32\n          example: 3\n", ""},
		{"internal/httpapi/openapi/api.gen.go", "type Item struct {\n", "\n\t// Quantity Example: 3\n\tQuantity int32 `json:\"quantity\"`\n", ""},
		{"internal/httpapi/items.go", "func toItem(", "\t\tQuantity:  item.Quantity,\n", ""},
	}
}

// apply makes the edits in a service's folder.
func apply(folder string, edits []edit) error {
	for _, e := range edits {
		path := filepath.Join(folder, filepath.FromSlash(e.file))
		before, err := os.ReadFile(filepath.Clean(path))
		if err != nil {
			return fmt.Errorf("read the service's code: %w", err)
		}
		after, ok := e.apply(string(before))
		if !ok {
			return fault.New(fault.Internal, "The demo knows %s in another form: it does not find %q there.", e.file, strings.TrimSpace(e.find)).
				WithHint("This program and its golden path do not fit together; report it with what `platform version` says.")
		}
		if err := os.WriteFile(path, []byte(after), 0o644); err != nil { //nolint:gosec // source code in a repository
			return fmt.Errorf("change the service's code: %w", err)
		}
	}
	return nil
}

func (e edit) apply(text string) (string, bool) {
	before, rest, found := strings.Cut(text, e.after)
	kept, rest, alsoFound := strings.Cut(rest, e.find)
	return before + e.after + kept + e.with + rest, found && alsoFound
}
