// Package states puts the service's data into the states that consumers'
// contracts start from ("an item exists"). It serves contract verification
// only: the provider test, and a running process started with PACT_STATES=true.
package states

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"example.com/golden/service/internal/items"
)

// State makes one state come true. It may be asked for twice. The parameters
// are those the consumer's contract gives.
type State func(ctx context.Context, params map[string]any) error

// New returns every state, by the name consumers use: what api/openapi.yaml
// calls x-provider-state. Add one when a consumer needs it. While a contract is
// verified the services that this one calls are not there: for an operation that
// asks one, choose a state in which it need not ask.
func New(store items.Store) map[string]State {
	return map[string]State{
		"items exist": func(ctx context.Context, _ map[string]any) error {
			for _, id := range []string{"00000000-0000-7000-8000-000000000001", "00000000-0000-7000-8000-000000000002"} {
				if err := keep(ctx, store, id); err != nil {
					return err
				}
			}
			return nil
		},
		"an item exists": func(ctx context.Context, params map[string]any) error {
			id, ok := params["itemId"].(string)
			if !ok {
				return errors.New(`the state "an item exists" needs the parameter itemId`)
			}
			return keep(ctx, store, id)
		},
	}
}

func keep(ctx context.Context, store items.Store, id string) error {
	parsed, err := uuid.Parse(id)
	if err != nil {
		return fmt.Errorf("item id %q: %w", id, err)
	}
	err = store.Insert(ctx, items.Item{
		ID: parsed, Name: "Blue teapot", Quantity: 3,
		CreatedAt: time.Date(2026, time.January, 2, 15, 4, 5, 0, time.UTC),
	})
	if err != nil && !errors.Is(err, items.ErrExists) {
		return fmt.Errorf("insert item %s: %w", id, err)
	}
	return nil
}

// What a verifier sends before and after each interaction.
type change struct {
	State  string         `json:"state"`
	Action string         `json:"action"`
	Params map[string]any `json:"params"`
}

// Handler answers a verifier's requests to change state.
func Handler(states map[string]State) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var asked change
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&asked); err != nil {
			http.Error(w, "want a JSON object with state, action and params: "+err.Error(), http.StatusBadRequest)
			return
		}
		if asked.Action == "teardown" || asked.State == "" {
			return
		}
		state, ok := states[asked.State]
		if !ok {
			known := slices.Sorted(maps.Keys(states))
			// Answering yes to a state that nobody made would let a contract
			// pass or fail by accident.
			http.Error(w, fmt.Sprintf("there is no state %q here; add it to internal/states (known: %s)", asked.State, strings.Join(known, ", ")), http.StatusNotFound)
			return
		}
		if err := state(r.Context(), asked.Params); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
}
