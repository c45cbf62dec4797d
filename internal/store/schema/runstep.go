package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// RunStep is one step of a run.
type RunStep struct{ ent.Schema }

// Fields of a step.
func (RunStep) Fields() []ent.Field {
	return []ent.Field{
		field.String("run_id").Immutable(),
		field.Int("position").Immutable(),
		field.String("name").Immutable(),
		field.String("title").Immutable(),
		field.String("state"),
		field.Time("started_at").Optional().Nillable(),
		field.Time("finished_at").Optional().Nillable(),
		field.Bytes("failure").Optional(),
		field.Bytes("result").Optional(),
		field.Bytes("note").Optional(),
	}
}

// Indexes of a step.
func (RunStep) Indexes() []ent.Index {
	return []ent.Index{index.Fields("run_id", "position").Unique()}
}
