package catalog

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
)

var (
	errNotOne  = errors.New("there is more than one document")
	errTooDeep = errors.New("the document is nested too deep")
)

// parseJSON reads one JSON document, keys in order.
func parseJSON(data []byte, l Limits) (*value, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	v, err := readJSON(d, l.Depth)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errNotOne
	}
	return v, nil
}

func readJSON(d *json.Decoder, depth int) (*value, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	if depth < 0 {
		return nil, errTooDeep
	}
	switch t := token.(type) {
	case string:
		return text(t), nil
	case json.Number:
		return &value{kind: kindNumber, text: t.String()}, nil
	case bool:
		return &value{kind: kindBool, text: strconv.FormatBool(t)}, nil
	case json.Delim:
		return readJSONItems(d, t, depth)
	default:
		return &value{}, nil
	}
}

func readJSONItems(d *json.Decoder, open json.Delim, depth int) (*value, error) {
	v := &value{kind: kindList}
	if open == '{' {
		v.kind = kindObject
	}
	at := map[string]int{}
	for d.More() {
		key := ""
		if v.kind == kindObject {
			token, err := d.Token()
			if err != nil {
				return nil, err
			}
			key, _ = token.(string)
		}
		item, err := readJSON(d, depth-1)
		if err != nil {
			return nil, err
		}
		if v.kind == kindObject {
			if i, twice := at[key]; twice {
				v.items[i] = item // the last one counts, as everywhere in JSON
				continue
			}
			at[key] = len(v.keys)
			v.keys = append(v.keys, key)
		}
		v.items = append(v.items, item)
	}
	_, err := d.Token()
	return v, err
}
