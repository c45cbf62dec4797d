package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// GonePact says that a version which was deleted had a pact with a provider. It names
// all three, for it is there until a version is made that is called so again.
type GonePact struct{ ent.Schema }

// Fields of GonePact.
func (GonePact) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("id"),
		field.String("consumer").Immutable().NotEmpty(),
		field.String("version").Immutable().NotEmpty(),
		field.String("provider").Immutable().NotEmpty(),
		field.Time("deleted_at"),
		field.String("sha").Default(""), // of its content
	}
}

// Indexes of GonePact.
func (GonePact) Indexes() []ent.Index {
	return []ent.Index{index.Fields("consumer", "version", "provider").Unique()}
}
