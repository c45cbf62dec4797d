package catalog

import (
	"cmp"
	"slices"
	"time"
)

// record is what to remember of a file.
func (r *reader) record(f parsed) FileRecord {
	record := FileRecord{Path: f.file, Signature: r.sign(f.file, f.included)}
	record.Notes = FileNotes{Included: f.included, Entities: len(f.entities), Documented: r.places(f.file, f.entities, f.lines), Lines: f.lines}
	record.Notes.Versions = r.files.lookedAt(append([]string{f.file}, f.included...)...)
	for _, e := range f.entities {
		if named := targetsOf(e); len(named.Names) > 0 {
			record.NamesFiles = true
			record.Notes.Targets = append(record.Notes.Targets, named)
		}
	}
	return record
}

// targetsOf returns what a Location entity names.
func targetsOf(e Entity) targets {
	if e.Kind != KindLocation {
		return targets{}
	}
	names := e.SpecStrings("targets")
	if one := e.SpecString("target"); one != "" {
		names = append(names, one)
	}
	return targets{Names: names, Optional: e.SpecString("presence") == "optional"}
}

// noteTargets notes on which line a Location entity names each of its targets.
func noteTargets(doc *value, lines map[string]int) {
	spec := doc.get("spec")
	if doc.str("kind") != KindLocation || spec == nil {
		return
	}
	named := []*value{spec.get("target")}
	if list := spec.get("targets"); list != nil {
		named = append(named, list.items...)
	}
	for _, v := range named {
		if v == nil || v.kind != kindString {
			continue
		}
		if _, noted := lines[v.text]; !noted {
			lines[v.text] = v.line
		}
	}
}

// follow returns the files that a file's Location entities name. Whole is false
// when the file was not read and has to be, because something is wrong with them.
func (r *reader) follow(f parsed, depth int) (names []string, whole bool) {
	if f.same == nil {
		for _, e := range f.entities {
			names = append(names, r.targets(f, e, depth)...)
		}
		return names, true
	}
	for _, named := range f.same.Notes.Targets {
		if depth >= r.limits.Locations {
			return nil, false
		}
		for _, target := range named.Names {
			found, problem := r.target(f.file, target)
			if problem != nil && !named.Optional {
				return nil, false
			}
			names = append(names, found...)
		}
	}
	return names, true
}

// targets returns the files a Location entity names.
func (r *reader) targets(f parsed, e Entity, depth int) []string {
	named := targetsOf(e)
	at := Problem{File: f.file, Line: e.Source.Line, Ref: e.Ref().String(), Field: "spec.targets"}
	if len(named.Names) > 0 && depth >= r.limits.Locations {
		at.Message = "Locations name each other on more than " + thousands(r.limits.Locations) + " levels."
		at.Hint = "Name the files directly."
		r.out.broken[f.file] = true
		r.problem(at)
		return nil
	}
	var names []string
	var waits waiting
	for _, target := range named.Names {
		found, problem := r.target(f.file, target)
		if problem != nil && waits.add(r.files, problem) {
			continue
		}
		if problem != nil && !named.Optional {
			at.Message, at.Hint = problem.Message, problem.Hint
			at.Line = cmp.Or(f.targets[target], e.Source.Line)
			r.out.broken[f.file] = true
			r.problem(at)
		}
		names = append(names, found...)
	}
	if waits.count > 0 {
		at.Message, at.Hint = waits.message(), waits.hint
		r.out.broken[f.file] = true
		r.out.until = later(r.out.until, waits.until)
		r.problem(at)
	}
	return names
}

// waiting counts files that are not read because their host wants to be left
// alone: that is one thing to say, and not one for each file.
type waiting struct {
	count        int
	until        time.Time
	reason, hint string
}

// add counts a file that could not be read, when that is why.
func (w *waiting) add(f *files, p *Problem) bool {
	if p.File == "" || !isAddress(p.File) || f.web == nil {
		return false
	}
	until := f.web.look(p.File).until
	if until.IsZero() {
		return false
	}
	w.count++
	w.until, w.reason, w.hint = later(w.until, until), p.Message, p.Hint
	return true
}

func (w waiting) message() string {
	if w.count == 1 {
		return "A file that this names is not read yet: " + w.reason
	}
	return thousands(w.count) + " of the files that this names are not read yet: " + w.reason
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// target returns the files one target means; several when it has wildcards.
func (r *reader) target(file, target string) ([]string, *Problem) {
	name, message, hint := r.files.resolve(file, target)
	if message != "" {
		return nil, &Problem{Message: "Target cannot be read: " + message, Hint: hint}
	}
	if isAddress(name) && isAddressPattern(name) {
		page, _ := ParseGitPage(name)
		return nil, &Problem{
			Message: "Target cannot be read: " + target + " is a pattern in another repository, where nothing can be listed.",
			Hint:    "Register the repository itself: platform catalog register " + page.Repository + " --branch " + page.Branch + " --path '" + page.Path + "'",
		}
	}
	problem := r.files.check(name)
	if problem != nil && !isAddress(name) && IsPattern(name) {
		if wrong := wrongPattern(name); wrong != "" {
			return nil, &Problem{Message: wrong, Hint: "Name fewer at a time: a Location may have several targets."}
		}
		found := slices.DeleteFunc(r.files.glob(name, r.limits), func(name string) bool { return !isYAML(name) })
		if len(found) == 0 {
			return nil, &Problem{Message: "Nothing matches the target " + target + ".", Hint: "Check how it is written."}
		}
		return found, nil
	}
	if problem != nil {
		if isAddress(name) && !r.files.web.look(name).until.IsZero() {
			return nil, problem
		}
		return nil, &Problem{Message: "Target cannot be read: " + problem.Message, Hint: problem.Hint}
	}
	return []string{name}, nil
}
