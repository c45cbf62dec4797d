package httpapi_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/caarlos0/env/v11"

	"example.com/golden/service/internal/clients"
	"example.com/golden/service/internal/items/memory"
	"example.com/golden/service/internal/outbound"
)

// called returns the clients of the services called, with the settings that
// main starts from. Each leads to where nobody listens, unless environ says
// otherwise: "INVENTORY_URL=http://127.0.0.1:12345".
func called(tb testing.TB, caller *outbound.Caller, environ ...string) *clients.Clients {
	tb.Helper()
	values := addresses(tb, "http://127.0.0.1:1")
	for name, value := range env.ToMap(environ) {
		if values[name] == "" {
			tb.Fatalf("no service called is found by %s", name)
		}
		values[name] = value
	}
	var settings clients.Config
	if err := env.ParseWithOptions(&settings, env.Options{Environment: values}); err != nil {
		tb.Fatal(err)
	}
	made, err := clients.New(settings, caller.Client)
	if err != nil {
		tb.Fatal(err)
	}
	return made
}

// addresses returns the settings that say where the services called are.
func addresses(tb testing.TB, address string) map[string]string {
	tb.Helper()
	known, err := env.GetFieldParams(&clients.Config{})
	if err != nil {
		tb.Fatal(err)
	}
	values := map[string]string{}
	for _, setting := range known {
		if strings.HasSuffix(setting.Key, "_URL") {
			values[setting.Key] = address
		}
	}
	return values
}

// An operation that calls another service finds its client in these tests, and
// not a nil pointer.
func TestNewService_hasEveryClient(t *testing.T) {
	t.Parallel()
	var environ []string
	for name, address := range addresses(t, "http://127.0.0.1:2") {
		environ = append(environ, name+"="+address)
	}
	made := reflect.ValueOf(newService(t, memory.New(), environ...).clients).Elem()
	for i := range made.NumField() {
		if made.Field(i).IsNil() {
			t.Errorf("there is no client %s", made.Type().Field(i).Name)
		}
	}
	if made.NumField() != len(environ) {
		t.Errorf("%d clients have %d addresses", made.NumField(), len(environ))
	}
}
