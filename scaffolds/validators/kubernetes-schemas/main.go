// Command kubernetes-schemas makes schemas of Kubernetes' objects for kubeconform,
// unless they are there, and prints where they are.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/goldenpath/platform/scaffolds/validators"
)

func main() {
	dir, err := validators.Schemas(context.Background())
	if err != nil {
		fmt.Fprintln(os.Stderr, "Error:", err)
		os.Exit(1)
	}
	fmt.Fprintln(os.Stdout, dir)
}
