package catalog

import (
	"context"
	"strings"
	"time"
)

// SourceStore keeps how locations are read again, and what came with entities.
type SourceStore interface {
	// ClaimDue returns locations that are due at now, those that wait longest
	// first, and plans them for until. Two callers never get the same one.
	ClaimDue(ctx context.Context, now, until time.Time, limit int) ([]Location, error)
	// SaveSchedule stores what reading a location again without finding anything
	// new says of it: when it was and will be read, and how often that failed. Who
	// claimed it names until when: if it became due earlier meanwhile, because its
	// source told of a change, it stays so. Without a claim, and where somebody
	// paused it meanwhile, when it will be read stays as it is.
	SaveSchedule(ctx context.Context, l Location, claimed time.Time) error
	// SetEvery stores how often a location is read, and when next.
	SetEvery(ctx context.Context, l Location) error
	// SetDue makes locations due at a time, unless nobody wants them to be read by
	// themselves. What was pushed can be made due: it is read from what is kept.
	SetDue(ctx context.Context, ids []string, at time.Time) error
	// LocationFiles returns the files of a location as they were read last.
	LocationFiles(ctx context.Context, locationID string) ([]FileRecord, error)
	// NotesOf returns what reading a file of a location told, false when that is not
	// remembered.
	NotesOf(ctx context.Context, locationID, path string) (FileNotes, bool, error)
	// SaveLocationFiles inserts and replaces files of a location by path, and
	// forgets others.
	SaveLocationFiles(ctx context.Context, locationID string, save []FileRecord, forget []string) error
	// KeepPushed inserts and replaces files that a pipeline sent by path; whole
	// forgets the others of the location.
	KeepPushed(ctx context.Context, locationID string, files []PushedFile, whole bool) error
	// ForgetPushed forgets files of a location that are kept.
	ForgetPushed(ctx context.Context, locationID string, paths []string) error
	// PushedFiles returns the files of a location that are kept, in any order.
	PushedFiles(ctx context.Context, locationID string) ([]PushedFile, error)
	// SaveDocuments makes docs the documents of an entity. Contents are by digest;
	// those that are stored already may be left out.
	SaveDocuments(ctx context.Context, uid string, docs []Doc, contents map[string][]byte) error
	// DocumentsOf returns the documents of an entity in order.
	DocumentsOf(ctx context.Context, uid string) ([]Doc, error)
	// DocumentContent returns a document by digest, false when there is none.
	DocumentContent(ctx context.Context, digest string) ([]byte, bool, error)
	// ExpireDocuments forgets the documents of entities that are gone, and every
	// content that nobody has. It returns how many contents went.
	ExpireDocuments(ctx context.Context) (int, error)
	// SaveRepositoryCheck inserts or replaces by address.
	SaveRepositoryCheck(ctx context.Context, check RepositoryCheck) error
	// RepositoryChecks returns what is known of all repositories.
	RepositoryChecks(ctx context.Context) ([]RepositoryCheck, error)
}

// FileRecord is a file as it was read last, so that one that did not change is
// not read again.
type FileRecord struct {
	Path string
	// Signature changes with the file, with every file it includes, and with how
	// the catalog reads files.
	Signature  string
	NamesFiles bool // it holds a Location entity
	Notes      FileNotes
}

// FileNotes are what reading a file told, so that reading it again can tell the
// same without looking. The JSON form is stored.
type FileNotes struct {
	Included   []string          `json:"included,omitempty"` // files that placeholders name
	Versions   map[string]string `json:"versions,omitempty"` // of those files, and itself, that lie elsewhere
	Entities   int               `json:"entities,omitempty"` // how many it defines
	Targets    []targets         `json:"targets,omitempty"`  // what its Location entities name
	Documented []docsPlace       `json:"documented,omitempty"`
	Document   *Doc              `json:"document,omitempty"` // it is a document and no catalog file

	Lines referenceLines `json:"lines,omitempty"`
}

// targets are what one Location entity names.
type targets struct {
	Names    []string `json:"names"`
	Optional bool     `json:"optional,omitempty"`
}

// docsPlace is where the documents of an entity lie.
type docsPlace struct {
	Ref    Ref    `json:"ref"`
	Line   int    `json:"line,omitempty"`   // where it asks for them, else of the entity
	Docs   string `json:"docs,omitempty"`   // folder of mkdocs.yml
	ADRs   string `json:"adrs,omitempty"`   // folder of decision records
	Wrong  string `json:"wrong,omitempty"`  // why what the annotation names cannot be read
	Listed string `json:"listed,omitempty"` // what the documents were when they were stored last

	ADRLine   int    `json:"adrLine,omitempty"`   // where it names the folder of its records; 0 when it names none
	WrongADRs string `json:"wrongADRs,omitempty"` // why that folder cannot be read
}

// DocKind says what a document is.
type DocKind string

// The kinds of documents.
const (
	DocTechDocs DocKind = "techdocs" // a page of an entity's docs
	DocADR      DocKind = "adr"      // an architecture decision record
)

// Doc is a Markdown file that belongs to an entity.
type Doc struct {
	Kind   DocKind `json:"kind"`
	Path   string  `json:"path"` // below the folder of documents
	Title  string  `json:"title,omitempty"`
	Digest string  `json:"digest"` // SHA-256 of the content, hexadecimal
	Size   int64   `json:"size"`
}

// DocumentsAt returns the address that an entity names for its documents, ""
// when it names none or a folder. They are read only when that is in the
// repository that the entity itself is read from.
func (e Entity) DocumentsAt() string {
	at := strings.TrimPrefix(e.Metadata.Annotations[AnnotationTechDocs], "url:")
	if !strings.HasPrefix(at, "https://") && !strings.HasPrefix(at, "http://") {
		return ""
	}
	return at
}

// FileElsewhere returns the page of an entity's catalog file when a Location
// entity of another repository named it by its address. Of the repository it is
// in nothing else is read, and so none of its documents.
func (e Entity) FileElsewhere() (GitPage, bool) {
	if !isAddress(e.Source.Path) {
		return GitPage{}, false
	}
	return ParseGitPage(e.Source.Path)
}

// RepositoryCheck is whether a repository could be reached when it was tried
// last.
type RepositoryCheck struct {
	Address   string
	Reachable bool
	Source    string // what tried: ingestion or check
	Message   string // why it could not be reached
	CheckedAt time.Time
}
