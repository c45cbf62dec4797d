// Package generate makes the database client of internal/store from its schema.
// The program itself does not need it.
package generate

import (
	"fmt"

	"entgo.io/ent/entc"
	"entgo.io/ent/entc/gen"
)

// Client writes the client of the schema in one folder into another.
func Client(schema, target string) error {
	graph, err := Load(schema, target)
	if err != nil {
		return err
	}
	return graph.Gen()
}

// Load reads the schema in a folder. The client that it generates into target
// cannot make tables: migrations do, and what ent needs for that would come along
// into every process, the planners of three databases and a language for schemas.
// Several at once get into each other's way.
func Load(schema, target string) (*gen.Graph, error) {
	storage, err := gen.NewStorage("sql")
	if err != nil {
		return nil, fmt.Errorf("choose a storage: %w", err)
	}
	without := *storage
	without.SchemaMode &^= gen.Migrate
	config := &gen.Config{Target: target, Package: "github.com/goldenpath/platform/internal/store/ent", Storage: &without}
	if err := entc.FeatureNames("sql/upsert", "sql/lock", "sql/modifier", "sql/execquery")(config); err != nil {
		return nil, fmt.Errorf("choose features: %w", err)
	}
	return entc.LoadGraph(schema, config)
}
