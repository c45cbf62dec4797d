package contracts

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/goldenpath/platform/internal/fault"
)

// RecordDeployment says that d.Version of d.Service runs in d.Environment, in
// place of what ran there before under the same ApplicationInstance. Saying it
// again changes nothing.
func (b *Broker) RecordDeployment(ctx context.Context, d Deployment) (Deployment, error) {
	return b.record(ctx, d, b.deploy)
}

// RecordRelease says that d.Version of d.Service is available in d.Environment
// beside others, until its support ends.
func (b *Broker) RecordRelease(ctx context.Context, d Deployment) (Deployment, error) {
	return b.record(ctx, d, func(ctx context.Context, v Version, e Environment, _ string) (Deployment, error) {
		return b.release(ctx, v, e)
	})
}

func (b *Broker) record(ctx context.Context, d Deployment,
	as func(context.Context, Version, Environment, string) (Deployment, error),
) (out Deployment, err error) {
	err = b.add(ctx, func(ctx context.Context) error {
		// The environment first: it is the likelier mistake, and the one whose
		// answer lists what there is.
		env, err := b.Environment(ctx, d.Environment)
		if err != nil {
			return err
		}
		v, err := b.Version(ctx, d.Service, d.Version)
		if err != nil {
			return err
		}
		out, err = as(ctx, v, env, d.ApplicationInstance)
		return err
	})
	return out, err
}

// RecordUndeployment says that d.Service no longer runs in d.Environment under
// d.ApplicationInstance, and returns what ran there. When nothing did, the fault
// says under which instances something does.
func (b *Broker) RecordUndeployment(ctx context.Context, d Deployment) (Deployment, error) {
	return b.leave(ctx, Deployed, d, func(there Deployment) bool { return there.ApplicationInstance == d.ApplicationInstance })
}

// RecordSupportEnded says that d.Version of d.Service is no longer available in
// d.Environment, and returns its release.
func (b *Broker) RecordSupportEnded(ctx context.Context, d Deployment) (Deployment, error) {
	return b.leave(ctx, Released, d, func(there Deployment) bool { return there.Version == d.Version })
}

// leave ends the current deployment of a service in an environment that is meant.
func (b *Broker) leave(ctx context.Context, kind DeploymentKind, d Deployment, meant func(Deployment) bool) (ended Deployment, err error) {
	err = b.unit.InTx(ctx, func(ctx context.Context) error {
		env, err := b.Environment(ctx, d.Environment)
		if err != nil {
			return err
		}
		p, err := b.Pacticipant(ctx, d.Service)
		if err != nil {
			return err
		}
		list, err := b.store.Deployments(ctx, DeploymentFilter{
			Kind: kind, PacticipantIDs: []int64{p.ID}, EnvironmentID: env.ID, Current: true,
		})
		if err != nil {
			return err
		}
		at := slices.IndexFunc(list, meant)
		if at < 0 {
			return notThere(kind, d, list)
		}
		ended, err = b.EndDeployment(ctx, kind, list[at].ID)
		return err
	})
	return ended, err
}

// notThere says what is there instead.
func notThere(kind DeploymentKind, d Deployment, there []Deployment) error {
	what := d.Service
	switch {
	case d.Version != "":
		what = "version " + d.Version + " of " + d.Service
	case d.ApplicationInstance != "":
		what += " under the instance " + d.ApplicationInstance
	}
	missing := fault.New(fault.NotFound, "Nothing is recorded in %s as %s: %s.", d.Environment, kind, what)
	if len(there) == 0 {
		return missing.WithHint("No version of %s is %s there.", d.Service, kind)
	}
	names := make([]string, len(there))
	for i, t := range there {
		names[i] = t.Version
		if t.ApplicationInstance != "" {
			names[i] += " under --application-instance " + quote(t.ApplicationInstance)
		}
	}
	return missing.WithHint("There are: %s.", join(names))
}

