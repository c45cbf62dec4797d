package portal

import (
	"cmp"
	"slices"
	"unicode/utf8"

	"github.com/goldenpath/platform/catalog"
)

// graph is the neighbourhood of an entity as SVG: who points at it on the left,
// what it points at on the right. Every position is worked out here, so that
// the page needs no script and no style attribute.
type graph struct {
	Width, Height int
	Nodes         []graphNode
	Edges         []graphEdge
	Hidden        int // nodes left out; the table has them
}

type graphNode struct {
	X, Y, Width, Height int
	TextX, TextY, SubY  int
	Name, Kind, URL     string
	Self, Missing       bool
}

type graphEdge struct {
	X1, Y1, X2, Y2, MiddleX int
	LabelX, LabelY          int
	Label                   string
}

// Measures of the drawing, in pixels.
const (
	nodeWidth  = 208
	nodeHeight = 44
	nodeGap    = 16
	columnGap  = 132
	graphEdgeM = 8
	graphMost  = 12 // nodes in a column
	graphText  = 24 // characters that fit into a node
)

func drawGraph(e catalog.Entity, groups []relationGroup) graph {
	left, right := columnsOf(groups)
	g := graph{Hidden: max(0, len(left)-graphMost) + max(0, len(right)-graphMost)}
	left, right = left[:min(len(left), graphMost)], right[:min(len(right), graphMost)]
	if len(left)+len(right) == 0 {
		return graph{}
	}
	rows := max(len(left), len(right), 1)
	g.Height = rows*nodeHeight + (rows-1)*nodeGap + 2*graphEdgeM
	x := graphEdgeM
	if len(left) > 0 {
		g.column(left, x)
		x += nodeWidth + columnGap
	}
	self := newNode(x, (g.Height-nodeHeight)/2, e.Title(), e.Kind, "")
	self.Self = true
	if len(right) > 0 {
		g.column(right, x+nodeWidth+columnGap)
	}
	for i, n := range g.Nodes {
		label := slices.Concat(left, right)[i].label
		if n.X < self.X {
			g.edge(n, self, label)
		} else {
			g.edge(self, n, label)
		}
	}
	g.Nodes = append(g.Nodes, self)
	for _, n := range g.Nodes {
		g.Width = max(g.Width, n.X+n.Width+graphEdgeM)
	}
	return g
}

// neighbourNode is an entity in a column, with what joins it to the middle.
type neighbourNode struct {
	link  *entityLink
	label string
}

func columnsOf(groups []relationGroup) (left, right []neighbourNode) {
	for _, group := range groups {
		for _, link := range group.Links {
			n := neighbourNode{link: link, label: group.Title}
			if group.Reverse {
				left = append(left, n)
			} else {
				right = append(right, n)
			}
		}
	}
	for _, list := range [][]neighbourNode{left, right} {
		slices.SortStableFunc(list, func(a, b neighbourNode) int { return cmp.Compare(a.label, b.label) })
	}
	return left, right
}

func (g *graph) column(nodes []neighbourNode, x int) {
	height := len(nodes)*nodeHeight + (len(nodes)-1)*nodeGap
	y := (g.Height - height) / 2
	for _, n := range nodes {
		node := newNode(x, y, n.link.Text, n.link.Icon, n.link.URL)
		node.Missing = !n.link.Exists
		if node.Missing {
			node.Kind = "not in the catalog"
		}
		g.Nodes = append(g.Nodes, node)
		y += nodeHeight + nodeGap
	}
}

func newNode(x, y int, name, kind, address string) graphNode {
	return graphNode{
		X: x, Y: y, Width: nodeWidth, Height: nodeHeight, TextX: x + 12, TextY: y + 19, SubY: y + 34,
		Name: cut(name, graphText), Kind: kind, URL: address,
	}
}

func (g *graph) edge(from, to graphNode, label string) {
	e := graphEdge{
		X1: from.X + from.Width, Y1: from.Y + from.Height/2, X2: to.X, Y2: to.Y + to.Height/2, Label: label,
	}
	e.MiddleX = (e.X1 + e.X2) / 2
	// Labels sit at the outer end, where edges of a column are apart.
	outer := to
	if to.Self {
		outer = from
	}
	e.LabelX, e.LabelY = outer.X-columnGap/2, outer.Y+nodeHeight/2-6
	if outer.X < to.X {
		e.LabelX = outer.X + nodeWidth + columnGap/2
	}
	g.Edges = append(g.Edges, e)
}

// cut shortens s to n characters.
func cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}
