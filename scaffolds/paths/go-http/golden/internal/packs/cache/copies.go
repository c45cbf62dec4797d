package cache

import (
	"encoding/json"
	"fmt"
	"hash/crc32"
	"reflect"
	"strings"

	"example.com/golden/service/internal/items"
)

// What is kept under the key of an item: that it was written a moment ago, that
// there is none, or a copy of it.
const (
	written = "written"
	absent  = "absent"
	copied  = "copy "
)

// format changes with the fields of an item: instances of two versions that do
// not agree on them do not read each other's copies.
var format = fmt.Sprintf("%08x ", crc32.ChecksumIEEE([]byte(fmt.Sprint(reflect.VisibleFields(reflect.TypeFor[items.Item]())))))

func encode(item items.Item) (string, error) {
	text, err := json.Marshal(item)
	return copied + format + string(text), err
}

// decode returns the item that a copy is of, if it is one that can be read.
func decode(value string) (item items.Item, ok bool) {
	text, ok := strings.CutPrefix(value, copied+format)
	if !ok {
		return item, false
	}
	return item, json.Unmarshal([]byte(text), &item) == nil
}
