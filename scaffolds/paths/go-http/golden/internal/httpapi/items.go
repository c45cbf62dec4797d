package httpapi

import (
	"context"

	"example.com/golden/service/internal/clients"
	"example.com/golden/service/internal/httpapi/openapi"
	"example.com/golden/service/internal/items"
)

// Answers the operations of api/openapi.yaml. The compiler says when the
// document has an operation that is missing here.
type server struct {
	shelf   *items.Shelf
	clients *clients.Clients
}

var _ openapi.StrictServerInterface = (*server)(nil)

// ListItems implements openapi.StrictServerInterface.
func (s *server) ListItems(ctx context.Context, request openapi.ListItemsRequestObject) (openapi.ListItemsResponseObject, error) {
	page, err := s.shelf.List(ctx, value(request.Params.Cursor), int(value(request.Params.Limit)))
	if err != nil {
		return nil, err
	}
	return openapi.ListItems200JSONResponse(toItemPage(page)), nil
}

// CreateItem implements openapi.StrictServerInterface.
func (s *server) CreateItem(ctx context.Context, request openapi.CreateItemRequestObject) (openapi.CreateItemResponseObject, error) {
	item, err := s.shelf.Create(ctx, request.Body.Name, request.Body.Quantity)
	if err != nil {
		return nil, err
	}
	return openapi.CreateItem201JSONResponse{
		Headers: openapi.CreateItem201ResponseHeaders{Location: "/items/" + item.ID.String()},
		Body:    toItem(item),
	}, nil
}

// GetItem implements openapi.StrictServerInterface.
func (s *server) GetItem(ctx context.Context, request openapi.GetItemRequestObject) (openapi.GetItemResponseObject, error) {
	item, err := s.shelf.Get(ctx, request.ItemId)
	if err != nil {
		return nil, err
	}
	return openapi.GetItem200JSONResponse(toItem(item)), nil
}

func toItem(item items.Item) openapi.Item {
	return openapi.Item{
		Id:        item.ID,
		Name:      item.Name,
		Quantity:  item.Quantity,
		CreatedAt: item.CreatedAt,
	}
}

func toItemPage(page items.Page) openapi.ItemPage {
	wire := openapi.ItemPage{Items: make([]openapi.Item, 0, len(page.Items))}
	for _, item := range page.Items {
		wire.Items = append(wire.Items, toItem(item))
	}
	if page.Next != "" {
		wire.NextCursor = &page.Next
	}
	return wire
}

func value[T any](optional *T) T {
	if optional == nil {
		var zero T
		return zero
	}
	return *optional
}
