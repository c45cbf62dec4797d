package scaffolds

import (
	"errors"
	"strconv"
	"testing"
)

func TestSideBySide(t *testing.T) {
	t.Parallel()
	files := make([]File, 9)
	for i := range files {
		files[i].Path = strconv.Itoa(i)
	}
	broken := errors.New("3")
	err := sideBySide(files, func(_ int, f *File) error {
		f.Source = f.Path
		switch f.Path {
		case "3":
			return broken
		case "8":
			return errors.New("8")
		}
		return nil
	})
	if !errors.Is(err, broken) {
		t.Errorf("the error is %v, not that of the first in order", err)
	}
	if err := sideBySide(files, func(i int, f *File) error { f.Source = "x" + strconv.Itoa(i); return nil }); err != nil {
		t.Error(err)
	}
	for i, f := range files {
		if f.Source != "x"+strconv.Itoa(i) {
			t.Errorf("file %d is %q", i, f.Source)
		}
	}
	if err := sideBySide(nil, func(int, *File) error { return broken }); err != nil {
		t.Error(err)
	}
	defer func() {
		if v := recover(); v != "no" {
			t.Errorf("the panic of a file is %v here", v)
		}
	}()
	_ = sideBySide(files, func(_ int, f *File) error {
		if f.Path == "8" {
			panic("no")
		}
		return nil
	})
	t.Error("a panic was swallowed")
}
