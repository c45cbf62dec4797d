package catalog

// readWell notes that a location was read.
func (c *Catalog) readWell(l *Location) {
	l.LastRefreshed = c.now()
	l.LastSucceeded, l.Failures = l.LastRefreshed, 0
}

// readBadly notes that a location could not be read.
func (c *Catalog) readBadly(l *Location) {
	l.LastRefreshed = c.now()
	l.Failures++
}
