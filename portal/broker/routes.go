package broker

import "github.com/goldenpath/platform/contracts"

// routes is every address, in the order of the Pact Broker's own list.
func (h *Handler) routes() []route {
	const (
		pacticipant = "/pacticipants/:pacticipant"
		branch      = pacticipant + "/branches/:branch"
		number      = pacticipant + "/versions/:version"
		provider    = "/pacts/provider/:provider"
		pair        = provider + "/consumer/:consumer"
		content     = pair + "/pact-version/:sha"
		environment = "/environments/:environment"
	)
	return []route{
		{path: "/", get: h.index},
		{path: "/diagnostic/status/heartbeat", get: h.heartbeat},
		{path: "/diagnostic/status/dependencies", get: h.dependencies},
		{path: "/doc/:rel", get: h.doc},
		{path: "/integrations", get: h.listIntegrations, del: h.deleteIntegrations},
		{path: "/integrations/provider/:provider/consumer/:consumer", del: h.deleteIntegration},
		{path: "/labels", get: h.listLabels},
		{path: "/contracts/publish", post: h.publishContracts},

		{path: "/pacticipants", get: h.listPacticipants, post: h.createPacticipant},
		{path: labelled + ":label", get: h.listLabelled, anything: true},
		{path: pacticipant, get: h.showPacticipant, put: h.replacePacticipant, patch: h.mergePacticipant, del: h.deletePacticipant},
		{path: pacticipant + "/labels/:label", get: h.showLabel, put: h.addLabel, del: h.removeLabel},
		{path: pacticipant + "/branches", get: h.listBranches, del: h.deleteBranches},
		{path: branch, get: h.showBranch, del: h.deleteBranch},
		{path: branch + "/versions", get: h.listBranchVersions},
		{path: branch + "/versions/:version", get: h.showBranchVersion, put: h.addBranchVersion, del: h.removeBranchVersion},
		{path: branch + "/latest-version", get: h.latestOnBranch},
		{path: branch + "/latest-version/can-i-deploy/to-environment/:environment", get: h.canBranchDeploy, text: true},
		{path: pacticipant + "/versions", get: h.listVersions},
		{path: number, get: h.showVersion, put: h.replaceVersion, patch: h.mergeVersion, del: h.deleteVersion},
		{path: number + "/tags/:tag", get: h.showTag, put: h.addTag, del: h.removeTag},
		{path: number + "/deployed-versions/environment/:environment", get: h.listDeployedOfVersion, post: h.recordDeployment},
		{path: number + "/released-versions/environment/:environment", get: h.listReleasedOfVersion, post: h.recordRelease},
		{path: pacticipant + "/tags/:tag/versions", get: h.listTagVersions},
		{path: pacticipant + "/latest-version", get: h.latestVersion},
		{path: pacticipant + "/latest-version/:tag", get: h.latestTagged},
		{path: pacticipant + "/latest-version/:tag/can-i-deploy/to/:to", get: h.canTagDeploy, text: true, anything: true},
		{path: pacticipant + "/environments/:environment/versions", get: h.listEnvironmentVersions},

		{path: "/environments", get: h.listEnvironments, post: h.createEnvironment},
		{path: environment, get: h.showEnvironment, put: h.replaceEnvironment, del: h.deleteEnvironment},
		{path: environment + "/deployed-versions/currently-deployed", get: h.listDeployed},
		{path: environment + "/released-versions/currently-supported", get: h.listReleased},
		{path: "/deployed-versions/:uuid", get: h.showDeployed, patch: h.endDeployed},
		{path: "/released-versions/:uuid", get: h.showReleased, patch: h.endReleased},

		{path: "/pacts/latest", get: h.latestPacts},
		{path: provider, get: h.providerPacts},
		{path: provider + "/latest", get: h.providerLatest},
		{path: provider + "/latest/:tag", get: h.providerLatestTagged, anything: true},
		{path: provider + "/tag/:tag", get: h.providerTagged, anything: true},
		{path: provider + "/branch", get: h.providerMainBranch},
		{path: provider + "/branch/latest", get: h.providerMainBranchLatest},
		{path: provider + "/branch/:branch", get: h.providerBranch, anything: true},
		{path: provider + "/branch/:branch/latest", get: h.providerBranchLatest},
		{path: provider + "/provider-states", get: h.providerStates},
		{path: provider + "/provider-states/branch/:branch", get: h.providerStatesOnBranch, anything: true},
		{path: provider + "/provider-states/environment/:environment", get: h.providerStatesInEnvironment},
		{path: provider + "/for-verification", get: h.probeVerification, post: h.pactsForVerification},
		{path: "/pact/provider/:provider/consumer/:consumer/latest", get: h.latestPact, pact: true, page: true},
		{path: "/pact/provider/:provider/consumer/:consumer/version/:version", get: h.showPact, pact: true, put: h.putPact, patch: h.mergePact, del: h.deletePact},
		{path: pair + "/latest", get: h.latestPact, pact: true, page: true},
		{path: pair + "/latest/verification-results/latest", get: h.latestResultOfLatest, del: h.deleteLatestResultOfLatest},
		{path: pair + "/latest/:tag", get: h.latestTaggedPact, pact: true},
		{path: pair + "/latest/:tag/verification-results/latest", get: h.latestResultOfLatest, del: h.deleteLatestResultOfLatest},
		{path: pair + "/latest-untagged", get: h.latestUntaggedPact, pact: true},
		{path: pair + "/branch/:branch/latest", get: h.latestBranchPact, pact: true},
		h.pactList(pair+"/branch/:branch", h.pactsOn(contracts.VersionFilter{})),
		h.pactList(pair+"/branch/:branch/latest/versions", h.pactsOn(contracts.VersionFilter{Latest: true})),
		h.pactList(pair+"/branch", h.pactsOn(contracts.VersionFilter{})), // the official CLI asks here; the peer has no such address
		h.pactList(pair+"/branch/versions", h.pactsOn(contracts.VersionFilter{})),
		h.pactList(pair+"/branch/latest/versions", h.pactsOn(contracts.VersionFilter{Latest: true})),
		h.pactList(pair+"/tag/:tag", h.taggedPacts),
		h.pactList(pair+"/versions", h.allPacts),
		{path: pair + "/versions/:version", get: h.showPact, pact: true, put: h.putPact, patch: h.mergePact, del: h.deletePact},
		{path: pair + "/version/:version", get: h.showPact, pact: true, put: h.putPact, patch: h.mergePact, del: h.deletePact},
		{path: pair + "/version/:version/previous-distinct", get: h.previousDistinct, pact: true},
		{path: pair + "/version/:version/diff/previous-distinct", get: h.diffPrevious, text: true},
		{path: pair + "/version/:version/diff/version/:other", get: h.diffVersions, text: true},
		{path: pair + "/version/:version/verification-results/latest", get: h.latestResultOfPact, del: h.deleteLatestResultOfPact},
		{path: content, get: h.showContent, pact: true},
		{path: content + "/metadata/:metadata", get: h.showContent, pact: true, anything: true},
		{path: content + "/diff/pact-version/:other", get: h.diffContents, text: true},
		{path: content + "/verification-results", post: h.recordVerification},
		{path: content + "/verification-results/latest", get: h.latestResultOfContent, del: h.deleteLatestResultOfContent},
		{path: content + "/verification-results/:number", get: h.showVerification, del: h.deleteVerification},
		{path: content + "/metadata/:metadata/verification-results", post: h.recordVerification},
		{path: content + "/metadata/:metadata/verification-results/:number", get: h.showVerification, del: h.deleteVerification},
		{path: "/verification-results/consumer/:consumer/version/:version/latest", get: h.resultsOfConsumerVersion},

		{path: "/can-i-deploy", get: h.canIDeploy, text: true},
		{path: "/matrix", get: h.matrix, text: true},
		{path: "/matrix/provider/:provider/consumer/:consumer", get: h.matrixOfPair, text: true},
	}
}
