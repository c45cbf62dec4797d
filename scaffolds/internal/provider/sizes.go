package provider

import "go/ast"

// maxFields bounds the fields of a type, with those of the types it holds as
// values. Neither compiler nor type checker ends in time with more.
const maxFields = 100_000

// checkSizes refuses a client with a type that is too large: a few schemas
// that hold each other can make one of more fields than there are atoms.
func (d *Document) checkSizes(file *ast.File) error {
	s := sizes{declared: map[string]ast.Expr{}, known: map[string]int{}}
	for _, decl := range file.Decls {
		if g, ok := decl.(*ast.GenDecl); ok {
			for _, spec := range g.Specs {
				if t, ok := spec.(*ast.TypeSpec); ok {
					s.declared[t.Name.Name] = t.Type
				}
			}
		}
	}
	for name := range s.declared {
		if s.ofNamed(name) > maxFields {
			return d.unusable("its client would have a type, %s, of more than %d fields: some schemas hold each other over and over", name, maxFields)
		}
	}
	return nil
}

type sizes struct {
	declared map[string]ast.Expr
	known    map[string]int
}

func (s sizes) ofNamed(name string) int {
	if size, ok := s.known[name]; ok {
		return size
	}
	s.known[name] = 1 // a type that holds itself is found by the type checker
	if t, ok := s.declared[name]; ok {
		s.known[name] = s.of(t)
	}
	return s.known[name]
}

// of counts the fields of a type. A pointer, a list or a map is one.
func (s sizes) of(t ast.Expr) int {
	switch t := t.(type) {
	case *ast.Ident:
		return s.ofNamed(t.Name)
	case *ast.StructType:
		size := 1
		for _, field := range t.Fields.List {
			if size += max(1, len(field.Names)) * s.of(field.Type); size > maxFields {
				return maxFields + 1
			}
		}
		return size
	}
	return 1
}
