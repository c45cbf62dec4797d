package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// AccessToken is an API token. Its secret is not here, only a hash of it.
type AccessToken struct{ ent.Schema }

// Annotations of AccessToken.
func (AccessToken) Annotations() []schema.Annotation {
	return []schema.Annotation{entsql.Annotation{Table: "access_tokens"}}
}

// Fields of AccessToken. Only three times ever change.
func (AccessToken) Fields() []ent.Field {
	return []ent.Field{
		field.String("id").Immutable().Comment("the part of the secret that finds the token"),
		field.String("name").Immutable(),
		field.String("scopes").Immutable().Comment("separated by spaces"),
		field.String("user_ref").Immutable(),
		field.Bytes("hash").Immutable(),
		field.Time("created_at").Immutable(),
		field.Time("expires_at").Immutable().Optional().Nillable(),
		field.Time("last_used_at").Optional().Nillable(),
		field.Time("revoked_at").Optional().Nillable(),
	}
}

// AccessSession is a browser that is signed in, found by the hash of its secret.
type AccessSession struct{ ent.Schema }

// Annotations of AccessSession.
func (AccessSession) Annotations() []schema.Annotation {
	return []schema.Annotation{entsql.Annotation{Table: "access_sessions"}}
}

// Fields of AccessSession.
func (AccessSession) Fields() []ent.Field {
	return []ent.Field{
		field.String("id").Immutable().Comment("hash of the secret"),
		field.String("token_id").Immutable(),
		field.Time("created_at").Immutable(),
		field.Time("expires_at").Immutable(),
	}
}

// Indexes of AccessSession.
func (AccessSession) Indexes() []ent.Index { return []ent.Index{index.Fields("expires_at")} }

// AuditEntry is one write that somebody made. Ids sort by time.
type AuditEntry struct{ ent.Schema }

// Annotations of AuditEntry.
func (AuditEntry) Annotations() []schema.Annotation {
	return []schema.Annotation{entsql.Annotation{Table: "audit_entries"}}
}

// Fields of AuditEntry: nothing of it ever changes.
func (AuditEntry) Fields() []ent.Field {
	return []ent.Field{
		field.String("id").Immutable(),
		field.Time("at").Immutable(),
		field.Text("actor").Immutable(),
		field.Text("action").Immutable(),
		field.Text("subject").Immutable(),
		field.Text("request_id").Immutable(),
		field.Text("outcome").Immutable(),
		field.Text("detail").Immutable(),
	}
}

// Indexes of AuditEntry.
func (AuditEntry) Indexes() []ent.Index { return []ent.Index{index.Fields("actor", "id")} }
