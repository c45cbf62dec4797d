package portal

import (
	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/portal/api/server"
	"github.com/goldenpath/platform/portal/api/types"
)

// noteSubject notes what a write is about, for the audit log: the guard has
// noted the operation before, and whoever keeps the log reads both when the
// answer is given.
func noteSubject(next server.StrictHandlerFunc, _ string) server.StrictHandlerFunc {
	return func(c echo.Context, request any) (any, error) {
		if subject := subjectOf(request); subject != "" {
			c.Set(keySubject, subject)
		}
		return next(c, request)
	}
}

// subjectOf says what a write is about, "" for a read.
func subjectOf(request any) string {
	switch r := request.(type) {
	case server.CreateServiceRequestObject:
		return r.Body.Name
	case server.RegisterLocationRequestObject:
		return r.Body.Target
	case server.DeleteLocationRequestObject:
		return r.ID
	case server.RefreshLocationRequestObject:
		return r.ID
	case server.SetLocationScheduleRequestObject:
		return r.ID + " " + r.Body.Every
	case server.DeleteEntityRequestObject:
		return r.Kind + ":" + r.Namespace + "/" + r.Name
	case server.RefreshEntityRequestObject:
		return r.Kind + ":" + r.Namespace + "/" + r.Name
	case server.ProposeCatalogFileRequestObject:
		return r.Body.Repository
	case server.PushEntitiesRequestObject:
		return r.Body.Target
	case server.RetryRunRequestObject:
		return r.ID
	case server.UndoRunRequestObject:
		return r.ID
	case server.CancelRunRequestObject:
		return r.ID
	case server.PublishContractsRequestObject:
		return r.Body.Consumer + " " + r.Body.Version
	case server.RecordVerificationRequestObject:
		return r.Body.Consumer + " with " + r.Body.Provider + " " + r.Body.ProviderVersion
	case server.RecordDeploymentRequestObject:
		return r.Body.Service + " " + r.Body.Version + " in " + r.Body.Environment
	case server.RecordUndeploymentRequestObject:
		return r.Params.Service + " in " + r.Params.Environment
	case server.RecordReleaseRequestObject:
		return r.Body.Service + " " + r.Body.Version + " in " + r.Body.Environment
	case server.RecordSupportEndedRequestObject:
		return r.Params.Service + " " + r.Params.Version + " in " + r.Params.Environment
	case server.RegisterProviderRequestObject:
		return r.Provider + " at " + r.Body.URL
	case server.ForgetProviderRequestObject:
		return r.Provider
	case server.VerifyProviderRequestObject:
		return r.Provider + " " + r.Body.Version
	case server.AddIgnoreRuleRequestObject:
		return ignoreSubject(*r.Body)
	case server.RemoveIgnoreRuleRequestObject:
		return r.ID
	case server.CreateTokenRequestObject:
		return r.Body.Name
	case server.RevokeTokenRequestObject:
		return r.ID
	}
	return ""
}

// ignoreSubject says what a rule ignores and until when: the audit log is where
// that is found once the rule is removed.
func ignoreSubject(r types.NewIgnoreRule) string {
	rule := contracts.IgnoreRule{Service: r.Service, Version: r.Version, ExpiresAt: r.ExpiresAt}
	return rule.Subject() + " until " + rule.Until() + ": " + r.Owner + ", " + r.Reason
}
