package goldenother_test

import (
	"net/http"
	"testing"

	"example.com/golden/service/internal/clients/goldenother"
)

func TestNew(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"http://golden-other:8080", "https://example.com/golden-other/"} {
		if _, err := goldenother.New(address, http.DefaultClient); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
	for _, address := range []string{"", "golden-other:8080", "http://a b"} {
		if _, err := goldenother.New(address, http.DefaultClient); err == nil {
			t.Errorf("%q was accepted", address)
		}
	}
}
