package main

import (
	"context"
	"log/slog"

	"github.com/goldenpath/platform/cmd/platform/contracts"
	"github.com/goldenpath/platform/internal/pact"
	"github.com/goldenpath/platform/portal/api/types"
)

// verifyPacts runs pacts against a provider from this machine, for "platform
// contracts verify".
func (p *program) verifyPacts(ctx context.Context, request contracts.Request) (contracts.Result, error) {
	wanted := pact.Request{
		Provider: request.Provider, BaseURL: request.BaseURL, ProviderVersion: request.ProviderVersion, ProviderBranch: request.ProviderBranch,
		StateURL: request.StateURL, StatesDoubt: request.StatesDoubt, MessagesURL: request.MessagesURL, Headers: request.Headers, Timeout: request.Timeout,
	}
	for _, one := range request.Pacts {
		wanted.Pacts = append(wanted.Pacts, pact.Pact(one))
	}
	got, err := pact.New(p.settings.PactVerifier, slog.New(slog.DiscardHandler)).Verify(ctx, wanted)
	if err != nil {
		return contracts.Result{}, err
	}
	var result contracts.Result
	for _, one := range got.Pacts {
		told := contracts.PactResult{SHA: one.SHA, Consumer: one.Consumer, Success: one.Success, Log: one.Log}
		for _, i := range one.Interactions {
			told.Interactions = append(told.Interactions, types.InteractionResult{
				ID: i.ID, Description: i.Description, State: i.State, Status: types.InteractionResultStatus(i.Status), Mismatches: i.Mismatches,
				Pending: i.Pending,
			})
		}
		result.Pacts = append(result.Pacts, told)
	}
	return result, nil
}
