package git

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// TestPiecesAreGathered reads what comes byte by byte in pieces as large as asked
// for, to the end or to what went wrong.
func TestPiecesAreGathered(t *testing.T) {
	t.Parallel()
	const text = "ten bytes."
	broken := errors.New("broken") //nolint:err113 // a test's own
	for name, tt := range map[string]struct {
		from  io.Reader
		wants []int
		end   error
	}{
		"whole":  {strings.NewReader(text), []int{4, 4, 2}, io.EOF},
		"broken": {io.MultiReader(strings.NewReader(text[:8]), iotest.ErrReader(broken)), []int{4, 4}, broken},
		"empty":  {strings.NewReader(""), nil, io.EOF},
	} {
		g := gathered{io.NopCloser(iotest.OneByteReader(tt.from))}
		p := make([]byte, 4)
		for _, want := range tt.wants {
			if n, err := g.Read(p); n != want || err != nil {
				t.Errorf("%s: read %d bytes, %v, want %d", name, n, err, want)
			}
		}
		if n, err := g.Read(p); n != 0 || !errors.Is(err, tt.end) {
			t.Errorf("%s: then %d bytes, %v, want %v", name, n, err, tt.end)
		}
	}
}
