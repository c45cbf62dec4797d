package portal

import (
	"testing"
	"time"
)

func TestWordsOfPages(t *testing.T) {
	t.Parallel()
	commit := "3f9a3f9a3f9a3f9a3f9a3f9a3f9a3f9a3f9a3f9a"
	for _, test := range []struct{ name, got, want string }{
		{"an operation becomes words", deedWords("publishContracts"), "publish contracts"},
		{"a form is named by what it does", deedWords("POST /create/:path"), "create service"},
		{"a route of a program stays", deedWords("PUT /broker"), "PUT /broker"},
		{"a commit in a sentence is short", string(shortCommits("a <b> of " + commit + ".")), `a &lt;b&gt; of <code title="` + commit + `">3f9a3f9</code>.`},
		{"a number that is no commit stays", string(shortCommits(commit + "0")), commit + "0"},
		{"a version is a commit or itself", shortVersion(commit) + " " + shortVersion("1.2.3"), "3f9a3f9 1.2.3"},
		{"a path breaks at slashes", string(breaksAtSlashes("a/<b")), "a/<wbr>&lt;b"},
		{"a command breaks between arguments", string(keepArguments("a --b <c>")), "<span>a</span> <span>--b</span> <span>&lt;c&gt;</span>"},
		{"thousands are apart", showCount(-1234567), "-1,234,567"},
		{"one is not many", plural(1, "entity", "entities"), "1 entity"},
		{"nothing took no time", showDuration(-time.Second), "0 ms"},
		{"minutes have seconds", showDuration(61 * time.Second), "1 min 1 s"},
		{"an age has one unit", ageText(49 * time.Hour), "2 days ago"},
		{"what is due has one unit", dueText(49 * time.Hour), "in 2 days"},
		{"what is due soon has seconds", dueText(5 * time.Second), "in 10 s"},
		{"what was due is due now", dueText(-time.Hour), "now"},
		{"years are years", ageText(800 * 24 * time.Hour), "2 years ago"},
		{"a path of this server may be gone to", localPath("/runs?state=failed"), "/runs?state=failed"},
		{"another server may not", localPath("//evil.example.com/x"), "/"},
		{"nor one behind a backslash", localPath(`/\evil.example.com`), "/"},
		{"a comment ends with its line", string(highlight("a.go", "x // \"y\"\n1")), "x <span class=\"tok-c\">// &#34;y&#34;</span>\n<span class=\"tok-n\">1</span>"},
		{"markup in code is text", string(highlight("a.go", "\"<script>\"")), `<span class="tok-s">&#34;&lt;script&gt;&#34;</span>`},
		{"an unknown language stays plain", string(highlight("a.txt", "<b>")), "&lt;b&gt;"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if test.got != test.want {
				t.Errorf("got %q, want %q", test.got, test.want)
			}
		})
	}
}
