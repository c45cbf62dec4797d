package scaffolds_test

import (
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/goldenpath/platform/scaffolds"
)

var benchAnswers = scaffolds.Answers{Name: "orders", Owner: "checkout", System: "shop"}

// What "platform render" does once the process runs: opened anew each time,
// because a process renders one service.
func BenchmarkRenderOnce(b *testing.B) {
	archive, err := os.ReadFile(filepath.Join("dist", "go-http.zip"))
	if err != nil {
		b.Fatalf("run make generate: %v", err)
	}
	fsys := fstest.MapFS{"go-http.zip": &fstest.MapFile{Data: archive}}
	for b.Loop() {
		library, err := scaffolds.Open(fsys)
		if err != nil {
			b.Fatal(err)
		}
		p, err := library.Get("go-http")
		if err != nil {
			b.Fatal(err)
		}
		if _, err := p.Render(benchAnswers, nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRender(b *testing.B) {
	p := goHTTP(b)
	provider := []scaffolds.Provider{{Name: "inventory", OpenAPI: document(b, "goldenprovider")}}
	consuming := benchAnswers
	consuming.Consumes = []string{"inventory"}
	b.Run("consuming nothing", func(b *testing.B) {
		for b.Loop() {
			if _, err := p.Render(benchAnswers, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("consuming a service", func(b *testing.B) {
		for b.Loop() {
			if _, err := p.Render(consuming, provider); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkWrite(b *testing.B) {
	tree, err := goHTTP(b).Render(benchAnswers, nil)
	if err != nil {
		b.Fatal(err)
	}
	dir := filepath.Join(b.TempDir(), "orders")
	for b.Loop() {
		if err := tree.Write(dir); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		if err := os.RemoveAll(dir); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}
