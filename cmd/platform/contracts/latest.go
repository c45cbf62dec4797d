package contracts

import (
	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/internal/fault"
)

// newest is --latest without a tag.
const newest = "true"

// latest is the value of --latest, which is a tag or newest.
type latest string

// Set takes the tag.
func (l *latest) Set(tag string) error { *l = latest(tag); return nil }

// String returns what was given.
func (l *latest) String() string { return string(*l) }

// Type makes help show it as a flag that may have no value.
func (*latest) Type() string { return "bool" }

// args takes the tag of "--latest TAG": package pflag leaves a word behind a flag that
// may have no value among the arguments.
func (l *latest) args(cmd *cobra.Command, args []string) error {
	if *l == newest && len(args) == 1 && args[0] != "" {
		*l = latest(args[0])
		return nil
	}
	return cli.Args(cobra.NoArgs)(cmd, args)
}

// settleLatest makes a tag of --latest the one that is asked about. Without one it
// says nothing new of a branch or tag, whose newest version is meant anyway.
func (o *gateOptions) settleLatest() error {
	switch {
	case o.latest == newest && (o.branch != "" || o.tag != "" || o.mainBranch):
		o.latest = ""
	case o.latest == "" || o.latest == newest:
	case o.tag != "" && o.tag != string(o.latest):
		return fault.New(fault.Invalid, "--tag is given twice, %s and %s: it takes one.", o.tag, o.latest).WithHint("Give it once.")
	default:
		o.tag, o.latest = string(o.latest), ""
	}
	return nil
}
