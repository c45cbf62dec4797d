package pipelines

import (
	"bytes"
	"context"
	"encoding/gob"
	"encoding/json"
	"fmt"

	"github.com/klauspost/compress/s2"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/scaffolds"
)

const (
	// filesOfTree is the name under which the rendered files are kept.
	filesOfTree = "tree"
	// filesOfTreeJSON is where programs before this one kept them. Runs they
	// began may still be on their way.
	filesOfTreeJSON = "tree.json"
)

// keepTree returns files as they are kept for later steps. Three of them read it:
// as JSON that was a sixth of the time that a new service takes.
func keepTree(tree *scaffolds.Tree) ([]byte, error) {
	var kept bytes.Buffer
	if err := gob.NewEncoder(&kept).Encode(tree); err != nil {
		return nil, fmt.Errorf("keep the files: %w", err)
	}
	return s2.Encode(nil, kept.Bytes()), nil
}

// tree returns the files that were rendered.
func (*Creation) tree(ctx context.Context, w *Work) (*scaffolds.Tree, error) {
	var tree scaffolds.Tree
	packed, err := w.File(ctx, filesOfTree)
	if fault.Is(err, fault.NotFound) {
		kept, err := w.File(ctx, filesOfTreeJSON)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(kept, &tree); err != nil {
			return nil, fmt.Errorf("read the kept files: %w", err)
		}
		return &tree, nil
	}
	if err != nil {
		return nil, err
	}
	kept, err := s2.Decode(nil, packed)
	if err != nil {
		return nil, fmt.Errorf("unpack the kept files: %w", err)
	}
	if err := gob.NewDecoder(bytes.NewReader(kept)).Decode(&tree); err != nil {
		return nil, fmt.Errorf("read the kept files: %w", err)
	}
	return &tree, nil
}
