package broker_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/database/databasetest"
	"github.com/goldenpath/platform/internal/store"
)

// cliRecordings has every command of the official CLI as it was tried on a live
// Pact Broker, with its exit status.
const cliRecordings = "../../../shared/data/pact-broker/cli-requests.txt"

// offeredLater are commands whose routes /broker does not have yet.
func offeredLater(command string) bool { return strings.Contains(command, "webhook") }

// TestEveryCommandOfTheCLI runs the commands pipelines use in an order that makes
// sense, and looks at exit status and words.
func TestEveryCommandOfTheCLI(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("runs a foreign program")
	}
	db := databasetest.SQLite(t)
	domain := contracts.New(store.New(db).Contracts(), db, nil)
	pact := cli{program: pactCLI(t), url: serve(t, domain, "")}
	file := filepath.Join(t.TempDir(), "web-api.json")
	stated := strings.Replace(webToAPI, `"request"`, `"providerState": "all is well", "request"`, 1)
	if err := os.WriteFile(file, []byte(stated), 0o600); err != nil {
		t.Fatal(err)
	}
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if strings.HasSuffix(r.URL.Path, "/status") {
			_, _ = w.Write([]byte(`{"ok": true}`))
		}
	}))
	defer provider.Close()
	port := provider.URL[strings.LastIndex(provider.URL, ":")+1:]

	const broker, yes, no = "broker ", "Computer says yes", "Computer says no"
	steps := []struct {
		args string
		exit int
		out  []string
	}{
		{broker + "publish FILE -a 1 --branch main --tag dev", 0, []string{"contract_published", "first time any pact published for this consumer with consumer version tagged dev"}},
		{broker + "publish FILE -a 1 --branch main --tag dev", 0, []string{"no content changes"}},
		{broker + "create-environment --name production --production", 1, []string{"name 'production' is already used by an existing environment", "list-environments shows it", "update-environment --uuid 0190d3a0-0000-7000-8000-000000000002 --name NEW --production renames it"}},
		{broker + "create-environment --name staging --no-production", 2, nil}, // the CLI's own parser
		{broker + "create-environment --name canary --production", 0, nil},
		{broker + "list-environments", 0, []string{"production", "canary", "DISPLAY NAME"}},
		{broker + "create-or-update-pacticipant --name api --main-branch main", 0, []string{"'api' updated"}},
		{broker + "create-or-update-pacticipant --name web --main-branch main", 0, []string{"'web' updated"}},
		{broker + "create-or-update-pacticipant --name other", 0, []string{"'other'"}},
		{broker + "list-pacticipants", 0, []string{`"web"`, `"Web"`, `"api"`}},
		{broker + "describe-pacticipant --name web", 0, []string{"Main Branch: main"}},
		{broker + "describe-pacticipant --name nobody", 1, []string{"nobody"}},
		{broker + "can-i-deploy -a web -e 1 --to-environment production", 1, []string{no, "no version is currently recorded as deployed/released"}},
		{broker + "can-i-deploy -a web -e 1 --to-environment production --dry-run", 0, []string{no}},
		{"verifier -b URL -n api -h 127.0.0.1 -p PORT --provider-version a1 --provider-branch main --publish --enable-pending --include-wip-pacts-since 2020-01-01 --consumer-version-selectors {\"mainBranch\":true}", 0, []string{"no longer in pending state for any version of api from branch 'main'"}},
		{broker + "can-i-deploy -a web --version 1 --to-environment production", 1, []string{no}},
		{broker + "record-deployment -a api -e a1 --environment production", 0, []string{"Recorded deployment of api version a1 to production"}},
		{broker + "record-deployment -a api -e none --environment production", 1, nil},
		{broker + "record-deployment -a api -e a1 --environment nowhere", 1, []string{"nowhere"}},
		{broker + "can-i-deploy --pacticipant web --version 1 --to-environment production", 0, []string{yes, "All required verification results are published and successful"}},
		{broker + "can-i-deploy --pacticipant web --latest main --pacticipant api --latest main", 1, []string{no}}, // main is a branch here, not a tag
		{broker + "can-i-deploy --pacticipant web --version 1 --pacticipant api --version a1", 0, []string{yes}},
		{broker + "can-i-deploy --pacticipant web --version 1 --to dev", 1, []string{no}},
		{broker + "can-i-deploy --pacticipant web --version 1 --to-environment production --retry-while-unknown 1 --retry-interval 1", 0, []string{yes}},
		{broker + "can-i-merge --pacticipant web --version 1", 0, []string{yes}},
		{broker + "record-release -a web -e 1 --environment nowhere", 1, []string{"nowhere"}},
		{broker + "record-release -a web -e 1 --environment canary", 0, []string{"Recorded release of web version 1 to canary"}},
		{broker + "record-support-ended -a web -e 1 --environment canary", 0, nil},
		{broker + "record-support-ended -a web -e 1 --environment nowhere", 1, []string{"nowhere"}},
		{broker + "record-undeployment -a api --environment production", 0, []string{"Undeployed api from production"}},
		{broker + "can-i-deploy --pacticipant web --version 1 --to-environment production", 1, []string{no}},
		{broker + "can-i-deploy --pacticipant web --version 1 --to-environment production --ignore api", 0, []string{yes}},
		{broker + "describe-version -a web", 0, []string{"dev"}},
		{broker + "create-or-update-version -a web -e 2 --branch feat", 0, []string{"Branch 'feat' created for version '2'"}},
		{broker + "create-version-tag -a web -e 1 -t prod", 0, []string{"Tagging version '1' of pacticipant 'web' with tag 'prod'"}},
		{broker + "delete-version-tag -a web -e 1 -t prod", 0, []string{"deleted tag 'prod'"}},
		{broker + "list-latest-pact-versions", 0, []string{`"web"`, `"api"`, "+00:00"}},
		{broker + "get-pacts --provider api", 0, []string{"Pact between web (1) and api", "/pacts/provider/api/consumer/web/version/1"}},
		{broker + "provider-states list --provider api", 0, []string{"all is well"}},
		{broker + "delete-branch --branch feat --pacticipant web", 0, []string{"deleted branch 'feat' of pacticipant 'web'"}},
		{broker + "delete-branch --branch feat --pacticipant web", 0, []string{"was not found"}},
		{broker + "get-pacts --provider api --branch main", 0, []string{"web (1)"}},
		{broker + "get-pacts --provider api --branch main --latest", 0, []string{"web (1)"}},
		{broker + "get-pacts --provider api --latest", 0, []string{"web (1)"}},
		{broker + "get-pacts --provider api --consumer web", 0, []string{"web (1)"}},
		{broker + "get-pacts --provider api --consumer web --branch main", 0, []string{"web (1)"}},
		{broker + "provider-states list --provider api --branch main", 0, []string{"all is well"}},
		{broker + "describe-version -a web --latest dev", 0, []string{"dev"}},
		{broker + "describe-environment --uuid CANARY", 0, []string{"canary"}},
		{broker + "record-deployment -a web -e 1 --environment canary --application-instance blue", 0, []string{"Recorded deployment"}},
		{broker + "provider-states list --provider api --environment CANARY", 0, []string{"all is well"}},
		{broker + "describe-version -a web --environment canary --deployed", 0, []string{"Deployed", "blue"}},
		{broker + "record-undeployment -a web --environment canary --application-instance blue", 0, nil},
		{broker + "update-environment --uuid CANARY --name canary --display-name Bird --production", 0, []string{"canary"}},
		{broker + "delete-environment --uuid CANARY", 0, []string{"canary"}},
		{"pactflow publish-provider-contract FILE --provider api --provider-app-version 1 --branch main --content-type application/json --verification-exit-code 0", 1, []string{"pf:publish-provider-contract"}},
	}
	tried, canary := map[string]bool{}, "none"
	for _, s := range steps {
		if e, err := domain.Environment(t.Context(), "canary"); err == nil {
			canary = e.ID
		}
		var args []string
		for arg := range strings.FieldsSeq(s.args) {
			args = append(args, strings.NewReplacer("FILE", file, "PORT", port, "URL", pact.url, "CANARY", canary).Replace(arg))
		}
		tried[subcommand(s.args)] = true
		t.Logf("pact %s", s.args)
		wantIn(t, pact.run(t, s.exit, args...), s.out...)
	}
	text, err := os.ReadFile(cliRecordings)
	if os.IsNotExist(err) {
		t.Logf("REAL DATA NOT CHECKED: %s is not there, so nothing tells whether every command was tried", cliRecordings)
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	recorded := regexp.MustCompile(`(?m)^\$ pact (.*)$`).FindAllStringSubmatch(string(text), -1)
	if len(recorded) < 30 {
		t.Errorf("only %d commands are recorded", len(recorded))
	}
	for _, match := range recorded {
		if name := subcommand(match[1]); !tried[name] && !offeredLater(name) {
			t.Errorf("pact %s was recorded, and not tried here", name)
		}
	}
}

// subcommand is the words of a command line before its first option or operand.
func subcommand(line string) string {
	words := strings.Fields(line)
	if words[0] == "broker" || words[0] == "pactflow" {
		return words[0] + " " + words[1]
	}
	return words[0]
}
