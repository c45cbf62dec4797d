package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// RunEvent is one line of a run's log or one change of its state.
type RunEvent struct{ ent.Schema }

// Fields of an event.
func (RunEvent) Fields() []ent.Field {
	return []ent.Field{
		field.String("run_id").Immutable(),
		field.Int64("seq").Immutable(),
		field.String("type").Immutable(),
		field.Time("time").Immutable(),
		field.String("step").Immutable(),
		field.String("state").Immutable(),
		field.String("level").Immutable(),
		field.Text("text").Immutable(),
	}
}

// Indexes of an event.
func (RunEvent) Indexes() []ent.Index {
	return []ent.Index{index.Fields("run_id", "seq").Unique()}
}
