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
		field.String("version").Default("").Comment("by which its source says that nothing changed: an ETag, a digest"),
		field.String("parent_id").Default("").Comment("the location that found this one"),
		field.Text("settings").Default("").Comment("JSON: how its source is searched"),
		field.Int("refresh_every").Default(0).Comment("seconds; 0 is as its organisation or type is, below 0 only when asked"),
		field.Int("inherited_every").Default(0).Comment("the same, said of the organisation that it was found in"),
		field.Time("refresh_at").Optional().Nillable().Comment("when it is due; none is never by itself"),
		field.Time("last_succeeded").Optional().Nillable(),
		field.Int("failures").Default(0).Comment("in a row"),
	}
}

// Indexes of Location.
func (Location) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("type", "target", "branch", "path").Unique(),
		index.Fields("parent_id"),
		index.Fields("refresh_at"),
	}
}

// LocationFile is a catalog file as it was read last, so that one that did not
// change is not read again.
type LocationFile struct{ ent.Schema }

// Annotations of LocationFile.
func (LocationFile) Annotations() []schema.Annotation {
	return []schema.Annotation{entsql.Annotation{Table: "location_files"}}
}

// Fields of LocationFile.
func (LocationFile) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("id"),
		field.String("location_id"),
		field.String("path"),
		field.String("signature").Comment("of the file and of every file it includes"),
		field.Text("included").Default("").Comment("JSON: what reading it told: files it includes and names, how many entities, documents"),
		field.Bool("names_files").Default(false).Comment("it holds a Location entity"),
	}
}

// Indexes of LocationFile.
func (LocationFile) Indexes() []ent.Index {
	return []ent.Index{index.Fields("location_id", "path").Unique()}
}

// PushedFile is a file that a pipeline sent: nobody else has it when what it
// defines is to be read again.
type PushedFile struct{ ent.Schema }

// Annotations of PushedFile.
func (PushedFile) Annotations() []schema.Annotation {
	return []schema.Annotation{entsql.Annotation{Table: "pushed_files"}}
}

// Fields of PushedFile.
func (PushedFile) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("id"),
		field.String("location_id"),
		field.String("path"),
		field.Bytes("content"),
		field.Bool("entry").Default(false).Comment("it is read as a catalog file"),
	}
}

// Indexes of PushedFile.
func (PushedFile) Indexes() []ent.Index {
	return []ent.Index{index.Fields("location_id", "path").Unique()}
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
		field.String("owner").Default(""),
	}
}

// Indexes of LocationProblem.
func (LocationProblem) Indexes() []ent.Index {
	return []ent.Index{index.Fields("location_id"), index.Fields("ref")}
}
