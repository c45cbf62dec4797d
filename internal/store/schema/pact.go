package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// PactContent is what a pact says, once per digest. The body comes last, so that
// reading the digest does not read it.
type PactContent struct{ ent.Schema }

// Fields of PactContent.
func (PactContent) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("id"),
		field.Int64("consumer_id").Immutable(),
		field.Int64("provider_id").Immutable(),
		field.String("sha").Immutable().NotEmpty(),
		field.Int("interactions").Default(0).Immutable(),
		field.Time("created_at").Immutable(),
		field.Bytes("body").Immutable(),
	}
}

// Indexes of PactContent.
func (PactContent) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("consumer_id", "provider_id", "sha").Unique(),
		index.Fields("provider_id"),
	}
}

// PactPublication is a consumer version that promised a content to a provider.
type PactPublication struct{ ent.Schema }

// Fields of PactPublication.
func (PactPublication) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("id"),
		field.Int64("consumer_id").Immutable(),
		field.Int64("provider_id").Immutable(),
		field.Int64("consumer_version_id").Immutable(),
		field.Int64("content_id").Immutable(),
		field.Int("revision").Default(1).Immutable(),
		field.Bool("superseded").Default(false),
		field.Time("created_at").Immutable(),
	}
}

// Indexes of PactPublication. The partial one lets only one of two publishers of
// the same version win. PostgreSQL answers the gate and the matrix from the first
// two alone.
func (PactPublication) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("consumer_version_id", "provider_id").Unique().Annotations(entsql.IndexWhere("NOT superseded"),
			entsql.IncludeColumns("consumer_id", "content_id", "revision", "created_at", "id")),
		index.Fields("consumer_id", "provider_id", "consumer_version_id").Annotations(
			entsql.IncludeColumns("content_id", "revision", "superseded", "created_at", "id")),
		index.Fields("provider_id", "consumer_version_id"),
		index.Fields("content_id"),
	}
}
