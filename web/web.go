// Package web holds what the browser gets: page templates, and the scripts,
// styles and icons that "npm run build" puts into dist. It only embeds them;
// package portal knows what they are for.
package web

import (
	"embed"
	"io/fs"
)

//go:embed templates
var templates embed.FS

// dist is empty but for a placeholder until web is built, so that the program
// compiles on a fresh clone.
//
//go:embed all:dist
var dist embed.FS

// Templates returns layout.html, parts and pages.
func Templates() (fs.FS, error) { return fs.Sub(templates, "templates") }

// Assets returns the built files with manifest.json, which says under which
// fingerprinted name each of them is. It is empty when web was never built.
func Assets() (fs.FS, error) { return fs.Sub(dist, "dist") }
