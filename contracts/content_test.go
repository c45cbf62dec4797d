package contracts

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestIdentityIsThePactBrokers(t *testing.T) {
	t.Parallel()
	// Digests recorded from a live Pact Broker.
	doc, err := ParsePact("", []byte(`{"consumer": {"name": "Foo"}, "provider": {"name": "Bar"}, "interactions": [{"description": "req 4", "providerState": "s1", "request": {"method": "GET", "path": "/4"}, "response": {"status": 200}}], "metadata": {"pactSpecification": {"version": "2.0.0"}}}`))
	if err != nil {
		t.Fatal(err)
	}
	if want := "548124d87f3ed556ea50b5dfdf3f5add2180c0f2"; doc.SHA != want {
		t.Errorf("SHA = %s, want %s", doc.SHA, want)
	}
	want := `{"consumer":{"name":"Foo"},"provider":{"name":"Bar"},"interactions":[{"_id":"a6c2c6e7f0503bedfc9169390cc55662b14f0213","description":"req 4","providerState":"s1","request":{"method":"GET","path":"/4"},"response":{"status":200}}],"metadata":{"pactSpecification":{"version":"2.0.0"}}}`
	if diff := cmp.Diff(want, string(doc.WithIDs())); diff != "" {
		t.Errorf("with ids (-want +got):\n%s", diff)
	}
}
