package catalog

import "encoding/json"

// Condition narrows a search. A key is a dotted path into an entity, such as
// spec.type, metadata.annotations.github.com/project-slug or relations.ownedBy;
// keys and values are compared without regard to case. A list holds each of
// its items (metadata.tags = java), and each text in it is a key of its own
// (metadata.tags.java = true). Values of more than 200 characters exist and
// equal nothing.
type Condition interface{ condition() }

type (
	// AllOf holds where every condition does; an empty one always holds.
	AllOf []Condition
	// AnyOf holds where one of the conditions does; an empty one never holds.
	AnyOf []Condition
	// Not holds where the condition does not.
	Not struct{ Condition Condition }
	// Has holds where the entity has one of the values for the key.
	Has struct {
		Key    string
		Values []string
	}
	// Exists holds where the entity has the key.
	Exists struct{ Key string }
	// HasPrefix holds where a value of the key starts with the prefix.
	HasPrefix struct{ Key, Prefix string }
)

func (AllOf) condition()     {}
func (AnyOf) condition()     {}
func (Not) condition()       {}
func (Has) condition()       {}
func (Exists) condition()    {}
func (HasPrefix) condition() {}

// Search asks for entities by any of their keys: the query of Backstage's API.
type Search struct {
	Where Condition // nil is everything
	// Text must be part of a value of one of TextKeys, case ignored; "" is in
	// everything. No TextKeys means metadata.uid.
	Text     string
	TextKeys []string
	// Order sorts by keys, the first counting most. Entities without a value
	// come last in either direction; what is equal is sorted by uid.
	Order  []OrderKey
	Offset int
	Limit  int // 0 is all of them
	// From is a place in the order: what follows it is returned, or, with
	// Backward, what stands before it. Nil is the start.
	From     *Place
	Backward bool
	// CountOnly leaves the items out.
	CountOnly bool
}

// OrderKey is a key to sort by.
type OrderKey struct {
	Key        string
	Descending bool
}

// Place is where an entity stands, or stood, in the order of a search.
type Place struct {
	Values []*string `json:"v"` // of the order's keys, lower-cased; nil where there is none
	UID    string    `json:"u"`
}

// SearchPage is a part of what a search finds, always in the order asked for,
// also when it was read backward.
type SearchPage struct {
	Items []json.RawMessage // as Backstage shows an entity: with uid, etag, relations and status
	Total int               // of all pages
	// First and Last are the places of the first and last item; nil without items.
	First, Last *Place
	// Before and After say whether there are items on that side.
	Before, After bool
}
