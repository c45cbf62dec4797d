package store

// ManyFrom returns c asking side by side from so many rows on.
func (c *Contracts) ManyFrom(rows int) *Contracts {
	other := *c
	other.many = rows
	return &other
}
