package main

import (
	"runtime"
	"runtime/debug"
	"sync"

	"github.com/goldenpath/platform/portal/api/types"
)

// version is set when a release is built: -ldflags "-X main.version=1.2.3".
var version = ""

// thisBuild says which build this is. It is read once, because Go wrote hundreds of
// modules into it.
var thisBuild = sync.OnceValue(readBuild) //nolint:gochecknoglobals // what it says never changes

// readBuild reads what Go wrote into the program.
func readBuild() types.Version {
	build := types.Version{Version: version, Go: runtime.Version()}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return build
	}
	dirty := false
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			build.Commit = s.Value
		case "vcs.time":
			build.BuiltAt = s.Value
		case "vcs.modified":
			dirty = s.Value == "true"
		}
	}
	if build.Version == "" {
		build.Version = "dev"
		if len(build.Commit) >= 12 {
			build.Version += "-" + build.Commit[:12]
		}
		if dirty {
			build.Version += "-dirty"
		}
	}
	return build
}
