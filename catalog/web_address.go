package catalog

import (
	"io/fs"
	"net/url"
	"path"
	"strings"
)

// isAddress reports whether a file's name is an address on the web.
func isAddress(name string) bool {
	return strings.HasPrefix(name, "https://") || strings.HasPrefix(name, "http://")
}

// resolveAddress returns the address that target means when it is written in
// file, which may lie elsewhere itself.
func resolveAddress(file, target string) (name, message, hint string) {
	if page, ok := ParseGitPage(file); ok && page.Path != "" && !isAddress(target) {
		return resolveInPage(page, target)
	}
	base := &url.URL{}
	if isAddress(file) {
		var err error
		if base, err = url.Parse(file); err != nil {
			return "", file + " is not an address.", "Write it like https://HOST/PATH"
		}
	}
	u, err := base.Parse(target)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return "", target + " is not an address.", "Write it like https://HOST/PATH"
	}
	if u.User != nil {
		return "", "The address " + u.Redacted() + " holds a name or a password, which everybody who sees the catalog would see.",
			"Leave it out."
	}
	u.Fragment = ""
	return u.String(), "", ""
}

// resolveInPage returns the address of a file that another one of its repository
// names.
func resolveInPage(page GitPage, target string) (name, message, hint string) {
	file := path.Join(path.Dir(page.Path), target)
	switch {
	case path.IsAbs(target) || strings.Contains(target, `\`) || !fs.ValidPath(file) && !strings.HasPrefix(file, "../"):
		return "", target + " is not a path relative to the catalog file.", "Write it like ./openapi.yaml"
	case !fs.ValidPath(file):
		return "", target + " leads out of the repository.", "Name a file of another repository by its address."
	case page.raw:
		return page.In(file).Content(), "", ""
	}
	return page.In(file).File(), "", ""
}

// inside returns the path of a file of the repository that is being read, when an
// address means one: of the same branch.
func (r *reader) inside(address string) (string, bool) {
	if r.location.Type != LocationGit || r.tree.Branch == "" {
		return "", false
	}
	page, ok := ParseGitPage(address)
	if !ok || page.Path == "" || sameRepository(page.Repository) != sameRepository(r.location.Target) {
		return "", false
	}
	return page.Path, strings.TrimPrefix(page.Branch, tagPrefix) == r.tree.Branch || page.Branch == "" && r.location.Branch == ""
}

// fetchAhead asks about the files elsewhere that a level of files names, side by
// side: one after the other, a company's list of repositories takes minutes.
func (r *reader) fetchAhead(found []parsed, depth int) {
	if r.files.web == nil || depth >= r.limits.Locations {
		return
	}
	var addresses []string
	for _, f := range found {
		named := f.same.targets()
		for _, e := range f.entities {
			named = append(named, targetsOf(e))
		}
		for _, t := range named {
			for _, target := range t.Names {
				if name, message, _ := r.files.resolve(f.file, target); message == "" && isAddress(name) && !isAddressPattern(name) {
					addresses = append(addresses, name)
				}
			}
		}
	}
	r.files.web.lookAll(addresses)
}

// targets returns what the Location entities of a file name, as they did when it
// was read last.
func (f *FileRecord) targets() []targets {
	if f == nil {
		return nil
	}
	return f.Notes.Targets
}

// isAddressPattern reports whether an address stands for several files of a
// repository.
func isAddressPattern(name string) bool {
	page, ok := ParseGitPage(name)
	return ok && strings.ContainsAny(page.Path, "*{")
}
