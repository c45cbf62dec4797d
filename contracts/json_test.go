package contracts

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
)

// FuzzJSON compares what is read with what encoding/json reads, token by token.
func FuzzJSON(f *testing.F) {
	many := make([]string, 3*fewMembers)
	for i := range many {
		many[i] = fmt.Sprintf(`"%d":%d`, i%(2*fewMembers), i)
	}
	for _, text := range []string{
		"", " ", "null", "true", "false", `"a"`, "-0", "1.50", "1e3", "12345678901234567890", "01", "1.", "nul", "[", "]", "{", "[1 2]", "[1,]", "[,1]", "{}", "[]",
		`{"a":1,"a":2}`, `{"a":{"b":[1,{"c":null}]},"d":"e"}`, `{"a" 1}`, `{"a":1,}`, `{1:2}`, `{"a"}`, "1 2", "{} x", "\xef\xbb\xbf1",
		`"\u00e9 \ud800 \ud83d\ude00 \u0000 \/"`, "\"\xff\xc3(\xe2\x82\"", "{\"\xff\":1,\"\ufffd\":2}", "\"\n\"", `"\x"`, `"\u12"`, "\"\u2028\"",
		"{" + strings.Join(many, ",") + "}", strings.Repeat("[", maxDepth+1) + strings.Repeat("]", maxDepth+1), strings.Repeat("[", maxDepth+2),
		strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth),
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		before := bytes.Clone(data)
		got, err := parseJSON(data)
		want, wantErr := slowJSON(data)
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("%q: %v, want %v", data, err, wantErr)
		}
		if err == nil && !reflect.DeepEqual(got, want) {
			t.Fatalf("%q:\n%#v\nwant\n%#v", data, got, want)
		}
		if !bytes.Equal(before, data) {
			t.Error("what is read was written")
		}
	})
}

// slowJSON reads one value with encoding/json.
func slowJSON(data []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	v, err := slowValue(dec, 0)
	if err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is more")
	}
	return v, nil
}

func slowValue(dec *json.Decoder, depth int) (any, error) {
	if depth > maxDepth {
		return nil, errTooDeep
	}
	token, err := dec.Token()
	delim, ok := token.(json.Delim)
	if err != nil || !ok {
		return token, err
	}
	list, o := []any{}, object{}
	for dec.More() {
		key := json.Token(nil)
		if delim == '{' {
			if key, err = dec.Token(); err != nil {
				return nil, err
			}
		}
		v, err := slowValue(dec, depth+1)
		if err != nil {
			return nil, err
		}
		if list = append(list, v); delim == '{' {
			name, _ := key.(string)
			o = o.set(name, v)
		}
	}
	if _, err = dec.Token(); delim == '{' {
		return o, err
	}
	return list, err
}
