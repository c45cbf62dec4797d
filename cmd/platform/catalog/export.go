package catalog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

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
			"name files beside them are left out: what those files define is written itself; so is what the platform says of\n" +
			"itself (this-platform/...), because every platform says its own. Files that are there already are never overwritten.",
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
	file := entityFile(kind, namespace, name)
	files, err := entityFiles(e.Document, path.Base(file), func(number int) string { return fmt.Sprintf("literal-%d.json", number) })
	if err != nil {
		return fmt.Errorf("write %s: %w", e.Ref, err)
	}
	folder := path.Dir(file)
	if err := root.MkdirAll(filepath.FromSlash(folder), 0o750); err != nil {
		return fmt.Errorf("make the folder of %s: %w", file, err)
	}
	for _, f := range files {
		if err := writeNew(root, path.Join(folder, f.name), f.content); err != nil {
			return err
		}
	}
	return nil
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
