package inventory

import (
	"context"

	"example.com/live/orders/internal/clients/inventory/openapi"
	"example.com/live/orders/internal/outbound"
)

// Count returns how many items the inventory has on its first page.
func (c *Client) Count(ctx context.Context) (int, error) {
	answer, err := c.ListItemsWithResponse(ctx, &openapi.ListItemsParams{})
	if err != nil {
		return 0, err
	}
	if answer.JSON200 == nil {
		return 0, outbound.Unexpected(answer.HTTPResponse)
	}
	return len(answer.JSON200.Items), nil
}
