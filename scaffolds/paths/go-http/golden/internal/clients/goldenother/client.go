// Package goldenother is how this service talks to golden-other. The
// typed client below it is generated from golden-other's OpenAPI document;
// what this service wants from it, in its own words, belongs here: add a
// method for each question it asks, with outbound.Unexpected for answers it has
// no use for.
package goldenother

import (
	"fmt"
	"net/http"
	"strings"

	"example.com/golden/service/internal/clients/goldenother/openapi"
	"example.com/golden/service/internal/outbound"
)

// Client calls golden-other. It has a method for every operation of the
// provider's document, e.g. SomeOperationWithResponse.
type Client struct {
	*openapi.ClientWithResponses
}

// New returns a client for the golden-other that answers at baseURL.
func New(baseURL string, httpClient *http.Client) (*Client, error) {
	if err := outbound.CheckURL("the address of golden-other", baseURL); err != nil {
		return nil, err
	}
	typed, err := openapi.NewClientWithResponses(strings.TrimSuffix(baseURL, "/"), openapi.WithHTTPClient(httpClient))
	if err != nil {
		return nil, fmt.Errorf("client for golden-other: %w", err)
	}
	return &Client{ClientWithResponses: typed}, nil
}
