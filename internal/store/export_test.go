package store

// SideBySide returns c asking side by side from so many rows on.
func (c *Contracts) SideBySide(rows int) *Contracts {
	other := *c
	other.many = rows
	return &other
}
