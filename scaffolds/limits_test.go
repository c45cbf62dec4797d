package scaffolds_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"path"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"go.yaml.in/yaml/v3"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/scaffolds"
)

// Kubernetes, the catalog and DNS take names of 63 characters; Helm and Grafana
// take fewer. A service may be called all that Kubernetes takes, and what its
// name becomes a part of stays within the limit of the place.
func TestLongNamesStayWithinEachLimit(t *testing.T) {
	t.Parallel()
	long := func(c string) string { return strings.Repeat(c, 54) + "-and-" + c + "234" }
	answers := scaffolds.Answers{Name: long("n"), Owner: long("o"), System: long("s"), Consumes: []string{long("p")}}
	for _, pack := range goHTTP(t).Packs {
		answers.Packs = append(answers.Packs, pack.Name)
	}
	tree, err := goHTTP(t).Render(answers, []scaffolds.Provider{{Name: long("p"), OpenAPI: document(t, "goldenprovider")}})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for where, names := range limitedNames(t, tree) {
		limit, _ := limitOf(where)
		form := regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$`)
		if where == "a dashboard's uid" {
			form = regexp.MustCompile(`^[a-z0-9]([a-z0-9_-]*[a-z0-9])?$`)
		}
		for _, name := range names {
			seen[where]++
			if len(name) > limit || !form.MatchString(name) {
				t.Errorf("%s has %d characters, at most %d are taken: %s", where, len(name), limit, name)
			}
		}
	}
	for _, where := range []string{"a dashboard's uid", "a release of Helm", "a label of Kubernetes", "an object of Kubernetes", "an entity"} {
		if seen[where] == 0 {
			t.Errorf("no %s was found: this test looks in the wrong place", where)
		}
	}
	files := fstest.MapFS{}
	for _, f := range tree.Files {
		files[f.Path] = &fstest.MapFile{Data: f.Body}
	}
	entities, problems := catalog.Check(files, "catalog-info.yaml")
	if len(problems) > 0 || len(entities) < 3 {
		t.Errorf("the catalog takes %d entities and says %v", len(entities), problems)
	}
}

// A name that fits is not touched, and two that do not stay two.
func TestOnlyLongNamesAreShortened(t *testing.T) {
	t.Parallel()
	uids := map[string]string{}
	for _, name := range []string{"orders", strings.Repeat("a", 40), strings.Repeat("a", 41), strings.Repeat("a", 63), strings.Repeat("a", 30) + "-" + strings.Repeat("b", 30)} {
		tree, err := goHTTP(t).Render(scaffolds.Answers{Name: name, Owner: "checkout"}, nil)
		if err != nil {
			t.Fatal(err, fault.From(err).Fields)
		}
		uid := limitedNames(t, tree)["a dashboard's uid"][0]
		if other, taken := uids[uid]; taken {
			t.Errorf("%s and %s have the same uid %s", name, other, uid)
		}
		if uids[uid] = name; len(name) <= 40 && uid != name || strings.Contains(uid, "--") {
			t.Errorf("the uid of %s is %s", name, uid)
		}
	}
}

func limitOf(where string) (limit int, known bool) {
	limit, known = map[string]int{
		"a dashboard's uid": 40, "a release of Helm": 53, "a label of Kubernetes": 63, "an object of Kubernetes": 63, "an entity": 63,
	}[where]
	return limit, known
}

// limitedNames are the names in a service's files, by what they name.
func limitedNames(t *testing.T, tree *scaffolds.Tree) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	add := func(where, name string) { found[where] = append(found[where], name) }
	for _, f := range tree.Files {
		switch {
		case strings.HasPrefix(path.Base(f.Path), "dashboard") && path.Ext(f.Path) == ".json":
			var dashboard struct{ UID string }
			if err := json.Unmarshal(f.Body, &dashboard); err != nil {
				t.Fatal(err)
			}
			if dashboard.UID != "" {
				add("a dashboard's uid", dashboard.UID)
			}
		case path.Ext(f.Path) == ".md":
			for _, release := range regexp.MustCompile(`helm (?:upgrade --install|template) (\S+)`).FindAllSubmatch(f.Body, -1) {
				add("a release of Helm", string(release[1]))
			}
		case f.Path == "catalog-info.yaml":
			eachDocument(t, f.Body, func(entity map[string]any) {
				metadata, _ := entity["metadata"].(map[string]any)
				name, _ := metadata["name"].(string)
				add("an entity", name)
			})
		case strings.HasPrefix(f.Path, "deploy/kubernetes/") && path.Ext(f.Path) == ".yaml":
			eachDocument(t, f.Body, func(object map[string]any) {
				if metadata, ok := object["metadata"].(map[string]any); ok {
					name, _ := metadata["name"].(string)
					add("an object of Kubernetes", name)
				}
				eachLabel(object, func(value string) { add("a label of Kubernetes", value) })
			})
		}
	}
	return found
}

func eachDocument(t *testing.T, body []byte, see func(map[string]any)) {
	t.Helper()
	decoder := yaml.NewDecoder(bytes.NewReader(body))
	for {
		var document map[string]any
		err := decoder.Decode(&document)
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		see(document)
	}
}

// eachLabel finds the values of labels and of what selects by them.
func eachLabel(v any, see func(string)) {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			labels, ok := value.(map[string]any)
			if ok && (strings.HasSuffix(strings.ToLower(key), "labels") || key == "pairs") {
				for _, label := range labels {
					if text, ok := label.(string); ok {
						see(text)
					}
				}
			}
			eachLabel(value, see)
		}
	case []any:
		for _, value := range v {
			eachLabel(value, see)
		}
	}
}
