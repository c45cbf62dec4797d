package pipelines

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"
)

// MainBranch is the branch a new repository starts with.
const MainBranch = "main"

// Repository is a repository on a git host.
type Repository struct {
	Host      string `json:"host"`
	Name      string `json:"name"`
	ID        string `json:"id"` // the host's own, so that a namesake is not taken for it
	CloneURL  string `json:"clone_url"`
	WebURL    string `json:"web_url"`
	LocalPath string `json:"local_path,omitempty"` // when it is on the server's machine
}

// NewRepository is a repository to be made. Making one with the key of one that
// exists returns that one.
type NewRepository struct {
	Name        string
	Description string
	Key         string
}

// Host keeps repositories. Its errors are faults that say what a person can do,
// or a WaitError when the host asks for patience.
type Host interface {
	// Name is what people call the host in --host.
	Name() string
	// Find returns the repository of that name, if there is one, as far as we may
	// see it.
	Find(ctx context.Context, name string) (Repository, bool, error)
	// Made returns the repository that was made with the same key, if it is there.
	Made(ctx context.Context, n NewRepository) (Repository, bool, error)
	// Create makes an empty repository, or returns the one made with the same
	// key. It is a fault.Conflict when another one has the name.
	Create(ctx context.Context, n NewRepository) (Repository, error)
	// Delete removes a repository. One that is gone already is no error; another
	// one of the same name is never touched.
	Delete(ctx context.Context, r Repository) error
	// Remote returns where to push to, and with which credentials.
	Remote(ctx context.Context, r Repository) (Remote, error)
}

// Remote is where a repository is pushed to.
type Remote struct {
	URL string
	// Folder is the bare repository itself, when it is the host's own and nobody
	// on the way has a say: then it may be written straight.
	Folder   string
	Username string
	Password Secret
}

// Secret is a value that no log and no error may show.
type Secret string

// String hides the value.
func (Secret) String() string { return redacted }

// GoString hides the value.
func (Secret) GoString() string { return redacted }

// LogValue hides the value.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON hides the value.
func (Secret) MarshalJSON() ([]byte, error) { return json.Marshal(redacted) }

// Reveal returns the value, for the one who needs it.
func (s Secret) Reveal() string { return string(s) }

// Commit is the first commit of a repository: everything its id depends on.
type Commit struct {
	Files   []CommitFile
	Message string
	Author  Signature
	Time    time.Time
}

// CommitFile is one file of a commit.
type CommitFile struct {
	Path       string
	Body       []byte
	Executable bool
}

// Signature says who made a commit.
type Signature struct{ Name, Email string }

// Repositories speaks git.
type Repositories interface {
	// ID returns the id of the commit. The same commit always has the same.
	ID(ctx context.Context, c Commit) (string, error)
	// Push makes a branch of the remote point at the commit. It is no error when
	// it does already, and a fault.Conflict when it points elsewhere.
	Push(ctx context.Context, c Commit, branch string, to Remote) (string, error)
	// Refs returns what the remote's branches and tags point at, by full name.
	Refs(ctx context.Context, of Remote) (map[string]string, error)
}
