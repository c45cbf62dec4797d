package broker

import (
	"slices"
	"strconv"
	"sync"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/contracts"
)

// matrixSummary is what a matrix comes to.
type matrixSummary struct {
	Deployable *bool  `json:"deployable"`
	Reason     string `json:"reason"`
	Success    int    `json:"success"`
	Failed     int    `json:"failed"`
	Unknown    int    `json:"unknown"`
	Ignored    int    `json:"ignored,omitempty"`
}

// matrixWriter writes rows with the branches, tags and environments of their
// versions.
type matrixWriter struct {
	written
	u        urls
	details  map[int64]contracts.VersionDetail
	envs     map[string][]byte // as JSON
	versions map[int64][2]int  // where each version is written out already
}

// Memory for answers is used again when it is large enough to be worth it, and
// not so large that it had better be given back.
const smallestKept, largestKept = 64 << 10, 8 << 20

// buffer returns memory to write an answer of about size bytes into.
func (h *Handler) buffer(size int) written {
	if kept, ok := h.buffers.Get().(*written); ok {
		if size >= smallestKept && cap(*kept) >= size {
			return (*kept)[:0]
		}
		h.buffers.Put(kept)
	}
	return make(written, 0, size)
}

// release gives memory back once the answer is written.
func (h *Handler) release(w written) {
	if smallestKept <= cap(w) && cap(w) <= largestKept {
		h.buffers.Put(&w)
	}
}

// perRow is roughly how many bytes a row has.
const perRow = 1536

// matrixWriter reads what is around the versions of all rows at once, unless that
// came with them.
func (h *Handler) matrixWriter(c echo.Context, m contracts.Matrix) (*matrixWriter, error) {
	w := &matrixWriter{
		written: h.buffer(perRow * (len(m.Rows) + 1)), u: h.urls(c),
		versions: make(map[int64][2]int, len(m.Rows)+1), envs: map[string][]byte{}, details: m.Places,
	}
	if len(m.Rows) == 0 {
		return w, nil
	}
	var err error
	if w.details == nil {
		ids := make([]int64, 0, 2*len(m.Rows))
		for i := range m.Rows {
			ids = append(ids, m.Rows[i].ConsumerVersionID, m.Rows[i].ProviderVersionID)
		}
		slices.Sort(ids)
		ids = slices.DeleteFunc(slices.Compact(ids), func(id int64) bool { return id == 0 })
		if w.details, err = h.contracts.VersionPlaces(c.Request().Context(), ids); err != nil {
			return nil, err
		}
	}
	list := m.Environments
	if list == nil {
		if list, err = h.contracts.Environments(c.Request().Context()); err != nil {
			return nil, err
		}
	}
	for _, e := range list {
		w.envs[e.ID] = asJSON(shortEnvironment(w.u, e))
	}
	return w, nil
}

// manyRows is how many rows are sooner written by two.
const manyRows = 500

// rows writes rows, separated by commas; the second half of many beside the first.
func (w *matrixWriter) rows(h *Handler, rows []contracts.Row) {
	if len(rows) < manyRows {
		w.each(rows)
		return
	}
	half := len(rows) / 2
	second := &matrixWriter{
		written: h.buffer(perRow * (len(rows) - half)), u: w.u, details: w.details, envs: w.envs,
		versions: make(map[int64][2]int, len(rows)-half),
	}
	var panicked any
	var writing sync.WaitGroup
	writing.Go(func() {
		defer func() { panicked = recover() }() // there nobody would answer for it, and the server end
		second.each(rows[half:])
	})
	w.each(rows[:half])
	writing.Wait()
	if panicked != nil {
		panic(panicked) //nolint:forbidigo // on its way to whom all panics of answers go
	}
	w.raw(`,`)
	w.written = append(w.written, second.written...)
	h.release(second.written)
}

func (w *matrixWriter) each(rows []contracts.Row) {
	for i := range rows {
		if i > 0 {
			w.raw(`,`)
		}
		w.row(&rows[i])
	}
}

