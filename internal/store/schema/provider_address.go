package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
)

// ProviderAddress is where a provider runs, for the server to verify it. Its id is
// the provider's name, which may not be known to the broker yet.
type ProviderAddress struct{ ent.Schema }

// Fields of ProviderAddress. Headers is JSON, from names to variables.
func (ProviderAddress) Fields() []ent.Field {
	return []ent.Field{
		field.String("id").NotEmpty(),
		field.String("url").NotEmpty(),
		field.String("states_url").Default(""),
		field.String("messages_url").Default(""),
		field.Text("headers").Default(""),
		field.Time("created_at").Immutable(),
		field.String("created_by").Default("").Immutable(),
	}
}
