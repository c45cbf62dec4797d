package portal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"golang.org/x/sync/errgroup"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/portal/api/types"
)

// gateResponse is the gate's answer, as what the API's document generates writes it.
// A service with thousands of counterparts has as many reasons: two write them.
type gateResponse struct {
	types.Gate // its reasons are left out

	reasons []contracts.Reason
}

// manyReasons is how many reasons are sooner written by two.
const manyReasons = 500

// VisitCanIDeployResponse implements server.CanIDeployResponseObject.
func (g gateResponse) VisitCanIDeployResponse(w http.ResponseWriter) error { return g.write(w) }

// VisitCanIMergeResponse implements server.CanIMergeResponseObject.
func (g gateResponse) VisitCanIMergeResponse(w http.ResponseWriter) error { return g.write(w) }

func (g gateResponse) write(w http.ResponseWriter) error {
	parts, err := g.parts()
	if err != nil {
		return fmt.Errorf("encode the gate's answer: %w", err)
	}
	length := 0
	for _, part := range parts {
		length += len(part)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(length))
	w.WriteHeader(http.StatusOK)
	for _, part := range parts {
		if _, err := w.Write(part); err != nil {
			return err //nolint:wrapcheck // who asked has gone
		}
	}
	return nil
}

// parts are the answer in pieces, to be written one after the other.
func (g gateResponse) parts() ([][]byte, error) {
	if len(g.reasons) < manyReasons {
		g.Reasons = mapped(g.reasons, func(r contracts.Reason) types.Reason { return fromReason(&r) })
		whole, err := encoded(g.Gate)
		return [][]byte{whole}, err
	}
	var halves [2][]byte
	var around []byte
	first, second := g.reasons[:len(g.reasons)/2], g.reasons[len(g.reasons)/2:]
	var writing errgroup.Group
	writing.Go(func() (err error) {
		halves[1], err = reasonsJSON(second).MarshalJSON()
		return err
	})
	var err error
	if halves[0], err = reasonsJSON(first).MarshalJSON(); err == nil {
		g.Reasons = []types.Reason{}
		around, err = encoded(g.Gate)
	}
	if err = errors.Join(err, writing.Wait()); err != nil {
		return nil, err
	}
	// No string holds this: quotes in strings are escaped.
	before, after, _ := bytes.Cut(around, []byte(`"reasons":[]`))
	return [][]byte{
		before, []byte(`"reasons":`), bytes.TrimSuffix(halves[0], []byte("]")), []byte(","),
		bytes.TrimPrefix(halves[1], []byte("[")), after,
	}, nil
}

// encoded is a value as generated responses write it.
func encoded(value any) ([]byte, error) {
	var b bytes.Buffer
	err := json.NewEncoder(&b).Encode(value)
	return b.Bytes(), err
}
