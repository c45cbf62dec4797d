package provider

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"unicode"

	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
)

// signatures finds Go names and types in the generated client.
type signatures struct {
	file *ast.File
	pkg  string
}

// param is a parameter of a method.
type param struct {
	name string
	typ  ast.Expr
}

// find returns the parameters of a client's method between the context and the
// editors, and the name of its result type.
func (s *signatures) find(method string) (params []param, result string) {
	for _, decl := range s.file.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok || f.Recv == nil || f.Name.Name != method {
			continue
		}
		params = []param{}
		for _, field := range f.Type.Params.List {
			for _, name := range field.Names {
				params = append(params, param{name.Name, field.Type})
			}
		}
		if len(params) < 2 || f.Type.Results == nil || len(f.Type.Results.List) == 0 {
			return nil, ""
		}
		if star, ok := f.Type.Results.List[0].Type.(*ast.StarExpr); ok {
			if id, ok := star.X.(*ast.Ident); ok {
				result = id.Name
			}
		}
		return params[1 : len(params)-1], result
	}
	return nil, ""
}

func (s *signatures) hasField(typeName, field string) bool {
	for _, decl := range s.file.Decls {
		g, ok := decl.(*ast.GenDecl)
		if !ok || g.Tok != token.TYPE {
			continue
		}
		for _, spec := range g.Specs {
			t, ok := spec.(*ast.TypeSpec)
			if !ok || t.Name.Name != typeName {
				continue
			}
			st, ok := t.Type.(*ast.StructType)
			return ok && slices.ContainsFunc(st.Fields.List, func(f *ast.Field) bool {
				return slices.ContainsFunc(f.Names, func(n *ast.Ident) bool { return n.Name == field })
			})
		}
	}
	return false
}

// typeName writes a type as the test, which is in another package, must.
func (s *signatures) typeName(e ast.Expr) (string, bool) {
	switch t := e.(type) {
	case *ast.Ident:
		if types.Universe.Lookup(t.Name) != nil {
			return t.Name, true
		}
		return "openapi." + t.Name, true
	case *ast.SelectorExpr:
		id, ok := t.X.(*ast.Ident)
		return types.ExprString(t), ok && (id.Name == "openapi_types" || id.Name == "time")
	}
	return "", false
}

// variable names a path parameter in Go, other than what the test uses already.
func (s *signatures) variable(name string, before []PathParam) string {
	v := codegen.ToCamelCase(name)
	for _, initialism := range []string{"Id", "Url", "Uuid", "Api"} {
		if head, ok := strings.CutSuffix(v, initialism); ok {
			v = head + strings.ToUpper(initialism)
		}
	}
	r := []rune(v)
	for i := range r { // API becomes api, ItemID becomes itemID
		if i > 0 && i+1 < len(r) && !unicode.IsUpper(r[i+1]) || i > 0 && !unicode.IsUpper(r[i]) {
			break
		}
		r[i] = unicode.ToLower(r[i])
	}
	v = string(r)
	taken := []string{
		s.pkg, "t", "pact", "params", "body", "interaction", "request", "response", "err", "server", "client", "errors", "http",
		"testing", "consumer", "matchers", "models", "openapi", "openapi_types", "pacttest", "time",
	}
	for slices.Contains(taken, v) || token.IsKeyword(v) || types.Universe.Lookup(v) != nil || !token.IsIdentifier(v) ||
		slices.ContainsFunc(before, func(p PathParam) bool { return p.Var == v }) {
		v += "Value"
		if !token.IsIdentifier(v) {
			v = "value"
		}
	}
	return v
}
