package httpapi

import (
	"context"

	"example.com/live/orders/internal/httpapi/openapi"
	"example.com/live/orders/internal/outbound"
)

// GetStock implements openapi.StrictServerInterface.
func (s *server) GetStock(ctx context.Context, _ openapi.GetStockRequestObject) (openapi.GetStockResponseObject, error) {
	stock, err := s.stock(ctx, s.clients.Inventory.Count)
	return openapi.GetStock200JSONResponse(stock), err
}

// EstimateStock implements openapi.StrictServerInterface.
func (s *server) EstimateStock(ctx context.Context, _ openapi.EstimateStockRequestObject) (openapi.EstimateStockResponseObject, error) {
	estimated := false
	stock, err := s.stock(ctx, func(ctx context.Context) (int, error) {
		return outbound.Fallback(ctx, s.clients.Inventory.Count, func(context.Context, error) (int, error) {
			estimated = true
			return 0, nil
		})
	})
	stock.Estimated = estimated
	return openapi.EstimateStock200JSONResponse(stock), err
}

func (s *server) stock(ctx context.Context, inventory func(context.Context) (int, error)) (openapi.Stock, error) {
	page, err := s.shelf.List(ctx, "", 20)
	if err != nil {
		return openapi.Stock{}, err
	}
	there, err := inventory(ctx)
	return openapi.Stock{Here: len(page.Items), There: there}, err
}
