package catalog

import (
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
)

func TestWhichCommitsChangedAnEntity(t *testing.T) {
	t.Parallel()
	const file = "apis/catalog-info.yaml"
	text := func(orders, sales string) []byte {
		const one = "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: NAME}\nspec: {type: openapi, lifecycle: production, owner: OWNER, definition: {$text: ./NAME.yaml}}\n"
		entity := func(name, owner string) string {
			return strings.NewReplacer("NAME", name, "OWNER", owner).Replace(one)
		}
		return []byte(entity("orders", orders) + "---\n" + entity("sales", sales))
	}
	at := 0
	commit := func(id string) Commit {
		at--
		return Commit{ID: id, Author: id, At: time.Date(2026, 1, 1, 0, 0, at, 0, time.UTC)}
	}
	have := func(content []byte) func() ([]byte, bool) { return func() ([]byte, bool) { return content, true } }
	each := func(contents ...[]byte) (list []func() ([]byte, bool)) {
		for _, content := range contents {
			list = append(list, have(content))
		}
		return list
	}
	none := func() ([]byte, bool) { return nil, false }
	versions := map[string][]FileCommit{
		file: {
			{commit("sales"), each(text("b", "a")), have(text("b", "b"))},
			{commit("orders"), each(text("a", "a")), have(text("b", "a"))},
		},
		"apis/orders.yaml": {{Commit: commit("document")}},
	}
	unread := map[string][]FileCommit{file: {{versions[file][0].Commit, []func() ([]byte, bool){none}, none}, {versions[file][1].Commit, []func() ([]byte, bool){none}, none}}}
	merge := map[string][]FileCommit{file: {
		{commit("merge"), each(text("b", "a"), text("a", "b")), have(text("c", "b"))},
		{commit("side"), each(text("a", "a")), have(text("a", "b"))},
	}}
	alone := map[string][]FileCommit{file: versions[file][:1]}
	for _, tt := range []struct {
		name, entity string
		by           map[string][]FileCommit
		want         []string
	}{
		{"of a file, and of what it includes", "orders", versions, []string{"orders", "document"}},
		{"of another entity of the file", "sales", versions, []string{"sales"}},
		{"without versions, all of the file", "sales", unread, []string{"sales", "orders"}},
		{"of another entity, and no other commit", "orders", alone, nil},
		{"an entity that nobody changed", "returns", versions, nil},
		{"a merge that takes over what one side says", "sales", merge, []string{"side"}},
		{"a merge that settles what both sides say", "orders", merge, []string{"merge"}},
		{"nobody knows", "orders", nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ref := NewRef("api", "", tt.entity)
			c := commits{byFile: tt.by, parsed: map[string]map[Ref][]byte{}}
			raw := commits{parsed: map[string]map[Ref][]byte{}}.entity(file, text("b", "b"), ref)
			var got []string
			for _, commit := range c.of(ref, Ref{}, Source{Path: file}, raw) {
				got = append(got, commit.ID)
			}
			if diff := gocmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhichCommitsOfAPushCount(t *testing.T) {
	t.Parallel()
	id := func(letter string) string { return strings.Repeat(letter, 40) }
	list := []Commit{{ID: id("d")}, {ID: id("b")}, {ID: id("a")}}
	for _, tt := range []struct {
		name  string
		known string // commit that was sent before
		push  PushRequest
		want  []string
	}{
		{"the first push", "", PushRequest{Commit: id("d"), Ancestors: []string{id("c"), id("b"), id("a")}}, []string{"d"}},
		{"some commits later", id("a"), PushRequest{Commit: id("d"), Ancestors: []string{id("c"), id("b"), id("a")}}, []string{"d", "b"}},
		{"one commit later", id("c"), PushRequest{Commit: id("d"), Ancestors: []string{id("c"), id("b")}}, []string{"d"}},
		{"one commit later, in a clone that has only that", id("c"), PushRequest{Commit: id("d"), Ancestors: []string{id("c")}, Newest: Commit{ID: id("d")}}, []string{"d"}},
		{"another line", id("f"), PushRequest{Commit: id("d"), Ancestors: []string{id("c")}}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.push.Files = map[string][]byte{"catalog-info.yaml": nil}
			if !tt.push.Newest.Known() {
				tt.push.Commits = map[string][]Commit{"catalog-info.yaml": list}
			}
			var got []string
			for _, change := range tt.push.commits(Location{Commit: tt.known}).of(Ref{}, Ref{}, Source{Path: "catalog-info.yaml"}, nil) {
				got = append(got, change.ID[:1])
			}
			if diff := gocmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
