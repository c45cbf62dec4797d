package broker

import (
	"context"

	"github.com/goldenpath/platform/contracts"
)

// environmentLink is a link that also says what is deployed.
type environmentLink struct {
	link
	CurrentlyDeployed   *bool  `json:"currently_deployed,omitempty"`
	CurrentlySupported  *bool  `json:"currently_supported,omitempty"`
	ApplicationInstance string `json:"application_instance,omitempty"`
}

// fullVersion adds where a version is, and where clients record that it is.
func (h *Handler) fullVersion(ctx context.Context, u urls, v contracts.Version) (versionBody, error) {
	bodies, err := h.versionBodies(ctx, u, []contracts.Version{v})
	if err != nil {
		return versionBody{}, err
	}
	body := bodies[0]
	here, err := h.contracts.Deployments(ctx, contracts.DeploymentFilter{VersionIDs: []int64{v.ID}, Current: true})
	if err != nil {
		return versionBody{}, err
	}
	envs, err := h.contracts.Environments(ctx)
	if err != nil {
		return versionBody{}, err
	}
	deployed, released := []environmentLink{}, []environmentLink{}
	record, release := []link{}, []link{}
	yes := true
	for _, e := range envs {
		name := environmentName(e)
		record = append(record, link{Title: "Record deployment to " + name, Name: e.Name, Href: u.version(v.Pacticipant, v.Number) + "/deployed-versions/environment/" + esc(e.ID)})
		release = append(release, link{Title: "Record release to " + name, Name: e.Name, Href: u.version(v.Pacticipant, v.Number) + "/released-versions/environment/" + esc(e.ID)})
		for _, d := range here {
			switch {
			case d.EnvironmentID != e.ID:
			case d.Kind == contracts.Deployed:
				deployed = append(deployed, environmentLink{
					link:              link{Title: "Version deployed to " + name, Name: name, Href: u.at("/deployed-versions/" + d.ID)},
					CurrentlyDeployed: &yes, ApplicationInstance: d.ApplicationInstance,
				})
			default:
				released = append(released, environmentLink{
					link:               link{Title: "Version released to " + name, Name: name, Href: u.at("/released-versions/" + d.ID)},
					CurrentlySupported: &yes,
				})
			}
		}
	}
	body.Links["pb:deployed-environments"], body.Links["pb:released-environments"] = deployed, released
	body.Links["pb:record-deployment"], body.Links["pb:record-release"] = record, release
	return body, nil
}
