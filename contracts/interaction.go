package contracts

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Interaction is one request and response, or message, of a pact, for people.
type Interaction struct {
	ID          string
	Kind        string // http, message or sync-message
	Description string
	States      []string // provider states, in order
	Sentence    string   // what the consumer relies on, in words
	Pending     bool     // the consumer marked it so, because the provider does not have it yet

	Method         string
	Path           string
	Query          string
	RequestHeaders map[string]string
	RequestBody    json.RawMessage // of a synchronous message, its request

	Status          int
	ResponseHeaders map[string]string
	ResponseBody    json.RawMessage // of a message, its content
	Responses       int             // how many a synchronous message has; ResponseBody is that of the first

	Result     string   // passed, failed or unknown in the latest verification
	Mismatches []string // why it failed
}

// The kinds of interaction.
const (
	HTTP        = "http"
	Message     = "message"
	SyncMessage = "sync-message"
)

// People returns the interactions of the pact as people read them.
func (d *Document) People() []Interaction {
	root, _ := d.root.(object)
	out := make([]Interaction, 0, d.Interactions)
	for _, list := range verifiable(root) {
		items, _ := list.value.([]any)
		for _, item := range items {
			if o, ok := item.(object); ok {
				out = append(out, d.interaction(list.key, o))
			}
		}
	}
	return out
}

// interaction reads one interaction of the list with a key.
func (d *Document) interaction(key string, o object) Interaction {
	in := Interaction{
		ID:   interactionID(slices.DeleteFunc(slices.Clone(o), func(m member) bool { return m.key == "_id" })),
		Kind: kindOf(key, o), Description: o.text("description"), States: statesOf(o), Result: StatusUnknown,
	}
	if mark, _ := o.get("pending"); mark == true && key == "interactions" {
		major, _, _ := strings.Cut(d.Specification, ".")
		in.Pending = major == "4"
	}
	if in.Kind == HTTP {
		in.readHTTP(o)
	} else {
		in.readMessage(o)
	}
	in.Sentence = in.sentence()
	return in
}

func kindOf(key string, o object) string {
	switch o.text("type") {
	case "Asynchronous/Messages":
		return Message
	case "Synchronous/Messages":
		return SyncMessage
	}
	if _, http := o.get("request"); !http && key == "messages" {
		return Message
	}
	return HTTP
}

// statesOf reads providerStates of specification 3 and later, or the one state
// of those before.
func statesOf(o object) []string {
	v, _ := o.get("providerStates")
	list, ok := v.([]any)
	if !ok {
		for _, key := range []string{"providerState", "provider_state"} {
			if s := o.text(key); s != "" {
				return []string{s}
			}
		}
		return nil
	}
	var states []string
	for _, item := range list {
		if state, ok := item.(object); ok && state.text("name") != "" {
			states = append(states, state.text("name"))
		}
	}
	return states
}

func (in *Interaction) readHTTP(o object) {
	request, _ := o.get("request")
	if r, ok := request.(object); ok {
		in.Method, in.Path = strings.ToUpper(r.text("method")), r.text("path")
		q, _ := r.get("query")
		in.Query = queryText(q)
		in.RequestHeaders, in.RequestBody = headersOf(r), bodyOf(r, "body")
	}
	response, _ := o.get("response")
	if r, ok := response.(object); ok {
		status, _ := r.get("status")
		if n, ok := status.(json.Number); ok {
			code, _ := n.Int64()
			in.Status = int(code)
		}
		in.ResponseHeaders, in.ResponseBody = headersOf(r), bodyOf(r, "body")
	}
}

func (in *Interaction) readMessage(o object) {
	in.ResponseBody = bodyOf(o, "contents")
	if in.Kind != SyncMessage {
		return
	}
	if request, ok := o.get("request"); ok {
		if r, ok := request.(object); ok {
			in.RequestBody = bodyOf(r, "contents")
		}
	}
	responses, _ := o.get("response")
	list, _ := responses.([]any)
	in.Responses = len(list)
	if len(list) > 0 {
		if r, ok := list[0].(object); ok {
			in.ResponseBody = bodyOf(r, "contents")
		}
	}
}

// bodyOf returns a body as JSON. Specification 4 wraps it as {content,
// contentType, encoded}; people want what is inside.
func bodyOf(o object, key string) json.RawMessage {
	v, ok := o.get(key)
	if !ok || v == nil {
		return nil
	}
	if wrapped, ok := v.(object); ok {
		_, typed := wrapped.get("contentType")
		if inner, ok := wrapped.get("content"); ok && typed {
			v = inner
		}
	}
	return appendJSON(nil, v)
}

func headersOf(o object) map[string]string {
	v, _ := o.get("headers")
	list, ok := v.(object)
	if !ok {
		return nil
	}
	headers := make(map[string]string, len(list))
	for _, m := range list {
		headers[m.key] = plainText(m.value, ", ")
	}
	return headers
}

// queryText writes a query as text, whether the pact has it as a string or as
// lists by name.
func queryText(v any) string {
	o, ok := v.(object)
	if !ok {
		s, _ := v.(string)
		return s
	}
	var parts []string
	for _, m := range o {
		values, ok := m.value.([]any)
		if !ok {
			values = []any{m.value}
		}
		for _, value := range values {
			parts = append(parts, m.key+"="+plainText(value, ","))
		}
	}
	return strings.Join(parts, "&")
}

func plainText(v any, separator string) string {
	switch v := v.(type) {
	case string:
		return v
	case []any:
		parts := make([]string, len(v))
		for i := range v {
			parts[i] = plainText(v[i], separator)
		}
		return strings.Join(parts, separator)
	default:
		return string(appendJSON(nil, v))
	}
}

// sentence says in words what the consumer relies on.
func (in *Interaction) sentence() string {
	given := ""
	if len(in.States) > 0 {
		given = "Given " + join(in.States) + ", "
	}
	var text string
	switch in.Kind {
	case Message:
		text = "a message arrives" + holding(in.ResponseBody)
	case SyncMessage:
		text = "a message" + holding(in.RequestBody) + " is answered" + holding(in.ResponseBody)
		if in.Responses > 1 {
			text += ", then with " + plural(in.Responses-1, "more message", "more messages")
		}
	default:
		target := in.Path
		if in.Query != "" {
			target += "?" + in.Query
		}
		text = strings.TrimSpace(in.Method+" "+target) + holding(in.RequestBody)
		text += fmt.Sprintf(" is answered with %d%s", in.Status, holding(in.ResponseBody))
	}
	if given == "" && in.Kind != HTTP {
		text = "A" + text[1:]
	}
	return given + text + "."
}

// holding names the top level of a body: fields of an object, length of a list.
func holding(body json.RawMessage) string {
	if body == nil {
		return ""
	}
	v, err := parseJSON(body)
	if err != nil {
		return ""
	}
	switch v := v.(type) {
	case object:
		if len(v) == 0 {
			return " and an empty object"
		}
		names := make([]string, len(v))
		for i, m := range v {
			names[i] = m.key
		}
		return " with " + join(names)
	case []any:
		if len(v) > 0 {
			return " with a list of" + strings.TrimPrefix(holding(appendJSON(nil, v[0])), " with")
		}
		return " with a list"
	default:
		return " with a body"
	}
}
