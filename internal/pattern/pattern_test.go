package pattern

import "testing"

func TestNew(t *testing.T) {
	t.Parallel()
	hex := New(`^[0-9a-f]+$`)
	first, second := hex(), hex()
	if !first.MatchString("c0ffee") || first.MatchString("tea") {
		t.Errorf("%s matches something else", first)
	}
	if first != second {
		t.Error("it is compiled each time")
	}
}

func TestWhatIsWrongIsFoundByTests(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("nobody noticed")
		}
	}()
	New(`(`)
}

func TestNothingIsCompiledBeforeItIsUsed(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{"/tmp/pattern.test": true, "pattern.test.exe": true, "/usr/bin/platform": false, "test": false} {
		if got := isTest(name); got != want {
			t.Errorf("%s is a test: %v", name, got)
		}
	}
}
