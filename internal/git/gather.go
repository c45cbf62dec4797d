package git

import (
	"context"
	"errors"
	"io"

	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/transport"
	"github.com/go-git/go-git/v5/plumbing/transport/client"
	"github.com/go-git/go-git/v5/plumbing/transport/file"
)

// Repositories in folders that have hooks are pushed to by a pipe to git. go-git
// writes a pack in pieces of a few bytes, and each one woke git up: of a new
// service that was half of the time. Others keep their pace by a buffer of the
// network's.
//
//nolint:gochecknoinits // go-git knows one transport per protocol, for the whole program
func init() { client.InstallProtocol("file", gathering{file.DefaultClient}) }

// gathering is a transport that pushes packs in large pieces.
type gathering struct{ transport.Transport }

// NewReceivePackSession implements transport.Transport.
func (g gathering) NewReceivePackSession(to *transport.Endpoint, auth transport.AuthMethod) (transport.ReceivePackSession, error) {
	session, err := g.Transport.NewReceivePackSession(to, auth)
	if err != nil {
		return nil, err //nolint:wrapcheck // explain tells go-git's errors apart
	}
	return gatheringSession{session}, nil
}

type gatheringSession struct{ transport.ReceivePackSession }

// ReceivePack implements transport.ReceivePackSession.
func (s gatheringSession) ReceivePack(ctx context.Context, request *packp.ReferenceUpdateRequest) (*packp.ReportStatus, error) {
	if request.Packfile != nil {
		request.Packfile = gathered{request.Packfile}
	}
	return s.ReceivePackSession.ReceivePack(ctx, request) //nolint:wrapcheck // see NewReceivePackSession
}

// gathered fills what it reads into, unless it is the end.
type gathered struct{ io.ReadCloser }

// Read implements io.Reader.
func (g gathered) Read(p []byte) (int, error) {
	n, err := io.ReadFull(g.ReadCloser, p)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil // the end comes with the next
	}
	return n, err
}
