package store

// ManyFrom returns c asking side by side from so many rows on.
func (c *Contracts) ManyFrom(rows int) *Contracts {
	other := *c
	other.many = rows
	return &other
}

// Hub reports whether a service was seen to have many consumers.
func (c *Contracts) Hub(service int64) bool {
	_, is := c.hubs.Load(service)
	return is
}