// deploy ends what the instance ran and starts v, unless it runs v already.
func (b *Broker) deploy(ctx context.Context, v Version, e Environment, instance string) (Deployment, error) {
	if instance != "" {
		if err := checkName("applicationInstance", instance); err != nil {
			return Deployment{}, err
		}
	}
	slot := DeploymentFilter{
		Kind: Deployed, PacticipantIDs: []int64{v.PacticipantID}, EnvironmentID: e.ID, Instance: &instance, Current: true,
	}
	running, err := b.store.Deployments(ctx, slot)
	if err != nil {
		return Deployment{}, err
	}
	for _, d := range running {
		if d.VersionID == v.ID {
			return d, nil
		}
	}
	if _, err := b.store.EndDeployments(ctx, slot, b.clock()); err != nil {
		return Deployment{}, err
	}
	return b.insertDeployment(ctx, Deployed, v, e, instance)
}

func (b *Broker) release(ctx context.Context, v Version, e Environment) (Deployment, error) {
	there, err := b.store.Deployments(ctx, DeploymentFilter{
		Kind: Released, VersionIDs: []int64{v.ID}, EnvironmentID: e.ID, Current: true,
	})
	if err != nil {
		return Deployment{}, err
	}
	if len(there) > 0 {
		return there[0], nil
	}
	return b.insertDeployment(ctx, Released, v, e, "")
}

func (b *Broker) insertDeployment(ctx context.Context, kind DeploymentKind, v Version, e Environment, instance string) (Deployment, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return Deployment{}, err
	}
	d := Deployment{
		ID: id.String(), Kind: kind, Service: v.Pacticipant, Version: v.Number, Environment: e.Name,
		ApplicationInstance: instance, Current: true, CreatedAt: b.clock(),
		PacticipantID: v.PacticipantID, VersionID: v.ID, EnvironmentID: e.ID,
	}
	return d, b.store.InsertDeployment(ctx, d)
}

// Deployments lists what f keeps, oldest first.
func (b *Broker) Deployments(ctx context.Context, f DeploymentFilter) ([]Deployment, error) {
	return b.store.Deployments(ctx, f)
}

// Deployment returns a deployment or release by id, or fault.NotFound.
func (b *Broker) Deployment(ctx context.Context, kind DeploymentKind, id string) (Deployment, error) {
	list, err := b.store.Deployments(ctx, DeploymentFilter{ID: id, Kind: kind})
	if err == nil && len(list) == 0 {
		err = fault.New(fault.NotFound, "Nothing was %s under the id %s.", kind, id)
	}
	if err != nil {
		return Deployment{}, err
	}
	return list[0], nil
}

// refuseWhileThere is a fault.Conflict while what f keeps is in an environment.
// Deleted, it would still run there, and the gate would not count it any more.
func (b *Broker) refuseWhileThere(ctx context.Context, f DeploymentFilter, what string) error {
	f.Current = true
	list, err := b.store.Deployments(ctx, f)
	if err != nil || len(list) == 0 {
		return err
	}
	var places, commands []string
	for _, d := range list {
		places = append(places, d.Environment)
		commands = append(commands, d.leaving())
	}
	slices.Sort(places)
	return fault.New(fault.Conflict, "%s is in %s. Deleted, it would no longer count there, and the gate could say yes by mistake.", what, join(slices.Compact(places))).
		WithHint("If it has left, record that first: %s", strings.Join(commands, "; "))
}

// leaving is the command that records that it is no longer there.
func (d Deployment) leaving() string {
	if d.Kind == Released {
		return fmt.Sprintf("platform contracts record-support-ended --service %s --version %s --environment %s", quote(d.Service), quote(d.Version), quote(d.Environment))
	}
	command := fmt.Sprintf("platform contracts record-undeployment --service %s --environment %s", quote(d.Service), quote(d.Environment))
	if d.ApplicationInstance != "" {
		command += " --application-instance " + quote(d.ApplicationInstance)
	}
	return command
}

// EndDeployment records that a version no longer runs, or is no longer supported.
func (b *Broker) EndDeployment(ctx context.Context, kind DeploymentKind, id string) (d Deployment, err error) {
	err = b.unit.InTx(ctx, func(ctx context.Context) error {
		if _, err := b.Deployment(ctx, kind, id); err != nil {
			return err
		}
		if _, err := b.store.EndDeployments(ctx, DeploymentFilter{ID: id, Kind: kind, Current: true}, b.clock()); err != nil {
			return err
		}
		d, err = b.Deployment(ctx, kind, id)
		return err
	})
	return d, err
}
