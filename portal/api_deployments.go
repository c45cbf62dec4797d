package portal

import (
	"context"
	"strconv"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/portal/api/server"
	"github.com/goldenpath/platform/portal/api/types"
)

// RecordDeployment answers POST /contracts/deployments.
func (a *API) RecordDeployment(ctx context.Context, r server.RecordDeploymentRequestObject) (server.RecordDeploymentResponseObject, error) {
	d, err := a.deps.Contracts.RecordDeployment(ctx, contracts.Deployment{
		Service: r.Body.Service, Version: r.Body.Version, Environment: r.Body.Environment, ApplicationInstance: r.Body.ApplicationInstance,
	})
	if err != nil {
		return nil, err
	}
	return server.RecordDeployment201JSONResponse(fromDeployment(d)), nil
}

// RecordUndeployment answers DELETE /contracts/deployments.
func (a *API) RecordUndeployment(ctx context.Context, r server.RecordUndeploymentRequestObject) (server.RecordUndeploymentResponseObject, error) {
	d, err := a.deps.Contracts.RecordUndeployment(ctx, contracts.Deployment{
		Service: r.Params.Service, Environment: r.Params.Environment, ApplicationInstance: value(r.Params.ApplicationInstance),
	})
	if err != nil {
		return nil, err
	}
	return server.RecordUndeployment200JSONResponse(fromDeployment(d)), nil
}

// RecordRelease answers POST /contracts/releases.
func (a *API) RecordRelease(ctx context.Context, r server.RecordReleaseRequestObject) (server.RecordReleaseResponseObject, error) {
	d, err := a.deps.Contracts.RecordRelease(ctx, contracts.Deployment{
		Service: r.Body.Service, Version: r.Body.Version, Environment: r.Body.Environment,
	})
	if err != nil {
		return nil, err
	}
	return server.RecordRelease201JSONResponse(fromDeployment(d)), nil
}

// RecordSupportEnded answers DELETE /contracts/releases.
func (a *API) RecordSupportEnded(ctx context.Context, r server.RecordSupportEndedRequestObject) (server.RecordSupportEndedResponseObject, error) {
	d, err := a.deps.Contracts.RecordSupportEnded(ctx, contracts.Deployment{
		Service: r.Params.Service, Version: r.Params.Version, Environment: r.Params.Environment,
	})
	if err != nil {
		return nil, err
	}
	return server.RecordSupportEnded200JSONResponse(fromDeployment(d)), nil
}

func fromDeployment(d contracts.Deployment) types.Deployment {
	return types.Deployment{
		ID: d.ID, Kind: types.DeploymentKind(d.Kind), Service: d.Service, Version: d.Version, Environment: d.Environment,
		ApplicationInstance: d.ApplicationInstance, DeployedAt: d.CreatedAt, EndedAt: d.EndedAt,
	}
}

// numbered is an id as the API writes it, "" for none.
func numbered(id int64) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(id, 10)
}
