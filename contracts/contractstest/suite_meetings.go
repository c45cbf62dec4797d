package contractstest

import (
	"testing"

	"github.com/goldenpath/platform/contracts"
)

// meetings looks whom versions meet in production, where api runs a1 twice and a2,
// web w1 and w2, and app 1 without a pact; auth is nowhere, and mail only in test.
func meetings(t *testing.T, b Backend) {
	t.Helper()
	k := newKit(t, b)
	web, app, api, auth, mail := k.service("web"), k.service("app"), k.service("api"), k.service("auth"), k.service("mail")
	w1, w2, w3 := k.version(web, "w1"), k.version(web, "w2"), k.version(web, "w3")
	a1, a2, a3 := k.version(api, "a1"), k.version(api, "a2"), k.version(api, "a3")
	app1, m1 := k.version(app, "1"), k.version(mail, "m1")
	x, y, u := k.pact(w1, api, "x"), k.pact(w2, api, "y"), k.pact(w3, api, "u")
	k.pact(k.version(app, "0"), api, "z")
	k.pact(m1, api, "s")
	toAuth, toItself, toWeb := k.pact(a3, auth, "v"), k.pact(a3, api, "w"), k.pact(a3, web, "q")

	production, test := k.production(), must(k.Store.Environments(k.ctx))(t)[1]
	k.deploy(m1, test, "", 0)
	inW1, inW2, inApp := k.deploy(w1, production, "", 1), k.deploy(w2, production, "blue", 2), k.deploy(app1, production, "", 3)
	inA1, inA2, inA1Again := k.deploy(a1, production, "", 5), k.deploy(a2, production, "third", 6), k.deploy(a1, production, "second", 7)

	k.verify(x, a3, false) // and again, below
	k.unfinished(y, a2)
	k.verify(x, a1, true)
	k.unfinished(x, a1)
	keptX, brokenY, keptByItself := k.verify(x, a3, true), k.unfinished(y, a3), k.verify(toItself, a3, true)
	byW1, byA1 := k.verify(toWeb, w1, true), k.verify(u, a1, false)

	meet := func(v contracts.Version) contracts.Meetings {
		return must(k.Store.Meetings(k.ctx, contracts.MeetingQuery{PacticipantID: v.PacticipantID, VersionID: v.ID, Environment: production}))(t)
	}
	nowhere, itself := contracts.Deployment{PacticipantID: auth.ID, Service: "auth"}, contracts.Deployment{PacticipantID: api.ID, Service: "api", VersionID: a3.ID, Version: "a3"}
	none, nobody := contracts.Pact{}, contracts.Verification{}
	for range 2 { // what is learned from the first answers must not change them
		same(t, "as provider and consumer", contracts.Meetings{Verified: true, List: []contracts.Meeting{
			meeting(true, itself, toItself, keptByItself),
			meeting(true, nowhere, toAuth, nobody),
			meeting(true, inW1, toWeb, byW1), meeting(true, inW2, toWeb, nobody),
			meeting(false, inApp, none, nobody),
			meeting(false, inW1, x, keptX), meeting(false, inW2, y, brokenY),
		}}, meet(a3))
		same(t, "as consumer of who consumes it", contracts.Meetings{List: []contracts.Meeting{
			meeting(true, inA1, u, byA1), meeting(true, inA2, u, nobody), meeting(true, inA1Again, u, byA1),
			meeting(false, inA1, none, nobody), meeting(false, inA2, none, nobody), meeting(false, inA1Again, none, nobody),
		}}, meet(w3))
		once := contracts.MeetingQuery{PacticipantID: api.ID, VersionID: a3.ID, Environment: production, Pacts: true}
		same(t, "versions and not deployments", contracts.Meetings{Verified: true, List: []contracts.Meeting{
			pactMeeting(true, itself, toItself, keptByItself),
			pactMeeting(true, nowhere, toAuth, nobody),
			pactMeeting(true, inW1, toWeb, byW1), pactMeeting(true, inW2, toWeb, nobody),
			pactMeeting(false, inApp, none, nobody),
			pactMeeting(false, inW1, x, keptX), pactMeeting(false, inW2, y, brokenY),
		}}, must(k.Store.Meetings(k.ctx, once))(t))
		once.PacticipantID, once.VersionID = web.ID, w3.ID
		same(t, "each version once", contracts.Meetings{List: []contracts.Meeting{
			pactMeeting(true, inA1, u, byA1), pactMeeting(true, inA2, u, nobody),
			pactMeeting(false, inA1, none, nobody), pactMeeting(false, inA2, none, nobody),
		}}, must(k.Store.Meetings(k.ctx, once))(t))
		same(t, "verified nothing to the end", []bool{false, true}, []bool{meet(a2).Verified, meet(a1).Verified})
		same(t, "talks to nobody", contracts.Meetings{}, meet(k.version(k.service("alone"), "1")))
	}
}

func meeting(promised bool, there contracts.Deployment, p contracts.Pact, v contracts.Verification) contracts.Meeting {
	m := contracts.Meeting{Promised: promised, There: there, ContentID: p.ContentID, SHA: p.SHA, PublishedAt: p.CreatedAt}
	m.VerificationID, m.Success, m.Incomplete, m.VerifiedAt = v.ID, v.Success, v.Incomplete, v.VerifiedAt
	return m
}

// pactMeeting is a meeting where pacts are asked for.
func pactMeeting(promised bool, there contracts.Deployment, p contracts.Pact, v contracts.Verification) contracts.Meeting {
	m := meeting(promised, contracts.Deployment{PacticipantID: there.PacticipantID, Service: there.Service, VersionID: there.VersionID, Version: there.Version}, p, v)
	m.PactID, m.Revision = p.ID, p.Revision
	return m
}
