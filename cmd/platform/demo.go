package main

import (
	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/cmd/platform/contracts"
	"github.com/goldenpath/platform/cmd/platform/demo"
	"github.com/goldenpath/platform/cmd/platform/doctor"
	newcmd "github.com/goldenpath/platform/cmd/platform/new"
)

// demo returns "platform demo", which types the commands that a newcomer would.
func (p *program) demo() *cobra.Command {
	return demo.Command(p.env, demo.Needs{
		Open: p.openAt,
		Commands: func(env *cli.Env) *cobra.Command {
			return cli.Root(env, "platform", "", newcmd.Command(env), contracts.Command(env, p.verifyPacts), doctor.Command(env, p.look))
		},
	})
}
