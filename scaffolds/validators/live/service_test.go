//go:build proof

package live_test

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// service is a running instance. Started again it has the same addresses.
type service struct {
	*program

	api, admin string
}

func (p project) instance(t *testing.T, name string, env ...string) *service {
	t.Helper()
	s := &service{program: newProgram(t, name, p.program), api: free(t), admin: free(t)}
	s.env = append(append(p.deployed(t).env, env...), "HTTP_ADDR="+s.api, "ADMIN_ADDR="+s.admin)
	return s
}

func (s *service) start(t *testing.T) {
	t.Helper()
	s.program.start(t)
	s.up(t, func() bool { return s.logged("listening") && s.get(t, s.admin, "/readyz").status == http.StatusOK })
}

// logged reports whether a line with that message is in the log.
func (s *service) logged(message string) bool { return len(s.lines("msg", message)) > 0 }

// lines are those of the log in which a key has that value.
func (s *service) lines(key, value string) (found []map[string]any) {
	for text := range strings.Lines(s.log()) {
		var line map[string]any
		if json.Unmarshal([]byte(text), &line) == nil && line[key] == value {
			found = append(found, line)
		}
	}
	return found
}

// reply is what a request got.
type reply struct {
	status int
	header http.Header
	body   string
}

func (s *service) get(t *testing.T, address, path string, header ...string) reply {
	t.Helper()
	return s.ask(t, http.MethodGet, address, path, "", header...)
}

// ask sends one request; the status is 0 when there was no answer.
func (s *service) ask(t *testing.T, method, address, path, body string, header ...string) reply {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, "http://"+address+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return reply{body: err.Error()}
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return reply{body: err.Error()}
	}
	return reply{response.StatusCode, response.Header, string(text)}
}

// has reports whether it answers with an item.
func (s *service) has(t *testing.T, item string) bool {
	t.Helper()
	return s.get(t, s.api, "/items/"+item).status == http.StatusOK
}

// ready is what /readyz says.
func (s *service) ready(t *testing.T) (status int, says string) {
	t.Helper()
	r := s.get(t, s.admin, "/readyz")
	return r.status, r.body
}

// value is the sum of the series of a metric that have these labels, given as
// "name=value". A series that is not there is a mistake in this test.
func (s *service) value(t *testing.T, metric string, labels ...string) (sum float64) {
	t.Helper()
	r := s.get(t, s.admin, "/metrics")
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(r.body))
	if err != nil || r.status != http.StatusOK {
		t.Fatalf("scrape %s: %d %v", s.name, r.status, err)
	}
	found := false
	for _, each := range families[metric].GetMetric() {
		if fits(each, labels) {
			found = true
			sum += each.GetCounter().GetValue() + each.GetGauge().GetValue() + float64(each.GetHistogram().GetSampleCount())
		}
	}
	if !found {
		t.Fatalf("%s has no %s with %v", s.name, metric, labels)
	}
	return sum
}

func fits(m *dto.Metric, labels []string) bool {
	has := map[string]bool{}
	for _, label := range m.GetLabel() {
		has[label.GetName()+"="+label.GetValue()] = true
	}
	for _, label := range labels {
		if !has[label] {
			return false
		}
	}
	return true
}

// started is when the process began: recovery must not need another one.
func (s *service) started(t *testing.T) float64 {
	t.Helper()
	return s.value(t, "process_start_time_seconds")
}

// instances are those of one service.
type instances []*service

// all reports whether something is true of each.
func (i instances) all(is func(*service) bool) bool {
	for _, s := range i {
		if !is(s) {
			return false
		}
	}
	return true
}

// have reports whether a metric has a value in each instance.
func (i instances) have(t *testing.T, want float64, metric string, labels ...string) bool {
	t.Helper()
	return i.all(func(s *service) bool { return s.value(t, metric, labels...) == want })
}

// grow returns what reports whether a counter has grown in each since.
func (i instances) grow(t *testing.T, metric string, labels ...string) func() bool {
	t.Helper()
	before := map[*service]float64{}
	for _, s := range i {
		before[s] = s.value(t, metric, labels...)
	}
	return func() bool {
		maps.DeleteFunc(before, func(s *service, n float64) bool { return s.value(t, metric, labels...) > n })
		return len(before) == 0
	}
}
