//go:build ignore

// Command generate makes internal/store/ent anew: go generate ./internal/store
package main

import (
	"log"

	"github.com/goldenpath/platform/internal/store/generate"
)

func main() {
	if err := generate.Client("./schema", "./ent"); err != nil {
		log.Fatal(err)
	}
}
