package catalog

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/types"
)

const (
	importPage    = 200              // entities asked for at a time
	importPush    = 200              // entities sent at a time
	importBytes   = 4 << 20          // of entities, after which no more are sent with them
	importTimeout = 60 * time.Second // of one answer
	maxAnswer     = 256 << 20        // bytes of one answer
)

func (in *intake) fromBackstage(ctx context.Context, address string) error {
	u, err := url.Parse(strings.TrimSuffix(address, "/"))
	if err != nil || u.Host == "" {
		return fault.New(fault.Invalid, "%s is no address.", address).WithHint("Write it like https://backstage.acme.example")
	}
	b := backstage{base: strings.TrimSuffix(u.String(), "/api/catalog") + "/api/catalog", token: os.Getenv("BACKSTAGE_TOKEN")}
	var locations []struct {
		Data struct{ Type, Target string } `json:"data"`
	}
	if err := b.get(ctx, "/locations", &locations); err != nil {
		return err
	}
	before, err := collect(ctx, in.api, listOptions{})
	if err != nil {
		return err
	}
	for _, l := range locations {
		if l.Data.Type != "url" && l.Data.Type != "git" {
			continue // lies on the other machine: its entities are taken as they are
		}
		if err := in.register(ctx, types.LocationRequest{Target: l.Data.Target}); err != nil {
			return err
		}
	}
	here, err := collect(ctx, in.api, listOptions{})
	if err != nil {
		return err
	}
	in.takenOver(before.Items, here.Items)
	return in.copyOthers(ctx, b, here.Items)
}

// backstage asks a running Backstage.
type backstage struct{ base, token string }

// get reads one answer. What goes wrong is a fault that names the address.
func (b backstage) get(ctx context.Context, address string, into any) error {
	ctx, cancel := context.WithTimeout(ctx, importTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, b.base+address, http.NoBody)
	if err != nil {
		return fault.New(fault.Invalid, "%s is no address.", b.base).WithCause(err)
	}
	request.Header.Set("Accept", "application/json")
	if b.token != "" {
		request.Header.Set("Authorization", "Bearer "+b.token)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return fault.New(fault.Unavailable, "Backstage at %s cannot be reached.", b.base).
			WithHint("Check the address and whether it runs.").WithCause(err)
	}
	defer answer.Body.Close()
	switch answer.StatusCode {
	case http.StatusOK:
	case http.StatusUnauthorized, http.StatusForbidden:
		return fault.New(fault.Forbidden, "Backstage at %s does not let us read its catalog.", b.base).
			WithHint("Give a token that may: BACKSTAGE_TOKEN=... platform catalog import --backstage ADDRESS")
	default:
		return fault.New(fault.Unavailable, "Backstage at %s answered %s.", b.base, answer.Status).
			WithHint("Check that it is the address of its backend, where /api/catalog is.")
	}
	decoder := json.NewDecoder(io.LimitReader(answer.Body, maxAnswer))
	decoder.UseNumber() // numbers stay as they are written
	if err := decoder.Decode(into); err != nil {
		return fault.New(fault.Unavailable, "What Backstage at %s answered is no JSON.", b.base).
			WithHint("Check that it is the address of its backend, where /api/catalog is.").WithCause(err)
	}
	return nil
}
