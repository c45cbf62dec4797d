package contracts

import (
	"context"
	"net/url"
	"slices"
	"time"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/internal/pattern"
)

// ProviderAddress is where a provider runs. Only who may let the server call other
// machines registers one; a server verifies no other address.
type ProviderAddress struct {
	Provider    string
	URL         string
	StatesURL   string // sets up provider states; "" for none
	MessagesURL string // produces messages; "" for none
	// Headers open the provider: names of headers, and of variables in the worker's
	// environment that hold their values. No secret is stored.
	Headers   map[string]string
	CreatedAt time.Time
	CreatedBy string
}

// aVariable is what a header's value may be read from. Other variables of the
// worker are nobody's business: they would be sent to the address.
var aVariable = pattern.New(`^PLATFORM_PROVIDER_[A-Z0-9_]+$`)

// ProviderAddresses lists where providers run, by name.
func (b *Broker) ProviderAddresses(ctx context.Context) ([]ProviderAddress, error) {
	return b.store.ProviderAddresses(ctx)
}

// ProviderAddress returns where a provider runs, or fault.NotFound.
func (b *Broker) ProviderAddress(ctx context.Context, provider string) (ProviderAddress, error) {
	list, err := b.store.ProviderAddresses(ctx)
	if err != nil {
		return ProviderAddress{}, err
	}
	at := slices.IndexFunc(list, func(a ProviderAddress) bool { return a.Provider == provider })
	if at < 0 {
		return ProviderAddress{}, fault.New(fault.NotFound, "Nobody has registered where %s runs, so the server cannot verify it.", provider).
			WithHint("An administrator registers it: platform contracts provider set %s --provider-url URL. Or verify it from where you are: platform contracts verify --provider %s --provider-url URL",
				quote(provider), quote(provider))
	}
	return list[at], nil
}

// KnownProvider is fault.NotFound for a service that nobody has named, and for which
// no address is registered: most likely its name is misspelt.
func (b *Broker) KnownProvider(ctx context.Context, name string) error {
	unknown := b.Known(ctx, name)
	if !fault.Is(unknown, fault.NotFound) {
		return unknown
	}
	list, err := b.store.ProviderAddresses(ctx)
	if err != nil || slices.ContainsFunc(list, func(a ProviderAddress) bool { return a.Provider == name }) {
		return err
	}
	near, err := b.similarNames(ctx, name)
	if err != nil {
		return err
	}
	missing := fault.From(unknown)
	if len(near) == 0 {
		return missing.WithHint("Register it once it is in the catalog, or once a consumer has published a pact with it. See all contracts: platform contracts list")
	}
	return missing.WithHint("Did you mean this? platform contracts provider set %s --provider-url URL", quote(near[0]))
}

// RegisterProvider stores where a provider runs, in place of what was known. An
// address with a name or a password in it is refused: who lists providers sees it.
func (b *Broker) RegisterProvider(ctx context.Context, a ProviderAddress) (ProviderAddress, error) {
	bad := fault.New(fault.Invalid, "This address cannot be registered.")
	for _, given := range []struct{ field, address string }{
		{"url", a.URL}, {"provider_states_url", a.StatesURL}, {"messages_url", a.MessagesURL},
	} {
		if given.address == "" && given.field != "url" {
			continue
		}
		u, err := url.Parse(given.address)
		switch {
		case err != nil || u.Hostname() == "" || (u.Scheme != "http" && u.Scheme != "https"):
			bad = bad.WithField(given.field, "%q is not an http address", fault.Address(given.address)).
				WithHint("It looks like http://inventory.test:8080")
		case u.User != nil: // it would be stored, and requests to the provider go without it
			bad = bad.WithField(given.field, "holds a name or a password, which is not stored").
				WithHint("Leave it out. What opens a provider goes with each request in a header, whose value the platform's workers have in a variable: "+
					"platform contracts provider set %s --provider-url URL --header Authorization=PLATFORM_PROVIDER_HEADER", quote(a.Provider))
		}
	}
	for name, variable := range a.Headers {
		if !aVariable().MatchString(variable) {
			// Without what was given: it may be the value itself, and that is a secret.
			bad = bad.WithField("headers."+name, "is not a variable that may be sent; its name begins with PLATFORM_PROVIDER_").
				WithHint("Give the value to the platform's workers in a variable, for example PLATFORM_PROVIDER_HEADER, and name the variable here.")
		}
	}
	if a.Provider == "" {
		bad = bad.WithField("provider", "is missing")
	}
	if len(bad.Fields) > 0 {
		return ProviderAddress{}, bad
	}
	a.CreatedAt = b.clock()
	return a, b.unit.InTx(ctx, func(ctx context.Context) error { return b.store.SaveProviderAddress(ctx, a) })
}

// ForgetProvider removes where a provider runs, and returns it.
func (b *Broker) ForgetProvider(ctx context.Context, provider string) (a ProviderAddress, err error) {
	err = b.unit.InTx(ctx, func(ctx context.Context) error {
		if a, err = b.ProviderAddress(ctx, provider); err != nil {
			return err
		}
		return b.store.DeleteProviderAddress(ctx, provider)
	})
	return a, err
}
