package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// Verification is what a provider version said about a content. Rows are narrow,
// because the gate reads many; what people read is in VerificationDetail.
type Verification struct{ ent.Schema }

// Fields of Verification.
func (Verification) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("id"),
		field.Int64("content_id").Immutable(),
		field.Int64("consumer_id").Immutable(),
		field.Int64("provider_id").Immutable(),
		field.Int64("provider_version_id").Immutable(),
		field.Bool("success").Immutable(),
		field.Bool("incomplete").Default(false).Immutable(),
		field.Bool("pending").Default(false).Immutable(),
		field.Bool("wip").Default(false).Immutable(),
		field.String("consumer_version").Default("").Immutable(),
		field.String("build_url").Default("").Immutable(),
		field.Time("verified_at").Immutable(),
	}
}

// Indexes of Verification. PostgreSQL answers the gate and the matrix from the
// first two alone.
func (Verification) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("content_id", "provider_version_id", "id").Annotations(
			entsql.IncludeColumns("provider_id", "success", "incomplete", "verified_at")),
		index.Fields("provider_version_id", "id").Annotations(
			entsql.IncludeColumns("content_id", "success", "incomplete", "verified_at")),
		index.Fields("consumer_id", "provider_id", "id"),
	}
}

// VerificationDetail is the rest of a verification, under the same id. Texts are
// JSON.
type VerificationDetail struct{ ent.Schema }

// Fields of VerificationDetail.
func (VerificationDetail) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("id"),
		field.Text("interactions").Default("").Immutable(),
		field.Text("log").Default("").Immutable(),
		field.Text("verified_by").Default("").Immutable(),
		field.Text("test_results").Default("").Immutable(),
	}
}
