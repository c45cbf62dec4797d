package contractstest

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"testing"

	"github.com/goldenpath/platform/contracts"
)

// longNames has names as long as they may be. They are drawn at random because
// PostgreSQL packs what repeats itself, so that a dull text fits its indexes where
// an ordinary one does not.
func longNames(t *testing.T, b Backend) {
	t.Helper()
	k := newKit(t, b)
	long := func() string {
		var name strings.Builder
		for name.Len() < contracts.MaxName {
			name.WriteString(rand.Text())
		}
		return name.String()[:contracts.MaxName]
	}
	web, api := k.service(long()), k.service(long())
	v, by := k.version(web, long()), k.version(api, long())
	k.verify(k.pact(v, api, "sha"), by, true)
	environment := contracts.Environment{ID: "00000000-0000-7000-8000-000000000001", Name: long(), CreatedAt: morning()}
	k.tx(func(ctx context.Context) error {
		_, branchErr := k.Store.EnsureBranchVersion(ctx, v, long(), morning())
		_, _, tagErr := k.Store.EnsureTag(ctx, v, long(), morning())
		_, labelErr := k.Store.AddLabel(ctx, web.ID, long(), morning())
		return errors.Join(branchErr, tagErr, labelErr, k.Store.InsertEnvironment(ctx, environment))
	})
	k.deploy(v, environment, long(), 1)
	same(t, "by their names", []string{web.Name}, names(must(k.Store.Pacticipants(k.ctx, contracts.PacticipantFilter{Names: []string{web.Name}}))(t)))
}
