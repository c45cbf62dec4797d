package portal

import (
	"os"
	"testing"

	"github.com/getkin/kin-openapi/openapi3filter"
)

// TestMain tells the validator of answers what it does not know: Markdown is text.
func TestMain(m *testing.M) {
	openapi3filter.RegisterBodyDecoder("text/markdown", openapi3filter.PlainBodyDecoder)
	os.Exit(m.Run())
}
