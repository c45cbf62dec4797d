package store

import (
	"context"
	"encoding/json"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/database"
	"github.com/goldenpath/platform/internal/store/ent/provideraddress"
)

// ProviderAddresses implements contracts.AddressStore.
func (c *Contracts) ProviderAddresses(ctx context.Context) ([]contracts.ProviderAddress, error) {
	return rowsOf(c.query(ctx), `SELECT id, url, states_url, messages_url, headers, created_at, created_by FROM provider_addresses ORDER BY id`,
		func(rows database.Rows, a *contracts.ProviderAddress) error {
			var headers string
			if err := rows.Scan(&a.Provider, &a.URL, &a.StatesURL, &a.MessagesURL, &headers, &a.CreatedAt, &a.CreatedBy); err != nil {
				return err
			}
			a.CreatedAt = a.CreatedAt.UTC()
			if headers == "" {
				return nil
			}
			return json.Unmarshal([]byte(headers), &a.Headers)
		})
}

// SaveProviderAddress implements contracts.AddressStore.
func (c *Contracts) SaveProviderAddress(ctx context.Context, a contracts.ProviderAddress) error {
	if err := c.DeleteProviderAddress(ctx, a.Provider); err != nil {
		return err
	}
	headers := ""
	if len(a.Headers) > 0 {
		text, err := json.Marshal(a.Headers)
		if err != nil {
			return wrap(err, "write headers of provider "+a.Provider)
		}
		headers = string(text)
	}
	err := c.client(ctx).ProviderAddress.Create().SetID(a.Provider).SetURL(a.URL).SetStatesURL(a.StatesURL).SetMessagesURL(a.MessagesURL).
		SetHeaders(headers).SetCreatedAt(a.CreatedAt).SetCreatedBy(a.CreatedBy).Exec(ctx)
	return wrap(err, "insert address of provider "+a.Provider)
}

// DeleteProviderAddress implements contracts.AddressStore.
func (c *Contracts) DeleteProviderAddress(ctx context.Context, provider string) error {
	_, err := c.client(ctx).ProviderAddress.Delete().Where(provideraddress.ID(provider)).Exec(ctx)
	return wrap(err, "delete address of provider "+provider)
}