// row writes a publication and what was said about it.
func (w *matrixWriter) row(r *contracts.Row) {
	consumer, provider, number := esc(r.Consumer), esc(r.Provider), esc(r.ConsumerVersion)
	w.raw(`{"consumer":`)
	w.side(r.Consumer, consumer, r.ConsumerVersionID, r.ConsumerVersion)
	w.raw(`,"provider":`)
	w.side(r.Provider, provider, r.ProviderVersionID, r.ProviderVersion)
	w.raw(`,"pact":{"createdAt":`)
	w.date(r.PublishedAt)
	w.raw(`,`)
	w.self(string(w.u), "/pacts/provider/", provider, "/consumer/", consumer, "/version/", number)
	w.raw(`},"verificationResult":`)
	if r.VerificationID == 0 {
		w.raw(`null`)
	} else {
		w.raw(`{"success":`)
		w.boolean(r.Success)
		w.raw(`,"verifiedAt":`)
		w.date(r.VerifiedAt)
		w.raw(`,`)
		w.self(string(w.u), "/pacts/provider/", provider, "/consumer/", consumer, "/pact-version/", esc(r.SHA), "/metadata/",
			metadata{number: r.ConsumerVersion}.encode(), "/verification-results/", strconv.FormatInt(r.VerificationID, 10))
		w.raw(`}`)
	}
	if r.Ignored {
		w.raw(`,"ignored":true`)
	}
	w.raw(`}`)
}

// side writes one service of a row.
func (w *matrixWriter) side(service, escaped string, id int64, number string) {
	w.raw(`{"name":`)
	w.text(service)
	w.raw(`,"version":`)
	switch at := w.versions[id]; {
	case number == "":
		w.raw(`null`)
	case at[1] != 0:
		w.written = append(w.written, w.written[at[0]:at[1]]...)
	default:
		at[0] = len(w.written)
		w.version(escaped, number, w.details[id])
		at[1] = len(w.written)
		w.versions[id] = at
	}
	w.raw(`,`)
	w.self(string(w.u), "/pacticipants/", escaped)
	w.raw(`}`)
}

// version writes a version of a service whose name is escaped.
func (w *matrixWriter) version(service, number string, d contracts.VersionDetail) {
	escaped := esc(number)
	w.raw(`{"number":`)
	w.text(number)
	w.raw(`,"branch":`)
	if len(d.Branches) == 0 {
		w.raw(`null`)
	} else {
		w.text(d.Branches[len(d.Branches)-1].Name)
	}
	w.raw(`,"branches":`)
	from := len(w.written)
	w.branches(service, escaped, d)
	to := len(w.written)
	w.raw(`,"branchVersions":`)
	w.written = append(w.written, w.written[from:to]...)
	w.raw(`,"environments":`)
	w.environments(d)
	w.raw(`,"tags":[`)
	for i, t := range d.Tags {
		if i > 0 {
			w.raw(`,`)
		}
		w.raw(`{"name":`)
		w.text(t.Name)
		w.raw(`,"latest":`)
		w.boolean(t.Latest)
		w.raw(`,`)
		w.self(string(w.u), "/pacticipants/", service, "/versions/", escaped, "/tags/", esc(t.Name))
		w.raw(`}`)
	}
	w.raw(`],`)
	w.self(string(w.u), "/pacticipants/", service, "/versions/", escaped)
	w.raw(`}`)
}

func (w *matrixWriter) branches(service, number string, d contracts.VersionDetail) {
	w.raw(`[`)
	for i, b := range d.Branches {
		if i > 0 {
			w.raw(`,`)
		}
		w.raw(`{"name":`)
		w.text(b.Name)
		w.raw(`,"latest":`)
		w.boolean(b.Latest)
		w.raw(`,"_links":{"self":{"title":"Branch version","name":`)
		w.text(b.Name)
		w.raw(`,"href":`)
		w.text(string(w.u), "/pacticipants/", service, "/branches/", esc(b.Name), "/versions/", number)
		w.raw(`}}}`)
	}
	w.raw(`]`)
}

// environments writes each environment once, however often the version is there.
func (w *matrixWriter) environments(d contracts.VersionDetail) {
	w.raw(`[`)
	for i, there := range d.Deployments {
		if slices.ContainsFunc(d.Deployments[:i], func(before contracts.Deployment) bool { return before.EnvironmentID == there.EnvironmentID }) {
			continue
		}
		if i > 0 {
			w.raw(`,`)
		}
		w.written = append(w.written, w.envs[there.EnvironmentID]...)
	}
	w.raw(`]`)
}
