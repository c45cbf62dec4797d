package portal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"golang.org/x/sync/errgroup"

	"github.com/goldenpath/platform/portal/api/types"
)

// gateResponse is the gate's answer, as what the API's document generates writes it.
// A service with thousands of counterparts has as many reasons: two write them.
type gateResponse types.Gate

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
	w.Header().Set("Content-Type", "application/json")
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
	if len(g.Reasons) < manyReasons {
		whole, err := encoded(types.Gate(g))
		return [][]byte{whole}, err
	}
	var halves [2][]byte
	var around []byte
	first, second := g.Reasons[:len(g.Reasons)/2], g.Reasons[len(g.Reasons)/2:]
	var writing errgroup.Group
	writing.Go(func() (err error) {
		halves[1], err = encoded(second)
		return err
	})
	var err error
	if halves[0], err = encoded(first); err == nil {
		g.Reasons = []types.Reason{}
		around, err = encoded(types.Gate(g))
	}
	if err = errors.Join(err, writing.Wait()); err != nil {
		return nil, err
	}
	// No string holds this: quotes in strings are escaped.
	before, after, _ := bytes.Cut(around, []byte(`"reasons":[]`))
	return [][]byte{
		before, []byte(`"reasons":`), bytes.TrimSuffix(halves[0], []byte("]\n")), []byte(","),
		bytes.TrimSuffix(bytes.TrimPrefix(halves[1], []byte("[")), []byte("\n")), after,
	}, nil
}

// encoded is a value as generated responses write it.
func encoded(value any) ([]byte, error) {
	var b bytes.Buffer
	err := json.NewEncoder(&b).Encode(value)
	return b.Bytes(), err
}
