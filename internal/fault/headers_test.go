package fault_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/goldenpath/platform/internal/fault"
)

func TestATextHoldsNoValueOfAHeader(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, value, said, want string }{
		{"Authorization", "Bearer TOPSECRET99", "expected 1 but was 'Bearer TOPSECRET99'.", "expected 1 but was 'xxxxx'."},
		{"Authorization", "Bearer TOPSECRET99", "the token TOPSECRET99 is too old", "the token xxxxx is too old"},
		{"Authorization", "Bearer TOPSECRET99", "the token topsecret99 is too old", "the token xxxxx is too old"},
		{"Authorization", "Bearer TOPSECRET99", "a bearer is expected", "a bearer is expected"},
		{"authorization", "ApiKey some-key", `{"key":"some-key"}`, `{"key":"xxxxx"}`},
		{"X-Token", "token abcdefg", "abcdefg", "xxxxx"},
		{"X-Name", "Ada Lovelace", "Lovelace and Ada Lovelace", "Lovelace and xxxxx"},

		// ada:pa:ss/word?
		{"Authorization", "Basic YWRhOnBhOnNzL3dvcmQ/", "YWRhOnBhOnNzL3dvcmQ/ is ada:pa:ss/word? or pa:ss/word? of ada", "xxxxx is xxxxx or xxxxx of ada"},
		{"Authorization", "Basic YWRhOnBhOnNzL3dvcmQ/", `"YWRhOnBhOnNzL3dvcmQ\/" "YWRhOnBhOnNzL3dvcmQ\u002F" /a?b=YWRhOnBhOnNzL3dvcmQ%2F`, `"xxxxx" "xxxxx" /a?b=xxxxx`},
		{"Authorization", "Basic c2VjcmV0dXNlcjo=", "secretuser: and secretuser", "xxxxx and secretuser"},

		{"X-Key", `a"b\c&d é`, `{"key":"a\"b\\c\u0026d \u00e9"} {"key":"a\u0022b\u005Cc&d é"}`, `{"key":"xxxxx"} {"key":"xxxxx"}`},
		{"X-Key", `a"b\c&d é`, `Some("{\"key\":\"a\\\"b\\\\c&d é\"}") a%22b%5Cc%26d+%C3%A9 or a&quot;b&#92;c&amp;d é`, `Some("{\"key\":\"xxxxx\"}") xxxxx or xxxxx`},

		{"Cookie", "theme=dark; session=0123456789", "session 0123456789, a dark theme", "session xxxxx, a dark theme"},
		{"Authorization", `Digest username="ada", response="e966c932a9242554e42c8ee200cec7f6"`, "e966c932a9242554e42c8ee200cec7f6 of ada", "xxxxx of ada"},

		{"X-Short", "abc", "abc", "abc"},
		{"X-On", "true", "expected true", "expected true"},
		{"X-Env", "test", "the latest test of test-1", "the latest xxxxx of xxxxx-1"},
		{"Accept", "application/json", "was application/json", "was application/json"},
		{"Content-Type", "application/json", "was application/json", "was application/json"},
		{"X-Empty", "", "nothing", "nothing"},
	} {
		if got := fault.HeaderValues(map[string]string{tt.name: tt.value}).Hide(tt.said); got != tt.want {
			t.Errorf("%s: %s: %s is shown as\n%s, want\n%s", tt.name, tt.value, tt.said, got, tt.want)
		}
	}
	if got := fault.HeaderValues(nil).Hide("as it is"); got != "as it is" {
		t.Errorf("without headers: %s", got)
	}
}

// TestTheLongestValueIsHidden has a value that begins like another.
func TestTheLongestValueIsHidden(t *testing.T) {
	t.Parallel()
	values := fault.HeaderValues(map[string]string{"X-A": "secret-one", "X-B": "secret-one-and-more", "X-C": "one-and-more-of-it"})
	if got := values.Hide("secret-one-and-more, not secret-one, or one-and-more-of-it"); got != "xxxxx, not xxxxx, or xxxxx" {
		t.Error(got)
	}
}

// TestAValueIsHiddenInBase64 has what providers send beside a message, at each of the
// places at which base64 may begin.
func TestAValueIsHiddenInBase64(t *testing.T) {
	t.Parallel()
	values := fault.HeaderValues(map[string]string{"Authorization": "Bearer TOPSECRET99"})
	for _, before := range []string{"", "a", "ab", "abc"} {
		for _, secret := range []string{"Bearer TOPSECRET99", "TOPSECRET99"} {
			said := base64.StdEncoding.EncodeToString([]byte(before + `{"auth":"` + secret + `","topic":"sales"}`))
			shown := values.Hide(`"pact-message-metadata": ["` + said + `"]`)
			plain, _ := base64.StdEncoding.DecodeString(said)
			if !strings.Contains(string(plain), secret) || !strings.Contains(shown, "xxxxx") || len(shown) > len(said)+30-len(secret)+5 {
				t.Errorf("%s is shown as %s", plain, shown)
			}
		}
	}
	if said := base64.StdEncoding.EncodeToString([]byte(`{"topic":"sales"}`)); values.Hide(said) != said {
		t.Errorf("%s is shown as %s", said, values.Hide(said))
	}
}
