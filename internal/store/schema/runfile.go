package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// RunFile is what one step of a run made for later ones.
type RunFile struct{ ent.Schema }

// Fields of a file.
func (RunFile) Fields() []ent.Field {
	return []ent.Field{
		field.String("run_id").Immutable(),
		field.String("name").Immutable(),
		field.Bytes("data"),
	}
}

// Indexes of a file.
func (RunFile) Indexes() []ent.Index {
	return []ent.Index{index.Fields("run_id", "name").Unique()}
}
