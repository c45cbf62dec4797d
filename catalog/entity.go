package catalog

import (
	"encoding/json"
	"time"
)

// The kinds every catalog knows. Kinds outside this list are kept as they are.
const (
	KindComponent = "Component"
	KindAPI       = "API"
	KindResource  = "Resource"
	KindSystem    = "System"
	KindDomain    = "Domain"
	KindGroup     = "Group"
	KindUser      = "User"
	KindLocation  = "Location"
	KindTemplate  = "Template"
)

// CoreVersion is the apiVersion of the core kinds.
const CoreVersion = "backstage.io/v1alpha1"

// Well-known annotations that the catalog itself sets or reads.
const (
	AnnotationLocation       = "backstage.io/managed-by-location"
	AnnotationOriginLocation = "backstage.io/managed-by-origin-location"
	AnnotationSourceLocation = "backstage.io/source-location"
	AnnotationViewURL        = "backstage.io/view-url"
	AnnotationEditURL        = "backstage.io/edit-url"
	AnnotationOrphan         = "backstage.io/orphan"
	AnnotationSourceTemplate = "backstage.io/source-template"
)

// Entity is one thing in the catalog, in Backstage's format. Entities handed
// out by a Catalog are shared: read them, never change them.
type Entity struct {
	UID        string
	Etag       string
	APIVersion string
	Kind       string
	Metadata   Metadata
	Spec       map[string]any
	Relations  []Relation
	Status     Status
	Source     Source
	// Raw is the JSON of the entity as its file says it: same keys, same order.
	Raw []byte
	// Body is the JSON of the entity after ingestion: placeholders filled in,
	// namespace and managed-by annotations set, lists of references sorted.
	// Relations, uid and etag are not in it; JSON adds them.
	Body      []byte
	CreatedAt time.Time
	UpdatedAt time.Time
	// OrphanedAt is when its file stopped defining it; zero while that does.
	OrphanedAt time.Time
	// Event is what a change does to it; only set to save a change.
	Event *Event
}

// Metadata is what every entity says about itself.
type Metadata struct {
	Name, Namespace, Title, Description string
	Labels, Annotations                 map[string]string
	Tags                                []string
	Links                               []Link
	// Extra holds the keys this type has no field for.
	Extra map[string]any
}

// Link is an address on an entity's page.
type Link struct {
	URL   string `json:"url"`
	Title string `json:"title,omitempty"`
	Icon  string `json:"icon,omitempty"`
	Type  string `json:"type,omitempty"`
	// Extra holds the keys this type has no field for.
	Extra map[string]any `json:"-"`
}

// Relation points from the entity that carries it to another, which need not
// be in the catalog.
type Relation struct {
	Type      string `json:"type"`
	TargetRef string `json:"targetRef"`
}

// Status is what the catalog met while reading or relating an entity.
type Status struct{ Items []StatusItem }

// StatusItem is one thing worth knowing about an entity.
type StatusItem struct {
	Type    string `json:"type"`
	Level   string `json:"level"`
	Message string `json:"message"`
}

// statusProcessing is the type of a status item about a problem in the file.
const statusProcessing = "backstage.io/catalog-processing"

// Source is where an entity is written down.
type Source struct {
	LocationID string
	Type       LocationType
	Target     string
	Branch     string
	Path       string // file inside the location
	Line       int
	Commit     string
}

// Ref returns the name by which others refer to e.
func (e Entity) Ref() Ref { return NewRef(e.Kind, e.Metadata.Namespace, e.Metadata.Name) }

// Title returns what to call e: its title, else its name.
func (e Entity) Title() string {
	if e.Metadata.Title != "" {
		return e.Metadata.Title
	}
	if e.Kind == KindUser || e.Kind == KindGroup {
		if profile, ok := e.Spec["profile"].(map[string]any); ok {
			if name, ok := profile["displayName"].(string); ok && name != "" {
				return name
			}
		}
	}
	return e.Metadata.Name
}

// SpecString returns spec's key when it is a string.
func (e Entity) SpecString(key string) string {
	s, _ := e.Spec[key].(string)
	return s
}

// SpecStrings returns the strings in spec's list called key.
func (e Entity) SpecStrings(key string) []string {
	list, _ := e.Spec[key].([]any)
	var out []string
	for _, v := range list {
		if s, ok := v.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// Related returns the targets of e's relations of one type, in order.
func (e Entity) Related(relationType string) []Ref {
	var refs []Ref
	for _, r := range e.Relations {
		if r.Type != relationType {
			continue
		}
		if ref, err := ParseRef(r.TargetRef, RefDefaults{}); err == nil {
			refs = append(refs, ref)
		}
	}
	return refs
}

// decodeEntity fills e's fields from the JSON of an entity.
func decodeEntity(body []byte) (Entity, error) {
	var doc struct {
		APIVersion string         `json:"apiVersion"`
		Kind       string         `json:"kind"`
		Metadata   map[string]any `json:"metadata"`
		Spec       map[string]any `json:"spec"`
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return Entity{}, err
	}
	return Entity{
		APIVersion: doc.APIVersion, Kind: doc.Kind, Metadata: metadataOf(doc.Metadata), Spec: doc.Spec, Body: body,
	}, nil
}

// Decode fills in what the JSON body says and leaves the rest of e alone:
// stores keep bodies, not fields.
func (e Entity) Decode() (Entity, error) {
	decoded, err := decodeEntity(e.Body)
	if err != nil {
		return Entity{}, err
	}
	e.APIVersion, e.Kind, e.Metadata, e.Spec = decoded.APIVersion, decoded.Kind, decoded.Metadata, decoded.Spec
	return e, nil
}

func metadataOf(m map[string]any) Metadata {
	var out Metadata
	extra := func(key string, v any) {
		if out.Extra == nil {
			out.Extra = map[string]any{}
		}
		out.Extra[key] = v
	}
	for key, v := range m {
		switch key {
		case "name":
			out.Name, _ = v.(string)
		case "namespace":
			out.Namespace, _ = v.(string)
		case "title":
			out.Title, _ = v.(string)
		case "description":
			if out.Description, _ = v.(string); out.Description == "" {
				extra(key, v) // written, and empty: who looks for the key finds it
			}
		case "labels":
			out.Labels = stringMap(v)
		case "annotations":
			out.Annotations = stringMap(v)
		case "tags":
			list, _ := v.([]any)
			for _, item := range list {
				if s, ok := item.(string); ok {
					out.Tags = append(out.Tags, s)
				}
			}
		case "links":
			out.Links = linksOf(v)
		default:
			extra(key, v)
		}
	}
	if out.Namespace == "" {
		out.Namespace = DefaultNamespace
	}
	return out
}

func stringMap(v any) map[string]string {
	m, _ := v.(map[string]any)
	if m == nil {
		return nil
	}
	out := make(map[string]string, len(m))
	for key, item := range m {
		if s, ok := item.(string); ok {
			out[key] = s
		}
	}
	return out
}

func linksOf(v any) []Link {
	list, _ := v.([]any)
	var out []Link
	for _, item := range list {
		m, _ := item.(map[string]any)
		var link Link
		for key, v := range m {
			text, _ := v.(string)
			switch key {
			case "url":
				link.URL = text
			case "title":
				link.Title = text
			case "icon":
				link.Icon = text
			case "type":
				link.Type = text
			default:
				if link.Extra == nil {
					link.Extra = map[string]any{}
				}
				link.Extra[key] = v
			}
		}
		out = append(out, link)
	}
	return out
}
