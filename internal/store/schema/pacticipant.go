package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// Pacticipant is a service as Pact knows it.
type Pacticipant struct{ ent.Schema }

// Fields of Pacticipant.
func (Pacticipant) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("id"),
		field.String("name").Unique().NotEmpty(),
		field.String("display_name").Default(""),
		field.String("main_branch").Default(""),
		field.String("repository_url").Default(""),
		field.String("repository_name").Default(""),
		field.String("repository_namespace").Default(""),
		field.Time("created_at").Immutable(),
		field.Time("updated_at").Optional().Nillable(),
	}
}

// PacticipantLabel groups services.
type PacticipantLabel struct{ ent.Schema }

// Fields of PacticipantLabel.
func (PacticipantLabel) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("id"),
		field.Int64("pacticipant_id").Immutable(),
		field.String("name").Immutable(),
		field.Time("created_at").Immutable(),
	}
}

// Indexes of PacticipantLabel.
func (PacticipantLabel) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("pacticipant_id", "name").Unique(),
		index.Fields("name"),
	}
}

// Integration is a consumer and a provider that have, or had, a pact.
type Integration struct{ ent.Schema }

// Fields of Integration.
func (Integration) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("id"),
		field.Int64("consumer_id").Immutable(),
		field.Int64("provider_id").Immutable(),
		field.Time("created_at").Immutable(),
	}
}

// Indexes of Integration.
func (Integration) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("consumer_id", "provider_id").Unique(),
		index.Fields("provider_id", "consumer_id"),
	}
}
