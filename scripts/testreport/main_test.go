package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestReport(t *testing.T) {
	t.Parallel()
	const pass = `{"Action":"output","Package":"p","Test":"TestA","Output":"=== RUN   TestA\n"}
{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Output":"ok  \tp\t0.1s\n"}
{"Action":"pass","Package":"p"}
`
	const skipped = `{"Action":"output","Package":"q","Test":"TestS","Output":"=== RUN   TestS\n"}
{"Action":"output","Package":"q","Test":"TestS","Output":"    s_test.go:9: there is no libpact_ffi\n"}
{"Action":"output","Package":"q","Test":"TestS","Output":"--- SKIP: TestS (0.00s)\n"}
{"Action":"skip","Package":"q","Test":"TestS"}
{"Action":"pass","Package":"q"}
`
	for _, tt := range []struct {
		name, in string
		ci, well bool
		says     []string
		silent   string
	}{
		{"all is well", pass, true, true, []string{"ok  \tp\t0.1s", "1 tests passed, 0 failed, 0 skipped."}, "=== RUN"},
		{"something was skipped", pass + skipped, false, true, []string{"SKIPPED q TestS\n        there is no libpact_ffi\n"}, "--- SKIP"},
		{"real data beside the repository is absent in CI", pass + strings.ReplaceAll(skipped, "there is no libpact_ffi", "REAL DATA NOT CHECKED: ../shared"), true, true, []string{"SKIPPED q TestS\n        REAL DATA NOT CHECKED"}, "in CI it has failed"},
		{"something was skipped in CI", pass + skipped, true, false, []string{"in CI it has failed"}, "=== RUN"},
		{"nothing ran", "", false, false, []string{"no test ran"}, "=== RUN"},
		{"packages without tests", `{"Action":"skip","Package":"e"}` + "\n" + pass, true, true, []string{"1 tests passed"}, "SKIPPED"},
		{"a test failed", pass + `{"Action":"output","Package":"q","Test":"TestF","Output":"    f_test.go:3: got 1\n"}
{"Action":"fail","Package":"q","Test":"TestF"}
{"Action":"output","Package":"q","Output":"FAIL\tq\t0.1s\n"}
{"Action":"fail","Package":"q"}
`, false, false, []string{"f_test.go:3: got 1", "FAIL\tq", "FAILED  q TestF"}, "=== RUN"},
		{"a package does not build", pass + `{"Action":"build-output","ImportPath":"q","Output":"q.go:1: syntax error\n"}
{"Action":"build-fail","ImportPath":"q"}
{"Action":"output","Package":"q","Output":"FAIL\tq [build failed]\n"}
{"Action":"fail","Package":"q","FailedBuild":"q"}
`, false, false, []string{"q.go:1: syntax error", "FAILED  q\n"}, "=== RUN"},
		{"a test panics", pass + `{"Action":"output","Package":"q","Test":"TestP","Output":"panic: boom\n"}
{"Action":"output","Package":"q","Output":"FAIL\tq\t0.1s\n"}
{"Action":"fail","Package":"q"}
`, false, false, []string{"panic: boom", "FAILED  q\n"}, "=== RUN"},
		{"the go command complains", "go: cannot find main module\n" + pass, false, true, []string{"go: cannot find main module"}, "=== RUN"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			r := newReport(&out)
			if err := r.read(strings.NewReader(tt.in)); err != nil {
				t.Fatal(err)
			}
			if got := r.end(tt.ci); got != tt.well {
				t.Errorf("well is %v", got)
			}
			for _, want := range tt.says {
				if !strings.Contains(out.String(), want) {
					t.Errorf("does not say %q in\n%s", want, out.String())
				}
			}
			if strings.Contains(out.String(), tt.silent) {
				t.Errorf("says %q in\n%s", tt.silent, out.String())
			}
		})
	}
}
