// Command local runs a command with a PostgreSQL server of its own: "make run"
// tries the service out with it.
package main

import (
	"context"

	"example.com/golden/service/internal/packs/beside"
	"example.com/golden/service/internal/packs/postgres/postgrestest"
)

func main() {
	beside.Main(beside.Server{Name: "PostgreSQL", Setting: "DATABASE_URL", Start: func(ctx context.Context) (string, func(), error) {
		server, err := postgrestest.Serve(ctx)
		if err != nil {
			return "", nil, err
		}
		return server.URL("postgres"), server.Close, nil
	}})
}
