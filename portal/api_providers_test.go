package portal

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/contracts/contractstest"
)

// oldProviders knows an address with secrets in it, which an older version stored.
type oldProviders struct{ *siteContracts }

var oldAddress = contracts.ProviderAddress{
	Provider: "inventory", URL: "http://ada:hush@inventory.test/v1", StatesURL: "http://hush@inventory.test/states", MessagesURL: "http://inventory.test/messages?key=hush", CreatedAt: apiTime,
}

func (oldProviders) ProviderAddresses(context.Context) ([]contracts.ProviderAddress, error) {
	return []contracts.ProviderAddress{oldAddress}, nil
}

func (oldProviders) RegisterProvider(context.Context, contracts.ProviderAddress) (contracts.ProviderAddress, error) {
	return oldAddress, nil
}

func (oldProviders) ForgetProvider(context.Context, string) (contracts.ProviderAddress, error) {
	return oldAddress, nil
}

func TestAnAddressOfAProviderIsServedWithoutItsSecret(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(o *Options) { o.Contracts = oldProviders{&siteContracts{emptyAPIFakes().contracts}} })
	for _, line := range []string{
		"GET /api/v1/contracts/providers", `PUT /api/v1/contracts/providers/inventory {"url":"http://inventory.test/v1"}`, "DELETE /api/v1/contracts/providers/inventory",
	} {
		answer := s.ask(t, line)
		body := answer.Body.String()
		for _, want := range []string{`"url":"http://ada:xxxxx@inventory.test/v1"`, `"provider_states_url":"http://xxxxx@inventory.test/states"`, `"messages_url":"http://inventory.test/messages?key=xxxxx"`} {
			if !strings.Contains(body, want) {
				t.Errorf("%s does not say %s: %d %s", line, want, answer.Code, body)
			}
		}
		if strings.Contains(body, "hush") {
			t.Errorf("%s: a secret is in %s", line, body)
		}
	}
}

// newProviders keeps what contracts take.
type newProviders struct {
	*siteContracts
	kept *contracts.Broker
}

func (p newProviders) RegisterProvider(ctx context.Context, a contracts.ProviderAddress) (contracts.ProviderAddress, error) {
	return p.kept.RegisterProvider(ctx, a)
}

// TestAnAddressThatIsRefusedIsNotRepeated sends what neither the description of the
// API nor the rules of contracts let through.
func TestAnAddressThatIsRefusedIsNotRepeated(t *testing.T) {
	t.Parallel()
	store := contractstest.NewStore()
	kept := contracts.New(store, store, nil)
	s := newSite(t, func(o *Options) { o.Contracts = newProviders{&siteContracts{emptyAPIFakes().contracts}, kept} })
	for body, wants := range map[string][]string{
		`{"url":"http://ada:hush@inventory.test"}`:                                            {`"name":"url"`, "holds a name or a password", "--header Authorization=PLATFORM_PROVIDER_HEADER"},
		`{"url":"http://inventory.test","provider_states_url":"https://hush@inventory.test"}`: {`"name":"provider_states_url"`, "holds a name or a password", "--header Authorization=PLATFORM_PROVIDER_HEADER"},
		`{"url":"http://inventory.test","messages_url":"ftp://ada:hush@inventory.test"}`:      {`"name":"messages_url"`, "is not an http address"},
		`{"url":"ftp://ada:hush@inventory.test"}`:                                             {`url`},
	} {
		answer := s.ask(t, "PUT /api/v1/contracts/providers/inventory "+body)
		said := answer.Body.String()
		for _, want := range wants {
			if !strings.Contains(said, want) {
				t.Errorf("%s: it does not say %s: %s", body, want, said)
			}
		}
		if answer.Code != 422 && answer.Code != 400 || strings.Contains(said, "hush") {
			t.Errorf("%s: %d %s", body, answer.Code, said)
		}
	}
	if log := s.log.String() + fmt.Sprint(s.entries(t)); strings.Contains(log, "hush") {
		t.Errorf("a secret is in the log: %s", log)
	}
	if list, err := kept.ProviderAddresses(t.Context()); err != nil || len(list) > 0 {
		t.Errorf("kept %+v, %v", list, err)
	}
}
