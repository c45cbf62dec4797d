package telemetry_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/golden/service/internal/telemetry"
)

// Every secret of these tests has it in the middle; no log line may.
const hush = "Hush7"

type account struct {
	User     string
	Password string
	Nested   *account `json:",omitempty"`
}

// A value that chooses its own form for the log.
type session struct{ account }

func (s session) LogValue() slog.Value {
	return slog.GroupValue(slog.String("user", s.User), slog.String("session_token", s.Password))
}

// An error with a form of its own, as those of some libraries have.
type jsonError struct{ account }

func (e jsonError) Error() string { return e.Password }

func (e jsonError) MarshalJSON() ([]byte, error) { return json.Marshal(e.account) }

func logged(attrs ...any) string {
	var lines bytes.Buffer
	telemetry.NewLogger(&lines, "goldensvc", slog.LevelInfo).Info("called", attrs...)
	return lines.String()
}

func TestLogger_redactsByKey(t *testing.T) {
	t.Parallel()
	ada := account{User: "ada", Password: hush}
	for name, attr := range map[string]slog.Attr{
		"a key":                       slog.Group("", slog.String("user", "ada"), slog.String("db_password", hush)),
		"a key of another spelling":   slog.Group("", slog.String("user", "ada"), slog.String("X-Api-Key", hush)), //nolint:sloglint // what others log
		"a list":                      slog.Group("", slog.String("user", "ada"), slog.Any("secret", []string{hush})),
		"a group in a group":          slog.Group("a", slog.Group("b", slog.String("user", "ada"), slog.String("apiToken", hush))), //nolint:sloglint // what others log
		"a group of secrets":          slog.Group("a", slog.String("user", "ada"), slog.Group("credentials", slog.String("value", hush))),
		"headers":                     slog.Any("headers", http.Header{"User": {"ada"}, "Authorization": {hush}, "Set-Cookie": {hush, hush}}),
		"a struct":                    slog.Any("account", ada),
		"a struct behind pointers":    slog.Any("account", &account{User: "ada", Nested: &ada}),
		"a list of structs":           slog.Any("accounts", []account{ada}),
		"a map":                       slog.Any("settings", map[string]any{"user": "ada", "inner": map[string]string{"private_key": hush}}),
		"a value that logs itself":    slog.Any("session", session{ada}),
		"an error that writes itself": slog.Any("error", jsonError{ada}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := logged(attr); strings.Contains(got, hush) || !strings.Contains(got, "ada") {
				t.Errorf("logged %s", got)
			}
		})
	}
}

// The same for what was attached to the logger before.
func TestLogger_redactsWhatIsAttached(t *testing.T) {
	t.Parallel()
	var lines bytes.Buffer
	log := telemetry.NewLogger(&lines, "goldensvc", slog.LevelInfo)
	log.With("api_key", hush, "user", "ada").WithGroup("secrets").With("value", hush).Info("called", "other", hush)
	if got := lines.String(); strings.Contains(got, hush) || !strings.Contains(got, "ada") {
		t.Errorf("logged %s", got)
	}
}

func TestLogger_redactsTexts(t *testing.T) {
	t.Parallel()
	unparsable := "postgres://ada:my/" + hush + "@db:5432/items"
	_, badURL := url.Parse(unparsable) //nolint:staticcheck // it is meant not to be a URL
	for text, want := range map[string]string{
		"refused Bearer abc" + hush + ".x-y_z== by ada":                                            "refused Bearer [redacted] by ada",
		"sent basic QWxh" + hush + "==":                                                            "sent basic [redacted]",
		"Authorization: Digest user=" + hush + ", nonce=" + hush:                                   "Authorization: [redacted]",
		"Cookie: a=1; b=" + hush + "\r\nHost: ada":                                                 "Cookie: [redacted]\r\nHost: ada",
		"get https://ada:" + hush + "@example.com/a?b=c":                                           "get https://[redacted]@example.com/a?b=c",
		"clone https://ghp" + hush + "@example.com/a.git":                                          "clone https://[redacted]@example.com/a.git",
		"redis://:p@" + hush + "@cache:6379/0":                                                     "redis://[redacted]@cache:6379/0",
		badURL.Error():                                                                             `parse "postgres://[redacted]@db:5432/items": invalid port ":my" after host`,
		"host=db user=ada password=" + hush + " sslmode=disable":                                   "host=db user=ada password=[redacted] sslmode=disable",
		"host=db password='my " + hush + "' user=ada":                                              "host=db password=[redacted] user=ada",
		"Server=db;Pwd=" + hush + ";User=ada":                                                      "Server=db;Pwd=[redacted];User=ada",
		"GET /items?access_token=" + hush + "&limit=2":                                             "GET /items?access_token=[redacted]&limit=2",
		`answered {"user":"ada","client_secret":"` + hush + `"}`:                                   `answered {"user":"ada","client_secret":[redacted]}`,
		"api-key: " + hush:                                                                         "api-key: [redacted]",
		"eyJhbGci.eyJz" + hush + ".c2ln":                                                           "[redacted]",
		"-----BEGIN RSA PRIVATE KEY-----\n" + hush + "\n" + "-----END RSA PRIVATE KEY----- of ada": "[redacted] of ada",
		// What is no secret stays readable.
		"the bearer token is missing":                   "the bearer token is missing",
		"read token: open /run/token: no such file":     "read token: open /run/token: no such file",
		"get http://db:5432/a?mail=ada@example.com":     "get http://db:5432/a?mail=ada@example.com",
		"connect to 10.0.0.7:5432: password rejected":   "connect to 10.0.0.7:5432: password rejected",
		"item 5f2b7c1e-6d0a-4c8e-9b3f-2a1d4e6f8a90 = 3": "item 5f2b7c1e-6d0a-4c8e-9b3f-2a1d4e6f8a90 = 3",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			var lines bytes.Buffer
			telemetry.NewLogger(&lines, "goldensvc", slog.LevelInfo).Error(text, "text", text, //nolint:sloglint // what others log
				"error", fmt.Errorf("ask: %w", errors.New(text)), "list", []string{text})
			var got struct {
				Msg, Text, Error string
				List             []string
			}
			if err := json.Unmarshal(lines.Bytes(), &got); err != nil {
				t.Fatalf("%s: %v", lines.String(), err)
			}
			for where, have := range map[string]string{"message": got.Msg, "text": got.Text, "list": got.List[0], "error": strings.TrimPrefix(got.Error, "ask: ")} {
				if diff := cmp.Diff(want, have); diff != "" {
					t.Errorf("the %s differs (-want +got):\n%s", where, diff)
				}
			}
		})
	}
}

// Values without secrets are logged as they are: fields in their order,
// numbers with all their digits; and one that has none is still a line.
func TestLogger_leavesTheRest(t *testing.T) {
	t.Parallel()
	type position struct {
		Z, A int64
	}
	for name, test := range map[string]struct {
		value any
		want  string
	}{
		"order":                {position{Z: 9007199254740993, A: 1}, `"v":{"Z":9007199254740993,"A":1}`},
		"digits beside secret": {map[string]any{"id": 9007199254740993, "token": hush}, `"v":{"id":9007199254740993,"token":"[redacted]"}`},
		"nothing":              {nil, `"v":null`},
		"no JSON":              {func() {}, `"v":"not logged: json: unsupported type: func()"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := logged("v", test.value); !strings.Contains(got, test.want) {
				t.Errorf("logged %s, want %s", got, test.want)
			}
		})
	}
}
