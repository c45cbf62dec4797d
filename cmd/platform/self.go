package main

import (
	"context"
	"fmt"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/portal/api"
)

// registerSelf puts the platform into its own catalog, with its API as this
// build has it. Names lie in a namespace of their own: a company's "owner:
// platform" means its own group, also before that is registered. Entities of the
// same names that somebody registered stay theirs.
func registerSelf(ctx context.Context, c *catalog.Catalog) error {
	entities, err := catalog.ParseFS(api.Files, "catalog-info.yaml")
	if err != nil {
		return fmt.Errorf("read what the platform says about itself: %w", err)
	}
	if err := c.PutSelf(ctx, entities); err != nil {
		return fmt.Errorf("register what the platform says about itself: %w", err)
	}
	return nil
}
