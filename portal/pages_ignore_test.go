package portal

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/goldenpath/platform/contracts"
)

func TestIgnoreRulesAreListed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, fullWorld)
	list := func() string {
		answer := w.get(t, "/contracts/ignore-rules")
		checkPage(t, w, answer, http.StatusOK)
		return wordsOf(answer.Body.String())
	}
	if words := list(); !strings.Contains(words, "No ignore rules") || !strings.Contains(words, "platform contracts ignore add") {
		t.Errorf("without rules: %s", words)
	}
	add := func(service, version string, lives time.Duration) contracts.IgnoreRule {
		rule, err := w.contracts.AddIgnoreRule(t.Context(), contracts.IgnoreRule{
			Service: service, Version: version, Owner: "checkout", Reason: "it is being moved", ExpiresAt: time.Now().Add(lives), CreatedBy: "ada",
		})
		if err != nil {
			t.Fatal(err)
		}
		return rule
	}
	short, long := add("web", "1.2", 100*time.Millisecond), add("inventory", "", 48*time.Hour)
	words := list()
	for deadline := time.Now().Add(time.Minute); !strings.Contains(words, "Expired") && time.Now().Before(deadline); words = list() {
		time.Sleep(10 * time.Millisecond) // until its end has passed
	}
	for _, want := range []string{
		"inventory every version In force " + long.Until() + " checkout it is being moved", "by ada",
		"web version 1.2 Expired " + short.Until() + " checkout it is being moved",
		"platform contracts ignore remove " + short.ID, "platform contracts ignore remove " + long.ID,
	} {
		if !strings.Contains(words, want) {
			t.Errorf("the page does not say %q:\n%s", want, words)
		}
	}
	if strings.Index(words, "inventory every version") > strings.Index(words, "web version 1.2") {
		t.Errorf("what is in force does not come first: %s", words)
	}
}
