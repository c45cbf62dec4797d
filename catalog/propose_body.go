package catalog

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/goldenpath/platform/catalog/proposal"
)

// marker is how a pull request remembers which file was proposed in it.
func marker(file []byte) string {
	sum := sha256.Sum256(file)
	return "<!-- platform:catalog-info sha256:" + hex.EncodeToString(sum[:]) + " -->"
}

// proposalBody is what the pull request says. It quotes nothing that the
// repository's files say in sentences: those could name people and issues.
func proposalBody(out Proposed, made proposal.Proposal) string {
	var b strings.Builder
	b.WriteString("With this file the repository is in the software catalog: people see what it is, who answers for it and what depends on it. " +
		"Everything in it was worked out from the repository, so please look whether it is right, and correct it here.\n\n")
	b.WriteString("| | proposed | because of |\n|---|---|---|\n")
	for _, one := range made.Components() {
		for _, row := range [][3]string{
			{"name", one.Name, one.Because["name"]},
			{"folder", one.Folder, ""},
			{"owner", one.Owner, one.Because["owner"]},
			{"type", one.Type, one.Because["type"]},
			{"lifecycle", one.Lifecycle, one.Because["lifecycle"]},
			{"tags", strings.Join(one.Tags, ", "), one.Because["tags"]},
		} {
			if row[0] != "folder" || row[1] != "" {
				b.WriteString("| " + row[0] + " | " + code(row[1]) + " | " + code(row[2]) + " |\n")
			}
		}
		for _, api := range one.APIs {
			b.WriteString("| API | " + code(api.Name) + " | " + code(api.File) + " |\n")
		}
	}
	if len(out.Notes) > 0 {
		b.WriteString("\nPlease look at this:\n\n")
		for _, note := range out.Notes {
			b.WriteString("- " + note + "\n")
		}
	}
	b.WriteString("\nClosing this pull request says that the repository is not to be in the catalog; nobody opens it again by itself.\n\n")
	b.WriteString(marker(out.File) + "\n")
	return b.String()
}

// code is a text in a cell of a table that Markdown finds nothing in.
func code(s string) string {
	if s = printable(s); s == "" {
		return ""
	}
	return "`" + strings.NewReplacer("`", "'", "|", "¦").Replace(s) + "`"
}
