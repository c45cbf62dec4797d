package main

import (
	"context"
	"fmt"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api"
)

// registerSelf puts the platform into its own catalog, with its API as this
// build has it. Entities of the same names that somebody registered stay theirs.
func registerSelf(ctx context.Context, c *catalog.Catalog) error {
	entities, err := catalog.ParseFS(api.Files, "catalog-info.yaml")
	if err != nil {
		return fmt.Errorf("read what the platform says about itself: %w", err)
	}
	for _, e := range entities {
		_, err := c.Put(ctx, catalog.OriginSelf(), []catalog.Entity{e})
		if err != nil && !fault.Is(err, fault.Conflict) {
			return fmt.Errorf("register %s: %w", e.Ref(), err)
		}
	}
	return nil
}
