package goldenprovider_test

import (
	"net/http"
	"testing"

	"example.com/golden/service/internal/clients/goldenprovider"
)

func TestNew(t *testing.T) {
	t.Parallel()
	for address, good := range map[string]bool{
		"http://golden-provider:8080":  true,
		"http://golden-provider:8080/": true,
		"http://golden provider:8080":  false,
	} {
		client, err := goldenprovider.New(address, http.DefaultClient)
		if (err == nil) != good || (client != nil) != good {
			t.Errorf("%s: got %v, %v", address, client, err)
		}
	}
}
