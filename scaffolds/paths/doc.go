// Package paths holds the golden paths, one folder each: a manifest, its
// parameters, real code and a few templates. There is no Go code of our own
// here; package scaffolds reads the folders.
package paths
