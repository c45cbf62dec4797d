package scaffolds

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
)

// slowly replaces as the replacer says it does, letter by letter.
func slowly(s string, finds, values []string) string {
	var out strings.Builder
	for len(s) > 0 {
		longest := -1
		for i, f := range finds {
			if strings.HasPrefix(s, f) && (longest < 0 || len(f) > len(finds[longest])) {
				longest = i
			}
		}
		if longest < 0 {
			out.WriteByte(s[0])
			s = s[1:]
			continue
		}
		out.WriteString(values[longest])
		s = s[len(finds[longest]):]
	}
	return out.String()
}

func TestReplacer(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name       string
		finds      []string
		text, want string
	}{
		{"one that starts with another: the longest", []string{"golden", "golden-uid"}, "golden-uid golden", "<1> <0>"},
		{"one inside another: what starts first", []string{"com/golden", "golden/service"}, "example.com/golden/service", "example.<0>/service"},
		{"one that starts behind the beginning of another which is not there", []string{"a-golden-b", "golden"}, "a-golden-c", "a-<1>-c"},
		{"the common part twice in one", []string{"golden-golden", "-golden"}, "golden golden-golden-golden", "golden <0><1>"},
		{"nothing in common", []string{"golden", "SILVER"}, "SILVERgolden", "<1><0>"},
		{"what is left after one is none", []string{"goldengold", "golden"}, "goldengoldengolden", "<0>en<1>"},
		{"at both ends", []string{"golden"}, "golden and golden", "<0> and <0>"},
		{"a value that is a token", []string{"<0>", "golden"}, "golden<0>", "<1><0>"},
		{"no text", []string{"golden"}, "\x00golden", "\x00golden"},
		{"nothing", []string{"golden"}, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := replacing(t, tt.finds).text(tt.text); got != tt.want {
				t.Errorf("%q becomes %q, want %q", tt.text, got, tt.want)
			}
		})
	}
}

// The families of tokens are about speed: what is replaced is the same.
func TestReplacerIsAsGoodAsLetterByLetter(t *testing.T) {
	t.Parallel()
	const seed = 1
	random := rand.New(rand.NewPCG(seed, seed))
	word := func(most int) string {
		b := make([]byte, 1+random.IntN(most))
		for i := range b {
			b[i] = "abc"[random.IntN(3)]
		}
		return string(b)
	}
	for range 20000 {
		finds, values, seen := []string{}, []string{}, map[string]bool{}
		for range 1 + random.IntN(4) {
			if f := word(9); !seen[f] {
				seen[f] = true
				finds, values = append(finds, f), append(values, "<"+string('0'+rune(len(finds)))+">")
			}
		}
		text := word(60)
		if got, want := replacing(t, finds).text(text), slowly(text, finds, values); got != want {
			t.Fatalf("%q with %q becomes %q, want %q", text, finds, got, want)
		}
	}
}

func TestReplacerCopiesOnlyWhatChanges(t *testing.T) {
	t.Parallel()
	body := []byte("nothing of it here")
	if got := replacing(t, []string{"golden"}).bytes(body); &got[0] != &body[0] {
		t.Error("a text without tokens was copied")
	}
	body = []byte("golden here")
	if replacing(t, []string{"golden"}).bytes(body); !bytes.Equal(body, []byte("golden here")) {
		t.Errorf("the golden text became %q", body)
	}
}

// replacing has <0>, <1> and so on in place of tokens.
func replacing(t *testing.T, finds []string) *replacer {
	t.Helper()
	values, tokens := map[string]string{}, []token{}
	for i, f := range finds {
		value := "<" + string('0'+rune(i)) + ">"
		values[value] = value
		tokens = append(tokens, token{Find: f, Value: value})
	}
	r, err := newReplacer(values, tokens)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
