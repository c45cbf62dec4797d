package main

/*
#cgo linux LDFLAGS: -L/tmp -L/opt/pact/lib -L/usr/local/lib -lpact_ffi -Wl,-rpath,$ORIGIN
#cgo darwin LDFLAGS: -L/tmp -L/usr/local/lib -lpact_ffi -Wl,-rpath,@executable_path

extern const char *pactffi_version(void); // what the library says it is.
*/
import "C"

import (
	"fmt"
	"runtime/debug"

	"github.com/pact-foundation/pact-go/v2/command"
)

// versions says what verifies here, one program or library a line. The library
// may also lie beside the program: see $ORIGIN above; pact-go adds the folders it
// searches itself.
func versions() string {
	own := "unknown"
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		own = info.Main.Version
	}
	return fmt.Sprintf("pact-verifier %s\npact-go %s\nlibpact_ffi %s\n", own, command.Version, C.GoString(C.pactffi_version()))
}
