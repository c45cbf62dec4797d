package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// Environment is a place services are deployed to.
type Environment struct{ ent.Schema }

// Fields of Environment.
func (Environment) Fields() []ent.Field {
	return []ent.Field{
		field.String("id"),
		field.String("name").Unique().NotEmpty(),
		field.String("display_name").Default(""),
		field.Bool("production").Default(false),
		field.Text("contacts").Default(""),
		field.Time("created_at").Immutable(),
		field.Time("updated_at").Optional().Nillable(),
	}
}

// Deployment is a version that is, or was, in an environment: deployed under an
// application instance, or released beside others.
type Deployment struct{ ent.Schema }

// Fields of Deployment.
func (Deployment) Fields() []ent.Field {
	return []ent.Field{
		field.String("id"),
		field.String("kind").Immutable(),
		field.Int64("pacticipant_id").Immutable(),
		field.Int64("version_id").Immutable(),
		field.String("environment_id").Immutable(),
		field.String("application_instance").Default("").Immutable(),
		field.Bool("current").Default(true),
		field.Time("created_at").Immutable(),
		field.Time("ended_at").Optional().Nillable(),
	}
}

// Indexes of Deployment. The partial unique ones keep an instance from running,
// and a release from being recorded, twice.
func (Deployment) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("pacticipant_id", "environment_id", "application_instance").Unique().
			StorageKey("deployment_instance").Annotations(entsql.IndexWhere("current AND kind = 'deployed'")),
		index.Fields("version_id", "environment_id").Unique().
			StorageKey("deployment_release").Annotations(entsql.IndexWhere("current AND kind = 'released'")),
		index.Fields("environment_id", "pacticipant_id", "version_id").
			StorageKey("deployment_current").Annotations(entsql.IndexWhere("current"),
			entsql.IncludeColumns("id", "kind", "application_instance", "created_at")),
		index.Fields("pacticipant_id").
			StorageKey("deployment_pacticipant").Annotations(entsql.IndexWhere("current")),
		index.Fields("version_id").Annotations(entsql.IncludeColumns("environment_id", "id", "current")),
	}
}

// IgnoreRule keeps what the deploy gate finds about a service from counting, for
// a while.
type IgnoreRule struct{ ent.Schema }

// Fields of IgnoreRule. No version is every version.
func (IgnoreRule) Fields() []ent.Field {
	return []ent.Field{
		field.String("id"),
		field.String("service").NotEmpty().Immutable(),
		field.String("version").Default("").Immutable(),
		field.String("owner").NotEmpty().Immutable(),
		field.Text("reason").Immutable(),
		field.Time("expires_at").Immutable(),
		field.Time("created_at").Immutable(),
		field.String("created_by").Default("").Immutable(),
	}
}
