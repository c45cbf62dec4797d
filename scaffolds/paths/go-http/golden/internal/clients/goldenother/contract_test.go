//go:build contract

package goldenother_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/pact-foundation/pact-go/v2/consumer"
	"github.com/pact-foundation/pact-go/v2/matchers"

	"example.com/golden/service/internal/clients/goldenother"
	"example.com/golden/service/internal/clients/goldenother/openapi"
	"example.com/golden/service/internal/pacttest"
)

// What goldensvc needs from golden-other.
//
// It was written once, from the provider's OpenAPI document, with the operations
// that answer with JSON, though no code here uses one yet. It is yours from then
// on. What stands here binds the provider, also where nobody needs it: keep the
// operations and fields that this service really uses, and delete the rest.
//
// When it passes, pacts/goldensvc-golden-other.json is the contract.
func TestContract(t *testing.T) {
	pact := pacttest.Consumer(t, "goldensvc", "golden-other")

	t.Run("rates of a currency on a day", func(t *testing.T) {
		code := pacttest.FromJSON[openapi.CurrencyCode](t, `"EUR"`)
		params := pacttest.FromJSON[openapi.ListRatesParams](t, `{"X-Tenant":"acme","on":"2026-01-02"}`)
		interaction := pact.AddInteraction().
			UponReceiving("rates of a currency on a day").
			WithRequest(http.MethodGet, "/v2/currencies/EUR/rates", func(request *consumer.V4RequestBuilder) {
				request.Query("on", matchers.S("2026-01-02"))
				request.Header("X-Tenant", matchers.S("acme"))
			}).
			WillRespondWith(http.StatusOK, func(response *consumer.V4ResponseBuilder) {
				response.JSONBody(matchers.MapMatcher{
					"base": matchers.Like("EUR"),
					"rates": matchers.EachLike(matchers.MapMatcher{
						"code": matchers.Like("EUR"),
						"rate": matchers.Like(1.0825),
					}, 1),
				})
			})
		err := interaction.ExecuteTest(t, func(server consumer.MockServerConfig) error {
			client, err := goldenother.New(pacttest.URL(server)+"/v2", http.DefaultClient)
			if err != nil {
				return err
			}
			response, err := client.ListRatesWithResponse(t.Context(), code, &params)
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
}
