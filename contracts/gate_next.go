package contracts

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
)

// selectPacts makes commands that verify take the pact they are about. Without a
// selector a verification takes the pacts of main branches and of what is in an
// environment: run for any other, it would change nothing.
func (g *gate) selectPacts(ctx context.Context) error {
	asked, known := false, false // whether the pacts of the version asked about are taken
	for i := range g.findings {
		r := &g.findings[i].Reason
		switch r.Rule {
		case RuleNotVerified, RuleIncomplete, RuleTooOld, RuleBroken:
		default:
			continue
		}
		taken := g.to.tag == "" // what it meets is in an environment or on a main branch
		if r.Consumer == g.service.Name {
			if !known {
				var err error
				if asked, err = g.isTaken(ctx); err != nil {
					return err
				}
				known = true
			}
			taken = asked
		}
		if taken {
			continue
		}
		selector, err := json.Marshal(map[string]string{"consumer": r.Consumer, "version": r.ConsumerVersion})
		if err != nil {
			return fmt.Errorf("encode selector: %w", err)
		}
		r.Next += " --selector " + quote(string(selector))
	}
	return nil
}

// isTaken reports whether a verification without selectors takes the pacts of the
// version asked about.
func (g *gate) isTaken(ctx context.Context) (bool, error) {
	places, err := g.b.store.VersionPlaces(ctx, []int64{g.version.ID})
	d := places[g.version.ID]
	head := slices.ContainsFunc(d.Branches, func(b VersionBranch) bool { return b.Latest && b.Name == g.service.MainBranch })
	return head || len(d.Deployments) > 0, err
}
