package git

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	gogit "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/capability"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/sideband"
	"github.com/go-git/go-git/v5/plumbing/transport"
	gitprotocol "github.com/go-git/go-git/v5/plumbing/transport/git"
	githttp "github.com/go-git/go-git/v5/plumbing/transport/http"
	"github.com/go-git/go-git/v5/plumbing/transport/ssh"
	"github.com/go-git/go-git/v5/storage"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/fault"
)

var (
	errNoKey         = errors.New("there is no key to log in with over SSH")
	errUnknownScheme = errors.New("unsupported scheme")
)

// conversation is an open conversation with a repository on another machine.
type conversation struct {
	session  transport.UploadPackSession
	commands *packp.AdvRefs
	acks     bool // the other side answers only who takes several acknowledgements
}

// connect opens a conversation: the repository says at once which branches and
// tags it has, so a commit that is known already costs this one request.
func (r *CatalogReader) connect(ctx context.Context, target string) (*conversation, error) {
	endpoint, err := transport.NewEndpoint(target)
	if err != nil {
		return nil, err
	}
	var client transport.Transport
	auth := r.auth(target)
	switch endpoint.Protocol {
	case "http", "https":
		client = githttp.NewClient(r.webClient)
	case "ssh":
		client = ssh.DefaultClient
		if auth, err = sshKey(endpoint.User); err != nil {
			return nil, err
		}
	case "git":
		client = gitprotocol.DefaultClient
	default:
		return nil, errUnknownScheme
	}
	if endpoint.Protocol == "ssh" || endpoint.Protocol == "git" {
		if err := r.options.Guard.check(ctx, endpoint.Host); err != nil {
			return nil, err
		}
	}
	c, err := open(ctx, client, endpoint, auth)
	if err == nil {
		// Azure DevOps. go-git leaves these out, because they would confuse it when it
		// says what it has; the catalog has nothing and never says so.
		c.acks = strings.Contains(endpoint.Path, "/_git/")
	}
	return c, err
}

// open waits for the other side only as long as ctx lets it: outside of HTTP, a
// host that takes the connection and then says nothing would hold us for ever.
func open(ctx context.Context, client transport.Transport, endpoint *transport.Endpoint, auth transport.AuthMethod) (*conversation, error) {
	type result struct {
		*conversation

		err error
	}
	opened := make(chan result, 1)
	go func() {
		session, err := client.NewUploadPackSession(endpoint, auth)
		if err != nil {
			opened <- result{err: err}
			return
		}
		commands, err := session.AdvertisedReferencesContext(ctx)
		if err != nil {
			opened <- result{err: errors.Join(err, session.Close())}
			return
		}
		opened <- result{conversation: &conversation{session: session, commands: commands}}
	}()
	select {
	case r := <-opened:
		return r.conversation, r.err
	case <-ctx.Done():
		go func() {
			if r := <-opened; r.conversation != nil {
				_ = r.session.Close() // nobody waits for it any more
			}
		}()
		return nil, ctx.Err()
	}
}

// sshKey returns what to log in with over SSH: what the agent has, else the keys
// that people have by default.
func sshKey(user string) (transport.AuthMethod, error) {
	if user == "" {
		user = "git"
	}
	if agent, err := ssh.NewSSHAgentAuth(user); err == nil {
		return agent, nil
	}
	if home, err := os.UserHomeDir(); err == nil {
		for _, name := range []string{"id_ed25519", "id_ecdsa", "id_rsa"} {
			if key, err := ssh.NewPublicKeysFromFile(user, filepath.Join(home, ".ssh", name), ""); err == nil {
				return key, nil
			}
		}
	}
	return nil, errNoKey
}

// request asks for one commit, and so many before it. Its filter says which
// files need not come, where the other side can leave out any.
func (r *conversation) request(id plumbing.Hash, depth int, filter packp.Filter) (*packp.UploadPackRequest, error) {
	request := packp.NewUploadPackRequestFromCapabilities(r.commands.Capabilities)
	request.Wants = []plumbing.Hash{id}
	if r.acks {
		if err := request.Capabilities.Set(capability.MultiACK); err != nil {
			return nil, err
		}
	}
	if r.commands.Capabilities.Supports(capability.Shallow) {
		request.Depth = packp.DepthCommits(depth)
		if err := request.Capabilities.Set(capability.Shallow); err != nil {
			return nil, err
		}
	}
	if r.commands.Capabilities.Supports(capability.Filter) {
		request.Filter = filter
		if err := request.Capabilities.Set(capability.Filter); err != nil {
			return nil, err
		}
	}
	return request, nil
}

// fetch gets the files of one commit, without history, into storer, where it
// has the name it has on the other side. Files that are too large to be read need
// not come.
func (r *conversation) fetch(ctx context.Context, storer storage.Storer, id plumbing.Hash, name plumbing.ReferenceName) error {
	request, err := r.request(id, 1, packp.FilterBlobLimit(maxBlob, packp.BlobLimitPrefixNone))
	if err != nil {
		return err
	}
	if err := r.receive(ctx, storer, request); err != nil {
		return err
	}
	if err := storer.SetReference(plumbing.NewHashReference(name, id)); err != nil || name == plumbing.HEAD {
		return err
	}
	return storer.SetReference(plumbing.NewSymbolicReference(plumbing.HEAD, name))
}

