package broker_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/contracts/contractstest"
	"github.com/goldenpath/platform/internal/database"
	"github.com/goldenpath/platform/internal/database/databasetest"
	"github.com/goldenpath/platform/internal/store"
)

// recordings are requests to a live Pact Broker with its answers, one a line,
// kept beside the repository.
const recordings = "../../../shared/data/pact-broker/exchanges.jsonl"

// recordedAt is where the recorded broker listened.
const recordedAt = "http://127.0.0.1:9294"

// exchange is one recorded request and its answer.
type exchange struct {
	Method      string            `json:"method"`
	Path        string            `json:"path"`
	Query       string            `json:"query"`
	Accept      string            `json:"accept"`
	ContentType *string           `json:"contentType"`
	Body        string            `json:"body"`
	Status      int               `json:"status"`
	Headers     map[string]string `json:"headers"`
	Response    string            `json:"response"`
}

// TestAnswersLikeTheRecordedBroker replays the recorded exchanges in order, on
// every store. Each difference must be listed in testdata/differences.txt with its
// reason, and each listed difference must still be one.
func TestAnswersLikeTheRecordedBroker(t *testing.T) {
	t.Parallel()
	exchanges := readExchanges(t)
	t.Run("memory", func(t *testing.T) {
		t.Parallel()
		memory := contractstest.NewStore()
		replayOn(t, contracts.New(memory, memory, nil), exchanges)
	})
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		t.Helper()
		replayOn(t, contracts.New(store.New(db).Contracts(), db, nil), exchanges)
	})
}

