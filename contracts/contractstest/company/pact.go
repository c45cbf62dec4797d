package company

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/goldenpath/platform/contracts"
)

// interactions is how many a pact has; with them it is about 4 kB.
const interactions = 8

// Pact is a pact between two services. edition tells contents apart.
func Pact(consumer, provider, edition string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `{"consumer":{"name":%q},"provider":{"name":%q},"interactions":[`, consumer, provider)
	for i := range interactions {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"description":%q,"providerStates":[{"name":"item %d exists","params":{"id":%d}}],`+
			`"request":{"method":"GET","path":"/v1/items/%d","query":{"edition":[%q]},"headers":{"Accept":["application/json"]}},`+
			`"response":{"status":200,"headers":{"Content-Type":["application/json"]},"body":{"id":%d,"name":"An item of the range",`+
			`"price":{"amount":12.5,"currency":"EUR"},"tags":["new","seasonal"],"stock":[{"place":"north","left":3},{"place":"south","left":0}]},`+
			`"matchingRules":{"body":{"$.name":{"matchers":[{"match":"type"}]},"$.price.amount":{"matchers":[{"match":"decimal"}]}}}}}`,
			describe(i), i, i, i, edition, i)
	}
	b.WriteString(`],"metadata":{"pactSpecification":{"version":"3.0.0"}}}`)
	return b.Bytes()
}

func describe(i int) string { return fmt.Sprintf("a request for item %d", i) }

// editionOf tells contents of a pair apart.
func editionOf(content int) string { return fmt.Sprintf("edition %d", content) }

// digest is the identity of a pact.
func digest(pact []byte) (string, error) {
	doc, err := contracts.ParsePact("", pact)
	if err != nil {
		return "", err
	}
	return doc.SHA, nil
}

// resultsText is what is kept of a verification's interactions.
func resultsText(success bool) string {
	var b strings.Builder
	b.WriteByte('[')
	for i := range interactions {
		status := contracts.Passed
		if i == 0 && !success {
			status = contracts.Failed
		}
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"description":%q,"status":%q}`, describe(i), status)
	}
	b.WriteByte(']')
	return b.String()
}
