package catalog

import "strconv"

// formats checks how the fields are written.
func (c *checker) formats(doc *value) {
	metadata := doc.get("metadata")
	c.format(doc.get("apiVersion"), "apiVersion", "apiVersion", validVersion, wantPrefix)
	c.format(doc.get("kind"), "kind", "kind", validKind, wantKind)
	c.format(metadata.get("name"), "metadata.name", "metadata.name", ValidName, wantName)
	if v := metadata.get("namespace"); v != nil {
		c.format(v, "metadata.namespace", "metadata.namespace", ValidNamespace, wantLabel)
	}
	if labels := metadata.get("labels"); labels != nil {
		for i, key := range labels.keys {
			c.key(labels.items[i], "metadata.labels."+key, "labels."+key, key)
			c.format(labels.items[i], "metadata.labels."+key, "labels."+key, validLabelValue, wantName)
		}
	}
	if annotations := metadata.get("annotations"); annotations != nil {
		for i, key := range annotations.keys {
			c.key(annotations.items[i], "metadata.annotations."+key, "annotations."+key, key)
		}
	}
	if tags := metadata.get("tags"); tags != nil {
		for i, tag := range tags.items {
			c.format(tag, "metadata.tags."+strconv.Itoa(i), "tags."+strconv.Itoa(i), validTag, wantTag)
		}
	}
	if links := metadata.get("links"); links != nil {
		for i, link := range links.items {
			c.link(link, strconv.Itoa(i))
		}
	}
}

func (c *checker) key(at *value, field, shown, key string) {
	named := *at
	named.kind, named.text = kindString, key
	c.format(&named, field, shown, validKey, wantPrefix)
}

func (c *checker) link(link *value, i string) {
	c.format(link.get("url"), "metadata.links."+i+".url", "links."+i+".url", validURL, wantURL)
	for _, key := range []string{"title", "icon"} {
		if v := link.get(key); v != nil {
			c.format(v, "metadata.links."+i+"."+key, "links."+i+"."+key, validText, wantText)
		}
	}
}