func readExchanges(t *testing.T) []exchange {
	t.Helper()
	file, err := os.Open(recordings)
	if os.IsNotExist(err) {
		t.Skipf("REAL DATA NOT CHECKED: %s is not there, so nothing compares /broker with a real Pact Broker here", recordings)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var out []exchange
	for lines := json.NewDecoder(file); ; {
		var ex exchange
		if err := lines.Decode(&ex); errors.Is(err, io.EOF) {
			return out
		} else if err != nil {
			t.Fatalf("exchange %d: %v", len(out), err)
		}
		out = append(out, ex)
	}
}

func replayOn(t *testing.T, domain *contracts.Broker, exchanges []exchange) {
	t.Helper()
	envs, err := domain.Environments(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range envs { // the recorded broker had none
		if err := domain.DeleteEnvironment(t.Context(), e.ID); err != nil {
			t.Fatal(err)
		}
	}
	r := &replay{server: serve(t, domain, ""), known: readDifferences(t), learned: map[string]string{}}
	for i, ex := range exchanges {
		r.run(t, i, ex)
	}
	for _, d := range r.known {
		if !d.seen {
			t.Errorf("testdata/differences.txt:%d: %q is no difference any more: remove the line", d.line, d.text)
		}
	}
	if r.compared < 200 {
		t.Errorf("only %d exchanges were compared", r.compared)
	}
	t.Logf("%d exchanges compared, %d of them alike in everything", r.compared, r.alike)
}

type replay struct {
	server          string
	known           []*difference
	learned         map[string]string // recorded ids to ours
	compared, alike int
}

// difference is one line of differences.txt: exchanges (a number, a range or *),
// where, and why.
type difference struct {
	line     int
	text     string
	from, to int
	where    string
	seen     bool
	skip     bool
}

func readDifferences(t *testing.T) []*difference {
	t.Helper()
	data, err := os.ReadFile("testdata/differences.txt")
	if err != nil {
		t.Fatal(err)
	}
	var out []*difference
	for n, text := range strings.Split(string(data), "\n") {
		text = strings.TrimSpace(text)
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		fields := strings.SplitN(text, " ", 3)
		if len(fields) < 3 {
			t.Fatalf("testdata/differences.txt:%d: want EXCHANGES WHERE REASON", n+1)
		}
		d := &difference{line: n + 1, text: text, where: fields[1], skip: fields[1] == "skip", from: 0, to: 1 << 30}
		if fields[0] != "*" {
			first, last, isRange := strings.Cut(fields[0], "-")
			if d.from, err = strconv.Atoi(first); err != nil {
				t.Fatalf("testdata/differences.txt:%d: %v", n+1, err)
			}
			d.to = d.from
			if isRange {
				if d.to, err = strconv.Atoi(last); err != nil {
					t.Fatalf("testdata/differences.txt:%d: %v", n+1, err)
				}
			}
		}
		out = append(out, d)
	}
	return out
}

// allowed finds the reason a difference may be there.
func (r *replay) allowed(exchange int, where string) bool {
	for _, d := range r.known {
		matched, err := path.Match(d.where, where)
		if exchange >= d.from && exchange <= d.to && err == nil && matched {
			d.seen = true
			return true
		}
	}
	return false
}

func (r *replay) run(t *testing.T, i int, ex exchange) {
	t.Helper()
	if r.allowed(i, "skip") {
		return
	}
	status, header, body := r.send(t, ex)
	r.compared++
	var found []string
	add := func(where, format string, args ...any) {
		if !r.allowed(i, where) {
			found = append(found, where+": "+fmt.Sprintf(format, args...))
		}
	}
	if status != ex.Status {
		add("status", "recorded %d, ours %d", ex.Status, status)
	}
	for _, name := range []string{"Content-Type", "Location", "Allow", "X-Pact-Broker-Version", "Vary", "Access-Control-Allow-Methods"} {
		want, got := r.normal(ex.Headers[strings.ToLower(name)]), r.normal(header.Get(name))
		if want != got && ex.Headers[strings.ToLower(name)] != "" {
			add("header."+name, "recorded %q, ours %q", want, got)
		}
	}
	for _, d := range r.compare(ex.Response, body) {
		add(d.where, "%s", d.text)
	}
	if len(found) == 0 {
		r.alike++
		return
	}
	t.Errorf("exchange %d: %s %s?%s\n  %s", i, ex.Method, ex.Path, ex.Query, strings.Join(found, "\n  "))
}

func (r *replay) send(t *testing.T, ex exchange) (int, http.Header, string) {
	t.Helper()
	target := aNumber.ReplaceAllStringFunc(ex.Path, func(recorded string) string {
		if ours, known := r.learned[recorded]; known {
			return ours
		}
		return recorded + "000000" // what was not there then must not be here by chance
	})
	for recorded, ours := range r.learned {
		if !aNumber.MatchString(recorded) {
			target = strings.ReplaceAll(target, recorded, ours)
		}
	}
	if ex.Query != "" {
		target += "?" + ex.Query
	}
	req, err := http.NewRequestWithContext(t.Context(), ex.Method, r.server+target, strings.NewReader(ex.Body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", ex.Accept)
	if ex.ContentType != nil {
		req.Header.Set("Content-Type", *ex.ContentType)
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, resp.Header, strings.ReplaceAll(string(body), r.server, recordedAt)
}

type found struct{ where, text string }

// compare lists how two answers differ, and learns which of our ids stand for
// which recorded ones.
func (r *replay) compare(recorded, ours string) []found {
	var a, b any
	if json.Unmarshal([]byte(recorded), &a) != nil || json.Unmarshal([]byte(ours), &b) != nil {
		a, b = lines(r.normal(recorded)), lines(r.normal(ours))
	}
	x, y := map[string]any{}, map[string]any{}
	flatten("", a, x)
	flatten("", b, y)
	var keys []string
	for k := range x {
		keys = append(keys, k)
	}
	for k := range y {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	var out []found
	for _, k := range slices.Compact(keys) {
		want, inX := x[k]
		got, inY := y[k]
		r.learn(want, got)
		switch {
		case !inY:
			out = append(out, found{k, fmt.Sprintf("recorded %.200v, ours has none", want)})
		case !inX:
			out = append(out, found{k, fmt.Sprintf("only ours, %.200v", got)})
		case !reflect.DeepEqual(r.normalValue(want), r.normalValue(got)):
			out = append(out, found{k, fmt.Sprintf("recorded %.600q, ours %.600q", want, got)})
		}
	}
	return out
}

// lines makes a text comparable line by line.
func lines(text string) map[string]any {
	var out []any
	for line := range strings.Lines(text) {
		out = append(out, line)
	}
	return map[string]any{"body": out}
}

func flatten(at string, v any, out map[string]any) {
	switch v := v.(type) {
	case map[string]any:
		if len(v) == 0 {
			out[at] = "{}"
		}
		for k, child := range v {
			flatten(strings.TrimPrefix(at+"."+strings.ReplaceAll(k, "/", "|"), "."), child, out)
		}
	case []any:
		if len(v) == 0 {
			out[at] = "[]"
		}
		for i, child := range v {
			flatten(fmt.Sprintf("%s.%d", at, i), child, out)
		}
	default:
		out[at] = v
	}
}

var (
	aUUID     = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	aMetadata = regexp.MustCompile(`metadata/([A-Za-z0-9_-]+)`)
	aNumber   = regexp.MustCompile(`verification-results/(\d+)`)
	aResult   = regexp.MustCompile(`Verification result \d+`)
	aCell     = regexp.MustCompile(`\| \d+ +(\| (?:true|false))`) // of a verification, in the table
	aDate     = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00`)
	aDay      = regexp.MustCompile(`\d\d/\d\d/\d{4}`)
)

func (r *replay) learn(recorded, ours any) {
	a, okA := recorded.(string)
	b, okB := ours.(string)
	if !okA || !okB {
		return
	}
	for _, pattern := range []*regexp.Regexp{aUUID, aMetadata, aNumber} {
		x, y := pattern.FindAllString(a, -1), pattern.FindAllString(b, -1)
		for i := range min(len(x), len(y)) {
			r.learned[x[i]] = y[i]
		}
	}
}

func (r *replay) normal(s string) string {
	s = strings.ReplaceAll(s, r.server, recordedAt)
	s = aUUID.ReplaceAllString(s, "UUID")
	s = aMetadata.ReplaceAllString(s, "metadata/M")
	s = aNumber.ReplaceAllString(s, "verification-results/N")
	s = aResult.ReplaceAllString(s, "Verification result N")
	s = aCell.ReplaceAllString(s, "| N $1")
	s = aDate.ReplaceAllString(s, "DATE")
	return aDay.ReplaceAllString(s, "DAY")
}

func (r *replay) normalValue(v any) any {
	if s, ok := v.(string); ok {
		return r.normal(s)
	}
	return v
}
