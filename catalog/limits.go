package catalog

// Limits bound what one location may cost.
type Limits struct {
	File      int64 // bytes of a catalog file
	Included  int64 // bytes of a file named by a placeholder
	Entity    int   // bytes of an entity after aliases and placeholders
	Depth     int   // levels of nesting in an entity
	Files     int   // catalog files in one location
	Walked    int   // files and folders that are passed by while looking for them
	Entities  int   // entities in one location
	Locations int   // levels of Location entities that name further files
	Problems  int   // problems that are kept of one location
}

// DefaultLimits fit large companies and stop hostile files.
func DefaultLimits() Limits {
	return Limits{
		File: 8 << 20, Included: 16 << 20, Entity: 20 << 20, Depth: 100,
		Files: 20_000, Walked: 1_000_000, Entities: 200_000, Locations: 10, Problems: 1000,
	}
}
