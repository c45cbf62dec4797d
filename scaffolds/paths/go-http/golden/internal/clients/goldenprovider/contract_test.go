//go:build contract

package goldenprovider_test

import (
	"errors"
	"net/http"
	"testing"

	openapi_types "github.com/oapi-codegen/runtime/types"
	"github.com/pact-foundation/pact-go/v2/consumer"
	"github.com/pact-foundation/pact-go/v2/matchers"
	"github.com/pact-foundation/pact-go/v2/models"

	"example.com/golden/service/internal/clients/goldenprovider"
	"example.com/golden/service/internal/clients/goldenprovider/openapi"
	"example.com/golden/service/internal/pacttest"
)

// What goldensvc needs from golden-provider.
//
// It was written once, from the provider's OpenAPI document, with the operations
// that answer with JSON, though no code here uses one yet. It is yours from then
// on. What stands here binds the provider, also where nobody needs it: keep the
// operations and fields that this service really uses, and delete the rest.
//
// When it passes, pacts/goldensvc-golden-provider.json is the contract.
func TestContract(t *testing.T) {
	pact := pacttest.Consumer(t, "goldensvc", "golden-provider")

	t.Run("list items", func(t *testing.T) {
		params := pacttest.FromJSON[openapi.ListItemsParams](t, `{}`)
		interaction := pact.AddInteraction().
			Given("items exist").
			UponReceiving("list items").
			WithRequest(http.MethodGet, "/items").
			WillRespondWith(http.StatusOK, func(response *consumer.V4ResponseBuilder) {
				response.JSONBody(matchers.MapMatcher{
					"items": matchers.EachLike(matchers.MapMatcher{
						"created_at": matchers.Like("2026-01-02T15:04:05Z"),
						"id":         matchers.Like("5f2b7c1e-6d0a-4c8e-9b3f-2a1d4e6f8a90"),
						"name":       matchers.Like("Blue teapot"),
						"quantity":   matchers.Like(3),
					}, 1),
				})
			})
		err := interaction.ExecuteTest(t, func(server consumer.MockServerConfig) error {
			client, err := goldenprovider.New(pacttest.URL(server), http.DefaultClient)
			if err != nil {
				return err
			}
			response, err := client.ListItemsWithResponse(t.Context(), &params)
			if err != nil {
				return err
			}
			if response.JSON200 == nil {
				return errors.New("the answer was not understood: " + response.Status())
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})

	t.Run("get an item", func(t *testing.T) {
		itemID := pacttest.FromJSON[openapi_types.UUID](t, `"5f2b7c1e-6d0a-4c8e-9b3f-2a1d4e6f8a90"`)
		interaction := pact.AddInteraction().
			GivenWithParameter(models.ProviderState{
				Name:       "an item exists",
				Parameters: pacttest.FromJSON[map[string]any](t, `{"itemId":"5f2b7c1e-6d0a-4c8e-9b3f-2a1d4e6f8a90"}`),
			}).
			UponReceiving("get an item").
			WithRequest(http.MethodGet, "/items/5f2b7c1e-6d0a-4c8e-9b3f-2a1d4e6f8a90").
			WillRespondWith(http.StatusOK, func(response *consumer.V4ResponseBuilder) {
				response.JSONBody(matchers.MapMatcher{
					"created_at": matchers.Like("2026-01-02T15:04:05Z"),
					"id":         matchers.Like("5f2b7c1e-6d0a-4c8e-9b3f-2a1d4e6f8a90"),
					"name":       matchers.Like("Blue teapot"),
					"quantity":   matchers.Like(3),
				})
			})
		err := interaction.ExecuteTest(t, func(server consumer.MockServerConfig) error {
			client, err := goldenprovider.New(pacttest.URL(server), http.DefaultClient)
			if err != nil {
				return err
			}
			response, err := client.GetItemWithResponse(t.Context(), itemID)
			if err != nil {
				return err
			}
			if response.JSON200 == nil {
				return errors.New("the answer was not understood: " + response.Status())
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})

	t.Run("create an item", func(t *testing.T) {
		params := pacttest.FromJSON[openapi.CreateItemParams](t, `{}`)
		body := pacttest.FromJSON[openapi.CreateItemJSONRequestBody](t, `{"name":"Blue teapot","quantity":3}`)
		interaction := pact.AddInteraction().
			UponReceiving("create an item").
			WithRequest(http.MethodPost, "/items", func(request *consumer.V4RequestBuilder) {
				request.JSONBody(matchers.MapMatcher{
					"name":     matchers.Like("Blue teapot"),
					"quantity": matchers.Like(3),
				})
			}).
			WillRespondWith(http.StatusCreated, func(response *consumer.V4ResponseBuilder) {
				response.JSONBody(matchers.MapMatcher{
					"created_at": matchers.Like("2026-01-02T15:04:05Z"),
					"id":         matchers.Like("5f2b7c1e-6d0a-4c8e-9b3f-2a1d4e6f8a90"),
					"name":       matchers.Like("Blue teapot"),
					"quantity":   matchers.Like(3),
				})
			})
		err := interaction.ExecuteTest(t, func(server consumer.MockServerConfig) error {
			client, err := goldenprovider.New(pacttest.URL(server), http.DefaultClient)
			if err != nil {
				return err
			}
			response, err := client.CreateItemWithResponse(t.Context(), &params, body)
			if err != nil {
				return err
			}
			if response.JSON201 == nil {
				return errors.New("the answer was not understood: " + response.Status())
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
