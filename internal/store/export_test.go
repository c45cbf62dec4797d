package store

// ManyFrom returns c taking so many consumers for many.
func (c *Contracts) ManyFrom(consumers int) *Contracts {
	other := *c
	other.many = consumers
	return &other
}

// Hub reports whether a service was seen to have many consumers.
func (c *Contracts) Hub(service int64) bool {
	_, is := c.hubs.Load(service)
	return is
}
