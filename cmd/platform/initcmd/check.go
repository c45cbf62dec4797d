package initcmd

import (
	"regexp"
	"strings"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/fault"
)

var kindName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]*$`)

// howToName says which names there may be.
const howToName = "Use letters and digits, with - _ or . between them, at most 63 in all."

// check refuses what flags say and no catalog file can hold, or nobody can mean.
func (o options) check() error {
	if o.Name != "" && !catalog.ValidName(o.Name) {
		return fault.New(fault.Invalid, "--name %q cannot be the name of an entity.", o.Name).WithHint(howToName)
	}
	if err := checkRef("--owner", o.Owner, catalog.KindGroup); err != nil {
		return err
	}
	if err := checkRef("--system", o.System, catalog.KindSystem); err != nil {
		return err
	}
	for flag, value := range map[string]string{"--type": o.Type, "--lifecycle": o.Lifecycle} {
		if value != "" && (strings.TrimSpace(value) != value || strings.ContainsAny(value, "\n\r\t")) {
			return fault.New(fault.Invalid, "%s %q is no single word.", flag, value).WithHint("For example: --type service --lifecycle production")
		}
	}
	return nil
}

func checkOwner(owner string) error {
	return checkRef("--owner", strings.TrimSpace(owner), catalog.KindGroup)
}

// checkRef refuses what names no entity. Backstage takes any text for a name
// here; no entity could ever have it.
func checkRef(flag, value, kind string) error {
	if value == "" {
		return nil
	}
	ref, err := catalog.ParseRef(value, catalog.RefDefaults{Kind: kind})
	if err != nil {
		return fault.New(fault.Invalid, "%s %q is no reference to an entity: %s", flag, value, fault.From(err).Message).WithHint("%s", fault.From(err).Hint)
	}
	if !kindName.MatchString(ref.Kind) || !catalog.ValidNamespace(ref.Namespace) || !catalog.ValidName(ref.Name) {
		return fault.New(fault.Invalid, "%s %q is no reference to an entity: no entity can be called that.", flag, value).
			WithHint("Write a name, or <kind>:<namespace>/<name>, for example %s checkout. %s", flag, howToName)
	}
	return nil
}
