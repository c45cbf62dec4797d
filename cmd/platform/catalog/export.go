package catalog

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/client"
	"github.com/goldenpath/platform/portal/api/types"
)

func export(env *cli.Env) *cobra.Command {
	var into string
	var kinds []string
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write the whole catalog as YAML files",
		Long: "Write the whole catalog as YAML files, one for each entity, as the files say them that they came from:\n" +
			"DIR/NAMESPACE.KIND.NAME/catalog-info.yaml. Registering DIR elsewhere gives the same catalog. Locations that\n" +
			"name files beside them are left out: what those files define is written itself. Files that are there already\n" +
			"are never overwritten.",
		Example: "  platform catalog export --into backup\n  platform catalog export --into apis --kind api",
		Args:    cli.Args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runExport(cmd.Context(), env, into, kinds)
		},
	}
	cmd.Flags().StringVar(&into, "into", "", "folder for the files; it is made, and must be empty")
	cmd.Flags().StringSliceVar(&kinds, "kind", nil, "only these kinds, for example component")
	return cmd
}

func runExport(ctx context.Context, env *cli.Env, into string, kinds []string) error {
	if into == "" {
		return fault.New(fault.Invalid, "No folder is given.").WithHint("platform catalog export --into DIR").WithField("--into", "is missing")
	}
	folder := into
	if !filepath.IsAbs(folder) {
		folder = filepath.Join(env.Dir, folder)
	}
	if entries, err := os.ReadDir(folder); err == nil && len(entries) > 0 {
		return fault.New(fault.Conflict, "The folder %s is not empty.", into).WithHint("Name another one: nothing is overwritten.")
	}
	api, err := env.API(ctx)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return fault.New(fault.Invalid, "The folder %s cannot be made.", into).WithCause(err)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return fmt.Errorf("open %s: %w", folder, err)
	}
	defer root.Close()
	count, left := 0, 0
	params := &types.ExportEntitiesParams{Kind: kinds}
	for {
		page, err := client.OK(api.ExportEntitiesWithResponse(ctx, params))
		if err != nil {
			return err
		}
		for _, e := range page.Items {
			if namesFilesBeside(e.Document) {
				left++
				continue
			}
			if err := writeEntity(root, e); err != nil {
				return err
			}
			count++
		}
		if page.Next == "" {
			break
		}
		params.Cursor = &page.Next
	}
	env.Talk("%s %s written to %s.", env.Green("✓"), cli.Count(count, "entity", "entities"), into)
	if left > 0 {
		env.Talk("%s left out: they name files beside them, and what those define is written itself.", cli.Count(left, "location", "locations"))
	}
	return nil
}

// namesFilesBeside reports whether a document is a Location with a relative
// target, which means nothing in another place.
func namesFilesBeside(document json.RawMessage) bool {
	var location struct {
		Kind string `json:"kind"`
		Spec struct {
			Target  string   `json:"target"`
			Targets []string `json:"targets"`
		} `json:"spec"`
	}
	if err := json.Unmarshal(document, &location); err != nil || !strings.EqualFold(location.Kind, "location") {
		return false
	}
	for _, target := range append(location.Spec.Targets, location.Spec.Target) {
		if target != "" && !strings.Contains(target, "://") {
			return true
		}
	}
	return false
}

// entityFile names the file of an entity so that registering the folder finds
// it, whatever its kind, and no part of it is a folder that is not looked into.
func entityFile(kind, namespace, name string) string {
	return path.Join(namespace+"."+strings.ToLower(kind)+"."+name, "catalog-info.yaml")
}

