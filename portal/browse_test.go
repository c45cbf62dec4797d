//go:build browse

package portal

import (
	"net"
	"os"
	"testing"
	"time"
)

// TestServeWorld serves a world for somebody who wants to look at it:
// PORTAL_SERVE=127.0.0.1:8090 go test -tags browse ./portal -run TestServeWorld -timeout 0
func TestServeWorld(t *testing.T) {
	address := os.Getenv("PORTAL_SERVE")
	if address == "" {
		t.Fatal("set PORTAL_SERVE to an address, and PORTAL_WORLD to empty, broken or locked")
	}
	kind := fullWorld
	if k := os.Getenv("PORTAL_WORLD"); k != "" {
		kind = worldKind(k)
	}
	w := newWorld(t, kind)
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("http://%s", listener.Addr())
	if kind == fullWorld && os.Getenv("PORTAL_STILL") == "" {
		go func() {
			for range time.Tick(4 * time.Second) {
				w.runs.advance()
			}
		}()
	}
	if err := HTTPServer(w.Server).Serve(listener); err != nil {
		t.Fatal(err)
	}
}
