package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// Entity is one thing in the catalog. Its JSON is kept as bytes, because keys
// must come out in the order in which they came in, and last, so that reading
// the rest does not read it.
type Entity struct{ ent.Schema }

// Annotations of Entity.
func (Entity) Annotations() []schema.Annotation {
	return []schema.Annotation{entsql.Annotation{Table: "entities"}}
}

// Fields of Entity.
func (Entity) Fields() []ent.Field {
	return []ent.Field{
		field.String("id").Immutable(),
		field.String("ref").Comment("kind:namespace/name, lower-cased"),
		field.String("etag"),
		field.String("location_id"),
		field.String("path").Default(""),
		field.Int("line").Default(0),
		field.String("commit").Default(""),
		field.Time("created_at").Immutable(),
		field.Time("updated_at"),
		field.Time("orphaned_at").Optional().Nillable().Comment("since when no file defines it"),
		field.Bytes("body").Comment("JSON after ingestion"),
		field.Bytes("raw").Comment("JSON as the file says it"),
	}
}

// Indexes of Entity.
func (Entity) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("ref").Unique(),
		index.Fields("location_id"),
	}
}

// EntityChange is one line of the catalog's feed. Its id is its place in the
// order of commits: see LockFeed.
type EntityChange struct{ ent.Schema }

// Annotations of EntityChange.
func (EntityChange) Annotations() []schema.Annotation {
	return []schema.Annotation{entsql.Annotation{Table: "entity_changes"}}
}

// Fields of EntityChange.
func (EntityChange) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("id"),
		field.String("operation"),
		field.String("uid"),
		field.String("ref"),
		field.String("previous_ref").Default("").Comment("what it was called before this change renamed it"),
		field.String("etag"),
		field.String("location_id"),
		field.String("actor"),
		field.String("commit").Default(""),
		field.Time("at"),
		field.String("what").Default("").Comment("what the change did; empty when it was not told yet"),
		field.String("details").Default("").Comment("JSON: fields that differ, and the commit that changed them"),
	}
}

// Indexes of EntityChange.
func (EntityChange) Indexes() []ent.Index {
	return []ent.Index{index.Fields("ref", "id"), index.Fields("uid", "id")}
}

// EntityTerms is what the index in memory keeps of an entity, worked out once
// when it is written: a process that starts reads these and no bodies. Terms of
// another version than the program's are made anew from the body.
type EntityTerms struct{ ent.Schema }

// Annotations of EntityTerms.
func (EntityTerms) Annotations() []schema.Annotation {
	return []schema.Annotation{entsql.Annotation{Table: "entity_terms"}}
}

// Fields of EntityTerms.
func (EntityTerms) Fields() []ent.Field {
	return []ent.Field{
		field.String("id").Immutable().Comment("the entity's"),
		field.Int("version"),
		field.Bytes("terms"),
	}
}
