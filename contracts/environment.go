package contracts

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"github.com/goldenpath/platform/internal/fault"
)

// Environments lists environments by name.
func (b *Broker) Environments(ctx context.Context) ([]Environment, error) {
	return b.store.Environments(ctx)
}

// Environment returns the environment called name, or fault.NotFound that lists
// those there are.
func (b *Broker) Environment(ctx context.Context, name string) (Environment, error) {
	envs, err := b.store.Environments(ctx)
	if err != nil {
		return Environment{}, err
	}
	for _, e := range envs {
		if e.Name == name {
			return e, nil
		}
	}
	return Environment{}, noEnvironment(name, envs)
}

// noEnvironment explains that none of envs has the name.
func noEnvironment(name string, envs []Environment) error {
	names := make([]string, len(envs))
	for i, e := range envs {
		names[i] = e.Name
	}
	missing := fault.New(fault.NotFound, "There is no environment called %q.", name).
		WithField("environment", "%q is not one of: %s", name, strings.Join(names, ", "))
	if len(names) == 0 {
		return missing.WithHint("Make it with the Pact CLI: pact broker create-environment --name %s", quote(name))
	}
	return missing.WithHint("Use one of: %s.", strings.Join(names, ", "))
}

// EnvironmentByID returns an environment by its UUID, or fault.NotFound.
func (b *Broker) EnvironmentByID(ctx context.Context, id string) (Environment, error) {
	envs, err := b.store.Environments(ctx)
	if err != nil {
		return Environment{}, err
	}
	for _, e := range envs {
		if e.ID == id {
			return e, nil
		}
	}
	return Environment{}, fault.New(fault.NotFound, "There is no environment with id %s.", id)
}

func (b *Broker) findEnvironment(ctx context.Context, name string) (Environment, bool, error) {
	e, err := b.Environment(ctx, name)
	if fault.Is(err, fault.NotFound) {
		return Environment{}, false, nil
	}
	return e, err == nil, err
}

// CreateEnvironment stores a new environment under a fresh id. A taken name is
// fault.Conflict.
func (b *Broker) CreateEnvironment(ctx context.Context, e Environment) (Environment, error) {
	if err := checkEnvironment(e); err != nil {
		return Environment{}, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return Environment{}, err
	}
	e.ID, e.CreatedAt = id.String(), b.clock()
	return e, b.unit.InTx(ctx, func(ctx context.Context) error { return b.store.InsertEnvironment(ctx, e) })
}

// ReplaceEnvironment sets everything but the id and the creation of environment
// e.ID. To name it otherwise while something is in it is a fault.Conflict.
func (b *Broker) ReplaceEnvironment(ctx context.Context, e Environment) (Environment, error) {
	if err := checkEnvironment(e); err != nil {
		return Environment{}, err
	}
	err := b.remove(ctx, func(ctx context.Context) error {
		before, err := b.EnvironmentByID(ctx, e.ID)
		if err != nil {
			return err
		}
		if e.Name != before.Name {
			if err := b.refuseWhileOccupied(ctx, before, "Under another name"); err != nil {
				return err
			}
		}
		other, taken, err := b.findEnvironment(ctx, e.Name)
		if err != nil {
			return err
		}
		if taken && other.ID != e.ID {
			return fault.New(fault.Conflict, "There is another environment called %q.", e.Name).WithField("name", "is taken")
		}
		e.CreatedAt, e.UpdatedAt = before.CreatedAt, b.clock()
		return b.store.UpdateEnvironment(ctx, e)
	})
	return e, err
}

// DeleteEnvironment removes an environment and what was recorded in it. While
// something is in it that is a fault.Conflict.
func (b *Broker) DeleteEnvironment(ctx context.Context, id string) error {
	return b.remove(ctx, func(ctx context.Context) error {
		e, err := b.EnvironmentByID(ctx, id)
		if err != nil {
			return err
		}
		if err := b.refuseWhileOccupied(ctx, e, "Deleted with it"); err != nil {
			return err
		}
		return b.store.DeleteEnvironment(ctx, id)
	})
}

// refuseWhileOccupied is a fault.Conflict while anything is in the environment.
// Pipelines ask by its name, and would find nothing there.
func (b *Broker) refuseWhileOccupied(ctx context.Context, e Environment, how string) error {
	there, err := b.store.Deployments(ctx, DeploymentFilter{EnvironmentID: e.ID, Current: true})
	if err != nil || len(there) == 0 {
		return err
	}
	return fault.New(fault.Conflict, "%s %s is in %s. %s, what is there would not be found, and the gate could say yes by mistake.", there[0].Service, there[0].Version, e.Name, how).
		WithHint("Whatever has left it, record that first: %s", there[0].leaving())
}

func checkEnvironment(e Environment) error {
	if e.Name == "" || strings.ContainsAny(e.Name, " \t\n") {
		return fault.New(fault.Invalid, "%q is not a name for an environment.", e.Name).
			WithField("name", "must be one word, such as staging")
	}
	if err := checkPlain("displayName", e.DisplayName); err != nil {
		return err
	}
	return checkName("name", e.Name)
}
