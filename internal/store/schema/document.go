package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// Document is the text of a Markdown file, kept once however many entities
// have it.
type Document struct{ ent.Schema }

// Annotations of Document.
func (Document) Annotations() []schema.Annotation {
	return []schema.Annotation{entsql.Annotation{Table: "documents"}}
}

// Fields of Document.
func (Document) Fields() []ent.Field {
	return []ent.Field{
		field.String("id").Immutable().Comment("SHA-256 of the content, hexadecimal"),
		field.Int("size"),
		field.Bytes("content"),
	}
}

// EntityDocument is a document of an entity: a page of its docs or a decision
// record.
type EntityDocument struct{ ent.Schema }

// Annotations of EntityDocument.
func (EntityDocument) Annotations() []schema.Annotation {
	return []schema.Annotation{entsql.Annotation{Table: "entity_documents"}}
}

// Fields of EntityDocument.
func (EntityDocument) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("id"),
		field.String("entity_id"),
		field.String("kind").Comment("techdocs or adr"),
		field.String("path"),
		field.String("title").Default(""),
		field.String("digest"),
		field.Int("position").Comment("in the navigation"),
	}
}

// Indexes of EntityDocument.
func (EntityDocument) Indexes() []ent.Index {
	return []ent.Index{index.Fields("entity_id", "kind", "path").Unique(), index.Fields("digest")}
}

// RepositoryCheck is whether a repository could be reached when it was tried
// last.
type RepositoryCheck struct{ ent.Schema }

// Annotations of RepositoryCheck.
func (RepositoryCheck) Annotations() []schema.Annotation {
	return []schema.Annotation{entsql.Annotation{Table: "repository_checks"}}
}

// Fields of RepositoryCheck.
func (RepositoryCheck) Fields() []ent.Field {
	return []ent.Field{
		field.String("id").Immutable().Comment("its address"),
		field.Bool("reachable"),
		field.String("source").Comment("what tried: ingestion or check"),
		field.Text("message").Default(""),
		field.Time("checked_at"),
	}
}

// Indexes of RepositoryCheck.
func (RepositoryCheck) Indexes() []ent.Index {
	return []ent.Index{index.Fields("checked_at")}
}
