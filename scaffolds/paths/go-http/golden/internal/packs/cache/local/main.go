// Command local runs a command with a Redis or Valkey server of its own: "make
// run" tries the service out with it.
package main

import (
	"context"

	"example.com/golden/service/internal/packs/beside"
	"example.com/golden/service/internal/packs/cache/cachetest"
)

func main() {
	beside.Main(beside.Server{Name: "Redis", Setting: "CACHE_URL", Start: func(ctx context.Context) (string, func(), error) {
		server, err := cachetest.Serve(ctx)
		if err != nil {
			return "", nil, err
		}
		return server.URL(0), server.Close, nil
	}})
}
