package catalog

import (
	"fmt"
	"slices"
)

// Exported returns the JSON of e as its file says it, key for key, so that it
// can be written down elsewhere. Where the file takes in others, which are not
// there, their content stands in their place.
func (e Entity) Exported() ([]byte, error) {
	raw, err := parseJSON(e.Raw, DefaultLimits())
	if err != nil {
		return nil, fmt.Errorf("read what the file of %s says: %w", e.Ref(), err)
	}
	if !takesIn(raw) {
		return e.Raw, nil
	}
	body, err := parseJSON(e.Body, DefaultLimits())
	if err != nil {
		return nil, fmt.Errorf("read the body of %s: %w", e.Ref(), err)
	}
	metadata, written := body.get("metadata"), raw.get("metadata")
	if written.get("namespace") == nil {
		metadata.unset("namespace")
	}
	annotations := metadata.get("annotations")
	for _, key := range []string{AnnotationLocation, AnnotationOriginLocation, AnnotationSourceLocation, AnnotationOrphan} {
		if annotations != nil && written.get("annotations").get(key) == nil {
			annotations.unset(key)
		}
	}
	if annotations != nil && len(annotations.keys) == 0 && written.get("annotations") == nil {
		metadata.unset("annotations")
	}
	return body.appendJSON(nil), nil
}

// takesIn reports whether a placeholder is anywhere in v.
func takesIn(v *value) bool {
	if isPlaceholder(v) {
		return true
	}
	return v != nil && slices.ContainsFunc(v.items, takesIn)
}
