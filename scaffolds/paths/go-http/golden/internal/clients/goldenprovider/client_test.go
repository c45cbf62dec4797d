package goldenprovider_test

import (
	"net/http"
	"testing"

	"example.com/golden/service/internal/clients/goldenprovider"
)

func TestNew(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"http://golden-provider:8080", "https://example.com/golden-provider/"} {
		if _, err := goldenprovider.New(address, http.DefaultClient); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
	for _, address := range []string{"", "golden-provider:8080", "http://a b"} {
		if _, err := goldenprovider.New(address, http.DefaultClient); err == nil {
			t.Errorf("%q was accepted", address)
		}
	}
}
