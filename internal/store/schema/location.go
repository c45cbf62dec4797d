package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// Location is where entities of the catalog come from.
type Location struct{ ent.Schema }

// Annotations of Location.
func (Location) Annotations() []schema.Annotation {
	return []schema.Annotation{entsql.Annotation{Table: "locations"}}
}

// Fields of Location.
func (Location) Fields() []ent.Field {
	return []ent.Field{
		field.String("id").Immutable(),
		field.String("type"),
		field.String("target"),
		field.String("branch").Default(""),
		field.String("path").Default(""),
		field.String("created_by").Default(""),
		field.Time("created_at").Immutable(),
		field.Time("last_refreshed").Optional().Nillable(),
		field.String("commit").Default(""),
	}
}

// Indexes of Location.
func (Location) Indexes() []ent.Index {
	return []ent.Index{index.Fields("type", "target", "branch", "path").Unique()}
}

// LocationProblem is one thing that was wrong when a location was read last.
type LocationProblem struct{ ent.Schema }

// Annotations of LocationProblem.
func (LocationProblem) Annotations() []schema.Annotation {
	return []schema.Annotation{entsql.Annotation{Table: "location_problems"}}
}

// Fields of LocationProblem.
func (LocationProblem) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("id"),
		field.String("location_id"),
		field.String("file").Default(""),
		field.Int("line").Default(0),
		field.Int("col").Default(0),
		field.String("ref").Default(""),
		field.String("field").Default(""),
		field.Text("message"),
		field.Text("hint").Default(""),
	}
}

// Indexes of LocationProblem.
func (LocationProblem) Indexes() []ent.Index {
	return []ent.Index{index.Fields("location_id"), index.Fields("ref")}
}