// receive puts what a request brings into storer.
func (r *conversation) receive(ctx context.Context, storer storage.Storer, request *packp.UploadPackRequest) (err error) {
	response, err := r.session.UploadPack(ctx, request)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, response.Close()) }()
	if err := storer.SetShallow(response.Shallows); err != nil {
		return err
	}
	var pack io.Reader = response
	switch {
	case request.Capabilities.Supports(capability.Sideband64k):
		pack = sideband.NewDemuxer(sideband.Sideband64k, response)
	case request.Capabilities.Supports(capability.Sideband):
		pack = sideband.NewDemuxer(sideband.Sideband, response)
	}
	return packfile.UpdateObjectStorage(storer, pack)
}

// Reachable reports by a fault why a repository cannot be read, nil when it can.
// Nothing of it is fetched.
func (r *CatalogReader) Reachable(ctx context.Context, repository string) error {
	if folder, local := r.localFolder(repository); local {
		if _, err := gogit.PlainOpen(folder); err != nil {
			return noRepository(repository, err)
		}
		return nil
	}
	from, err := r.connect(ctx, repository)
	if err != nil && !errors.Is(err, transport.ErrEmptyRemoteRepository) {
		return r.fetchFault(ctx, catalog.Location{Target: repository}, err)
	}
	if err == nil {
		err = from.session.Close()
	}
	return err
}

// fetchFault says in a sentence why a repository could not be fetched.
func (r *CatalogReader) fetchFault(ctx context.Context, l catalog.Location, err error) error {
	refused := refusal(err)
	switch {
	case refused != nil:
		return refused
	case errors.Is(err, errNoRef):
		return branchFault(l, err)
	case errors.Is(err, errTooLarge):
		return fault.New(fault.TooLarge, "The repository %s is larger than %d MB.", l.Target, r.options.MaxBytes>>20).
			WithHint("Register a smaller repository that holds the catalog files.").WithCause(err)
	case errors.Is(err, transport.ErrEmptyRemoteRepository):
		return branchFault(catalog.Location{Target: l.Target}, err)
	case errors.Is(err, transport.ErrRepositoryNotFound):
		return noRepository(l.Target, err)
	case errors.Is(err, transport.ErrAuthenticationRequired), errors.Is(err, transport.ErrAuthorizationFailed):
		return fault.New(fault.Forbidden, "The git host does not let us read %s.", l.Target).
			WithHint("Configure a token that may read the repository.").WithCause(err)
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fault.New(fault.Unavailable, "Reading %s took longer than %s.", l.Target, r.options.Timeout).
			WithHint("Try again, or register a smaller repository.").WithCause(err)
	case ctx.Err() != nil:
		return fmt.Errorf("fetch %s: %w", l.Target, ctx.Err())
	case errors.Is(err, errUnknownScheme):
		return fault.New(fault.Invalid, "%s is not an address git understands.", l.Target).
			WithHint("Use https://HOST/OWNER/REPOSITORY.git or git@HOST:OWNER/REPOSITORY.git").WithCause(err)
	}
	if answer := sshFault(l.Target, err); answer != nil {
		return answer
	}
	return fault.New(fault.Unavailable, "The git repository at %s could not be reached.", l.Target).
		WithHint("Check the address and that the host is up, then try again.").WithCause(err)
}

func noRepository(target string, err error) error {
	return fault.New(fault.NotFound, "There is no repository at %s.", target).
		WithHint("Check the address; a private repository also needs a token.").WithCause(err)
}

// sshFault says what is missing for SSH, nil when that is not the trouble.
func sshFault(target string, err error) error {
	host := target
	if endpoint, wrong := transport.NewEndpoint(target); wrong == nil {
		host = endpoint.Host
	}
	https := (&url.URL{Scheme: "https", Host: host, Path: "OWNER/REPOSITORY.git"}).String()
	switch text := err.Error(); {
	case errors.Is(err, errNoKey):
		return fault.New(fault.Forbidden, "%s is read over SSH, and the server has no SSH key: no agent runs (SSH_AUTH_SOCK) and ~/.ssh has no key without a passphrase.", target).
			WithHint("Give the server's user a key that may read the repository, or register it by %s", https).WithCause(err)
	case strings.Contains(text, "unable to authenticate"):
		return fault.New(fault.Forbidden, "%s does not accept the SSH key of the server.", host).
			WithHint("Add the server's public key to the repository as a deploy key, or register it by %s", https).WithCause(err)
	case strings.Contains(text, "knownhosts:"), strings.Contains(text, "known_hosts"):
		return fault.New(fault.Forbidden, "The server does not know the SSH host key of %s.", host).
			WithHint("On the server: ssh-keyscan %s >> ~/.ssh/known_hosts (compare it with what the host publishes).", host).WithCause(err)
	}
	return nil
}
