// Package schema describes the tables, one file per noun. The client in
// internal/store/ent is generated from it, and migrations must agree with it.
package schema
