package cli

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
)

func TestAReportForCI(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	at := time.Date(2026, 11, 26, 14, 0, 0, 0, time.FixedZone("east", 3600))
	cmd := Reports(&cobra.Command{Use: "ask", RunE: func(*cobra.Command, []string) error {
		return s.env.PrintReport(nil, Report{Name: "may <orders> go?", Time: at, Cases: []Case{
			{Group: "orders", Name: "kept", Details: "by inventory"},
			{Group: "orders", Name: "broken", Failure: "\"a product\" failed\x1b[2J", Details: "$.sku is missing\nnext: mend it"},
			{Group: "orders", Name: "unknown", Error: "nobody verified it"},
			{Group: "orders", Name: "ignored", Skipped: "by checkout until Friday"},
		}}, func(io.Writer) error { t.Error("printed a table"); return nil })
	}})
	if got := Run(t.Context(), s.env, Root(s.env, "platform", "test", cmd), []string{"ask", "--output", "junit"}); got != 0 {
		t.Fatalf("exit %d: %s", got, s.err)
	}
	var read junitSuites
	if err := xml.Unmarshal(s.out.Bytes(), &read); err != nil {
		t.Fatalf("%v in\n%s", err, s.out)
	}
	suite := read.Suite
	if suite.Tests != 4 || suite.Failures != 1 || suite.Errors != 1 || suite.Skipped != 1 || suite.Timestamp != "2026-11-26T13:00:00" || suite.Name != "may <orders> go?" {
		t.Errorf("suite %+v", suite)
	}
	for name, c := range map[string]struct{ got, want *junitOutcome }{
		"kept":    {suite.Cases[0].Failure, nil},
		"broken":  {suite.Cases[1].Failure, &junitOutcome{"\"a product\" failed\uFFFD[2J", "$.sku is missing\nnext: mend it"}},
		"unknown": {suite.Cases[2].Error, &junitOutcome{Message: "nobody verified it"}},
		"ignored": {suite.Cases[3].Skipped, &junitOutcome{Message: "by checkout until Friday"}},
	} {
		if (c.got == nil) != (c.want == nil) || (c.want != nil && *c.got != *c.want) {
			t.Errorf("%s: %+v, want %+v", name, c.got, c.want)
		}
	}
	if !strings.HasPrefix(s.out.String(), "<?xml") || suite.Cases[0].Output != "by inventory" {
		t.Errorf("printed\n%s", s.out)
	}
}
