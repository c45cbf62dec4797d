package config

import (
	"strconv"

	"github.com/goldenpath/platform/internal/fault"
)

// known reports whether there is a setting of that name. The name of the file
// is one too, though not in the file.
func known(name string) bool {
	if name == fileVariable {
		return true
	}
	for _, s := range settings() {
		if s.name == name {
			return true
		}
	}
	return false
}

// nearest returns the setting whose name is most like name and differs by at
// most that many letters, or "".
func nearest(name string, most int) string {
	var names []string
	for _, s := range settings() {
		names = append(names, s.name)
	}
	if near := fault.Nearest(name, names, most); len(near) > 0 {
		return near[0]
	}
	return ""
}

func count(problems int) string {
	if problems == 1 {
		return "A setting cannot be used"
	}
	return strconv.Itoa(problems) + " settings cannot be used"
}