// writeEntity writes the file of one entity.
func writeEntity(root *os.Root, e types.ExportedEntity) error {
	kind, namespace, name, err := parseRef(e.Ref)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(e.Document))
	decoder.UseNumber()
	document, err := nodeOf(decoder)
	if err != nil {
		return fmt.Errorf("write %s: %w", e.Ref, err)
	}
	file := entityFile(kind, namespace, name)
	if err := root.MkdirAll(filepath.FromSlash(path.Dir(file)), 0o750); err != nil {
		return fmt.Errorf("make the folder of %s: %w", file, err)
	}
	for i, literal := range literals(document) {
		beside := fmt.Sprintf("literal-%d.json", i+1)
		if err := writeNew(root, path.Join(path.Dir(file), beside), literal.json()); err != nil {
			return err
		}
		literal.replace("./" + beside)
	}
	content, err := encodeYAML(document)
	if err != nil {
		return fmt.Errorf("write %s: %w", e.Ref, err)
	}
	return writeNew(root, file, content)
}

// writeNew writes a file that is not there yet.
func writeNew(root *os.Root, file string, content []byte) error {
	f, err := root.OpenFile(filepath.FromSlash(file), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o640)
	if errors.Is(err, fs.ErrExist) {
		return fault.New(fault.Conflict, "The file %s is there already.", file).WithHint("Name an empty folder: nothing is overwritten.")
	}
	if err != nil {
		return fmt.Errorf("make %s: %w", file, err)
	}
	if _, err := f.Write(content); err != nil {
		_ = f.Close()
		return fmt.Errorf("write %s: %w", file, err)
	}
	return f.Close()
}

// literal is an object that reads like a placeholder and is none: a file said so
// that another one took in. Written as it is, it would be filled in. What a
// placeholder takes in is not filled in again, so it goes into a file of its own.
type literal struct{ node *yaml.Node }

// literals returns those in a document, in their order.
func literals(node *yaml.Node) []literal {
	if node.Kind == yaml.MappingNode && len(node.Content) == 2 && node.Content[1].Kind == yaml.ScalarNode {
		switch node.Content[0].Value {
		case "$text", "$json", "$yaml":
			return []literal{{node}}
		}
	}
	var out []literal
	for _, child := range node.Content {
		out = append(out, literals(child)...)
	}
	return out
}

func (l literal) json() []byte {
	text, _ := json.Marshal(map[string]string{l.node.Content[0].Value: l.node.Content[1].Value}) //nolint:errchkjson // of texts
	return append(text, '\n')
}

func (l literal) replace(file string) {
	l.node.Content = []*yaml.Node{textNode("$json"), textNode(file)}
}

// encodeYAML writes a document as people write YAML: keys in their order, long
// texts as blocks, quotes only where they are needed.
func encodeYAML(document *yaml.Node) ([]byte, error) {
	var b bytes.Buffer
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	if err := encoder.Encode(document); err != nil {
		return nil, err
	}
	return b.Bytes(), encoder.Close()
}

// nodeOf reads the next value of a JSON document.
func nodeOf(decoder *json.Decoder) (*yaml.Node, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	switch t := token.(type) {
	case string:
		return textNode(t), nil
	case json.Number:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: t.String()}, nil
	case bool:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: strconv.FormatBool(t)}, nil
	case json.Delim:
		node := &yaml.Node{Kind: yaml.SequenceNode}
		if t == '{' {
			node.Kind = yaml.MappingNode
		}
		for decoder.More() { // a key comes as a value of its own
			child, err := nodeOf(decoder)
			if err != nil {
				return nil, err
			}
			node.Content = append(node.Content, child)
		}
		if len(node.Content) == 0 {
			node.Style = yaml.FlowStyle
		}
		_, err := decoder.Token()
		return node, err
	default:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: "null"}, nil
	}
}

func textNode(s string) *yaml.Node {
	node := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
	if strings.Contains(s, "\n") {
		node.Style = yaml.LiteralStyle
	} else if quoted(s) {
		node.Style = yaml.DoubleQuotedStyle
	}
	return node
}

// quoted reports whether a text would be something else without quotes.
func quoted(s string) bool {
	var node yaml.Node
	if err := yaml.Unmarshal([]byte(s), &node); err != nil || len(node.Content) != 1 {
		return true
	}
	first := node.Content[0]
	return first.Kind != yaml.ScalarNode || first.Tag != "!!str" || first.Value != s || first.Style != 0
}
