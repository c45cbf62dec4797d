package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// Run is one execution of a pipeline.
type Run struct{ ent.Schema }

// Fields of a run. What is JSON is kept as bytes, exactly as it was written.
func (Run) Fields() []ent.Field {
	return []ent.Field{
		field.String("id").Immutable(),
		field.String("kind").Immutable(),
		field.String("subject").Immutable(),
		field.String("title").Immutable(),
		field.String("actor").Immutable(),
		field.String("state"),
		field.Int("attempt"),
		field.Bytes("input").Immutable().Optional(),
		field.Bytes("output").Optional(),
		field.Bytes("failure").Optional(),
		field.Time("created_at").Immutable(),
		field.Time("started_at").Optional().Nillable(),
		field.Time("finished_at").Optional().Nillable(),
		field.Time("queued_at"),
		field.Time("wake_at").Optional().Nillable(),
		field.String("lock_key").Immutable(),
		// The same while the run has not ended, and null after: unique, so that
		// one run holds a lock.
		field.String("held_lock").Optional().Nillable().Unique(),
		field.String("lease_token"),
		field.Time("lease_until").Optional().Nillable(),
		field.Bool("cancel_requested"),
		field.Int("stalls"),
		field.String("undone_by"),
		// The number of the run's last event, and the size of its log so far.
		field.Int64("last_event"),
		field.Int64("log_bytes"),
	}
}

// Indexes of a run: ids sort by age, so they end every index of a list.
func (Run) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("subject", "id"),
		index.Fields("state", "id"),
	}
}
