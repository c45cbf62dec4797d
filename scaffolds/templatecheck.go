package scaffolds

import (
	"fmt"
	"reflect"
	"strings"
	"text/template"
	"text/template/parse"
)

// TemplateProblem is what is wrong with a template, and where.
type TemplateProblem struct {
	Line    int
	Message string
}

// CheckTemplate finds what a template would fail on, in branches that no
// answers reach, too: text that is no template, and data that nobody gives it.
// One of a repeated folder is given more.
func CheckTemplate(name string, text []byte, repeated bool) []TemplateProblem {
	t, err := template.New(name).Delims("[[", "]]").Funcs(templateFuncs()).Parse(string(text))
	if err != nil {
		line, message := 0, strings.TrimPrefix(err.Error(), "template: "+name+":")
		if at, rest, ok := strings.Cut(message, ": "); ok {
			if _, err := fmt.Sscan(at, &line); err == nil {
				message = rest
			}
		}
		return []TemplateProblem{{Line: line, Message: message}}
	}
	data := reflect.TypeFor[pageData]()
	if repeated {
		data = reflect.TypeFor[contractData]()
	}
	c := &templateCheck{text: string(text), variables: map[string]reflect.Type{"$": data}}
	if t.Tree != nil {
		c.list(t.Root, data)
	}
	return c.problems
}

// templateCheck walks a template with the types of its data. A type it cannot
// tell is nil, and nothing is said of it.
type templateCheck struct {
	text      string
	variables map[string]reflect.Type
	problems  []TemplateProblem
}

func (c *templateCheck) list(list *parse.ListNode, dot reflect.Type) {
	if list == nil {
		return
	}
	for _, node := range list.Nodes {
		switch n := node.(type) {
		case *parse.ActionNode:
			c.pipe(n.Pipe, dot)
		case *parse.IfNode:
			c.pipe(n.Pipe, dot)
			c.list(n.List, dot)
			c.list(n.ElseList, dot)
		case *parse.WithNode:
			inner := c.pipe(n.Pipe, dot)
			c.list(n.List, inner)
			c.list(n.ElseList, dot)
		case *parse.RangeNode:
			c.list(n.List, c.element(n.Pipe, dot))
			c.list(n.ElseList, dot)
		}
	}
}

// element is what a range goes over; its variables have that type, too.
func (c *templateCheck) element(pipe *parse.PipeNode, dot reflect.Type) reflect.Type {
	over := c.pipe(pipe, dot)
	var element reflect.Type
	if over != nil && (over.Kind() == reflect.Slice || over.Kind() == reflect.Map) {
		element = over.Elem()
	}
	for i, v := range pipe.Decl {
		c.variables[v.Ident[0]] = nil
		if i == len(pipe.Decl)-1 {
			c.variables[v.Ident[0]] = element
		}
	}
	return element
}

// pipe checks what a pipeline uses, and returns its type when it is one value.
func (c *templateCheck) pipe(pipe *parse.PipeNode, dot reflect.Type) reflect.Type {
	if pipe == nil {
		return nil
	}
	var last reflect.Type
	for _, command := range pipe.Cmds {
		last = nil
		for _, arg := range command.Args {
			found := c.value(arg, dot)
			if len(command.Args) == 1 && len(pipe.Cmds) == 1 {
				last = found
			}
		}
	}
	for _, v := range pipe.Decl {
		c.variables[v.Ident[0]] = last
	}
	return last
}

func (c *templateCheck) value(node parse.Node, dot reflect.Type) reflect.Type {
	switch n := node.(type) {
	case *parse.DotNode:
		return dot
	case *parse.FieldNode:
		return c.fields(n, dot, n.Ident)
	case *parse.VariableNode:
		return c.fields(n, c.variables[n.Ident[0]], n.Ident[1:])
	case *parse.PipeNode:
		return c.pipe(n, dot)
	case *parse.ChainNode:
		return c.fields(n, c.value(n.Node, dot), n.Field)
	}
	return nil
}

// fields follows a chain of names.
func (c *templateCheck) fields(node parse.Node, from reflect.Type, names []string) reflect.Type {
	for _, name := range names {
		if from == nil {
			return nil
		}
		switch from.Kind() {
		case reflect.Struct:
			field, ok := from.FieldByName(name)
			if method, has := from.MethodByName(name); has {
				from = method.Type.Out(0)
				continue
			}
			if !ok || !field.IsExported() {
				line := 1 + strings.Count(c.text[:min(int(node.Position()), len(c.text))], "\n")
				c.problems = append(c.problems, TemplateProblem{line, fmt.Sprintf("%s: there is no .%s here, only %s", node, name, fieldNames(from))})
				return nil
			}
			from = field.Type
		case reflect.Map:
			from = from.Elem()
		default:
			return nil
		}
	}
	return from
}

func fieldNames(of reflect.Type) string {
	var names []string
	for _, f := range reflect.VisibleFields(of) {
		if f.IsExported() && !f.Anonymous {
			names = append(names, "."+f.Name)
		}
	}
	return strings.Join(names, ", ")
}
