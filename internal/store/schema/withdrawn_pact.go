package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// WithdrawnPact says that a version had a pact with a provider until it was deleted.
// It names the provider, which may have been deleted, too.
type WithdrawnPact struct{ ent.Schema }

// Fields of WithdrawnPact.
func (WithdrawnPact) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("id"),
		field.Int64("version_id").Immutable(),
		field.String("provider").Immutable().NotEmpty(),
		field.Time("deleted_at"),
		field.String("sha").Default(""), // of its content
	}
}

// Indexes of WithdrawnPact.
func (WithdrawnPact) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("version_id", "provider").Unique(),
		index.Fields("provider"),
	}
}
