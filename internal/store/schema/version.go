package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// PacticipantVersion is a version of a service. Its id is its place in the order
// of versions.
type PacticipantVersion struct{ ent.Schema }

// Fields of PacticipantVersion.
func (PacticipantVersion) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("id"),
		field.Int64("pacticipant_id").Immutable(),
		field.String("number").Immutable().NotEmpty(),
		field.String("build_url").Default(""),
		field.Time("created_at").Immutable(),
		field.Time("updated_at").Optional().Nillable(),
	}
}

// Indexes of PacticipantVersion.
func (PacticipantVersion) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("pacticipant_id", "number").Unique(),
		index.Fields("pacticipant_id", "id"),
	}
}

// Branch is a branch of a service. The head is kept here, because almost every
// question about a branch is about its head.
type Branch struct{ ent.Schema }

// Fields of Branch.
func (Branch) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("id"),
		field.Int64("pacticipant_id").Immutable(),
		field.String("name").Immutable().NotEmpty(),
		field.Int64("head_version_id").Default(0),
		field.Time("created_at").Immutable(),
	}
}

// Indexes of Branch.
func (Branch) Indexes() []ent.Index {
	return []ent.Index{index.Fields("pacticipant_id", "name").Unique()}
}

// BranchVersion is a version on a branch.
type BranchVersion struct{ ent.Schema }

// Fields of BranchVersion.
func (BranchVersion) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("id"),
		field.Int64("branch_id").Immutable(),
		field.Int64("version_id").Immutable(),
		field.Time("created_at").Immutable(),
	}
}

// Indexes of BranchVersion.
func (BranchVersion) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("branch_id", "version_id").Unique(),
		index.Fields("version_id"),
	}
}

// VersionTag is a tag on a version. The service is repeated for the question
// which version carries a tag last.
type VersionTag struct{ ent.Schema }

// Fields of VersionTag.
func (VersionTag) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("id"),
		field.Int64("version_id").Immutable(),
		field.Int64("pacticipant_id").Immutable(),
		field.String("name").Immutable().NotEmpty(),
		field.Time("created_at").Immutable(),
	}
}

// Indexes of VersionTag.
func (VersionTag) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("version_id", "name").Unique(),
		index.Fields("pacticipant_id", "name", "version_id"),
	}
}
