package contracts

import (
	"fmt"
	"slices"
	"strings"
)

// Diff shows what differs between two pacts in what affects verification: lines
// that went start with -, lines that came with +, and the rest is the way there.
func Diff(before, after []byte) string {
	old, errOld := ParsePact("", before)
	new, errNew := ParsePact("", after)
	if errOld != nil || errNew != nil {
		return ""
	}
	if old.SHA == new.SHA {
		return ""
	}
	d := differ{}
	a, b := old.affecting(), new.affecting()
	if equal(a, b) { // another order is another identity where it is messages beside requests
		a, b = sorted(old.root), sorted(new.root)
	}
	d.values("", a, b, 0, "")
	if last := len(d.lines) - 1; last > 0 && d.lines[last] == " }" {
		d.lines = d.lines[:last] // what differs is what matters
	}
	return strings.Join(d.lines, "\n")
}

// SameContent reports whether two pacts have the same identity.
func SameContent(a, b []byte) bool {
	x, errX := ParsePact("", a)
	y, errY := ParsePact("", b)
	return errX == nil && errY == nil && x.SHA == y.SHA
}

// affecting is the part of a pact that identity is made of, interactions sorted.
func (d *Document) affecting() any {
	root, ok := d.root.(object)
	if !ok {
		return d.root
	}
	lists := verifiable(root)
	if len(lists) == 0 {
		return sorted(root)
	}
	var out object
	for _, list := range lists {
		if items, ok := list.value.([]any); ok {
			list.value = byText(items)
		}
		out = append(out, list)
	}
	if v := specificationValue(root); v != nil {
		out = append(out, member{"pact_specification_version", v})
	}
	return out
}

type differ struct{ lines []string }

func (d *differ) add(sign string, depth int, text string) {
	d.lines = append(d.lines, sign+strings.Repeat("  ", depth)+text)
}

// values writes how a became b under a label such as `"path": `.
func (d *differ) values(label string, a, b any, depth int, comma string) {
	oldObject, isOld := a.(object)
	newObject, isNew := b.(object)
	if isOld && isNew {
		d.add(" ", depth, label+"{")
		d.objects(oldObject, newObject, depth+1)
		d.add(" ", depth, "}"+comma)
		return
	}
	oldList, isOldList := a.([]any)
	newList, isNewList := b.([]any)
	if isOldList && isNewList {
		d.add(" ", depth, label+"[")
		d.lists(oldList, newList, depth+1)
		d.add(" ", depth, "]"+comma)
		return
	}
	d.whole("-", label, a, depth, comma)
	d.whole("+", label, b, depth, comma)
}

// objects writes the keys that differ.
func (d *differ) objects(a, b object, depth int) {
	keys := make([]string, 0, len(a)+len(b))
	for _, m := range slices.Concat(a, b) {
		keys = append(keys, m.key)
	}
	slices.Sort(keys)
	keys = slices.Compact(keys)
	old, now := a.index(), b.index()
	keys = slices.DeleteFunc(keys, func(key string) bool {
		x, inA := old[key]
		y, inB := now[key]
		return inA && inB && equal(x, y)
	})
	for i, key := range keys {
		comma := ","
		if i == len(keys)-1 {
			comma = ""
		}
		label := string(appendString(nil, key)) + ": "
		x, inA := old[key]
		y, inB := now[key]
		switch {
		case inA && inB:
			d.values(label, x, y, depth, comma)
		case inA:
			d.whole("-", label, x, depth, comma)
		default:
			d.whole("+", label, y, depth, comma)
		}
	}
}

// lists compares element by element.
func (d *differ) lists(a, b []any, depth int) {
	same := 0
	flush := func() {
		if same > 0 {
			d.add(" ", depth, fmt.Sprintf("… %d the same", same))
		}
		same = 0
	}
	for i := range max(len(a), len(b)) {
		switch {
		case i >= len(a):
			flush()
			d.whole("+", "", b[i], depth, "")
		case i >= len(b):
			flush()
			d.whole("-", "", a[i], depth, "")
		case equal(a[i], b[i]):
			same++
		default:
			flush()
			d.values("", a[i], b[i], depth, "")
		}
	}
	flush()
}

// whole writes a value that is only on one side.
func (d *differ) whole(sign, label string, v any, depth int, comma string) {
	d.add(sign, depth, label+string(appendJSON(nil, v))+comma)
}

func equal(a, b any) bool {
	return string(appendJSON(nil, sorted(a))) == string(appendJSON(nil, sorted(b)))
}
