package git

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/format/idxfile"
	"github.com/go-git/go-git/v5/plumbing/hash"
	"github.com/go-git/go-git/v5/storage/memory"
	"github.com/klauspost/compress/zlib"
)

// writePack writes objects into a folder as one pack with its index. The same
// objects give the same files, so doing it again after a kill changes nothing.
// The library's writer reads back and unpacks what it writes, to learn for the
// index what is known here.
func writePack(folder string, objects *memory.Storage) error {
	pack, index, sum, err := encodePack(objects)
	if err != nil {
		return fmt.Errorf("pack objects: %w", err)
	}
	name := filepath.Join(folder, "pack-"+sum.String())
	// git looks for indexes: when one is there its pack must be.
	for _, file := range []struct {
		path    string
		content []byte
	}{{name + ".pack", pack}, {name + ".idx", index}} {
		draft, err := writeDraft(folder, file.content)
		if err != nil {
			return err
		}
		if err := os.Chmod(draft, 0o444); err != nil { // #nosec G302 -- as git does, whom folders keep others away
			return err
		}
		if err := os.Rename(draft, file.path); err != nil {
			return err
		}
	}
	return nil
}

// encodePack puts each object into the pack as a whole: of a first commit there
// is little that is like something else.
func encodePack(objects *memory.Storage) (pack, index []byte, sum plumbing.Hash, err error) {
	var out bytes.Buffer
	out.WriteString("PACK")
	out.Write(binary.BigEndian.AppendUint32(nil, 2))                            // the version of the format
	out.Write(binary.BigEndian.AppendUint32(nil, uint32(len(objects.Objects)))) // #nosec G115 -- files of one service
	entries := &idxfile.Writer{}
	if err := entries.OnHeader(uint32(len(objects.Objects))); err != nil { // #nosec G115 -- as above
		return nil, nil, sum, err
	}
	squeezed, err := zlib.NewWriterLevel(&out, zlib.BestSpeed)
	if err != nil {
		return nil, nil, sum, err
	}
	for _, object := range inOrder(objects) {
		start := out.Len()
		out.Write(entryHead(object.Type(), object.Size()))
		squeezed.Reset(&out)
		if err := squeeze(squeezed, object); err != nil {
			return nil, nil, sum, err
		}
		entries.Add(object.Hash(), uint64(start), crc32.ChecksumIEEE(out.Bytes()[start:])) // #nosec G115 -- a length
	}
	h := hash.New(hash.CryptoType)
	_, _ = h.Write(out.Bytes()) // a hash never fails
	copy(sum[:], h.Sum(nil))
	out.Write(sum[:])
	if err := entries.OnFooter(sum); err != nil {
		return nil, nil, sum, err
	}
	list, err := entries.Index()
	if err != nil {
		return nil, nil, sum, err
	}
	var indexed bytes.Buffer
	_, err = idxfile.NewEncoder(&indexed).Encode(list)
	return out.Bytes(), indexed.Bytes(), sum, err
}

// inOrder returns the objects as git orders them: commits, then folders, then
// files.
func inOrder(objects *memory.Storage) []plumbing.EncodedObject {
	all := make([]plumbing.EncodedObject, 0, len(objects.Objects))
	for _, object := range objects.Objects {
		all = append(all, object)
	}
	slices.SortFunc(all, func(a, b plumbing.EncodedObject) int {
		x, y := a.Hash(), b.Hash()
		return cmp.Or(cmp.Compare(a.Type(), b.Type()), bytes.Compare(x[:], y[:]))
	})
	return all
}

// entryHead is what a pack says before an object: its type and its size, seven
// bits to a byte.
func entryHead(kind plumbing.ObjectType, size int64) []byte {
	head := []byte{byte(kind)<<4 | byte(size&0x0f)} // #nosec G115 -- four bits
	for size >>= 4; size > 0; size >>= 7 {
		head[len(head)-1] |= 0x80
		head = append(head, byte(size&0x7f)) // #nosec G115 -- seven bits
	}
	return head
}

func squeeze(to io.WriteCloser, object plumbing.EncodedObject) error {
	from, err := object.Reader()
	if err != nil {
		return err
	}
	if _, err := io.Copy(to, from); err != nil {
		return err
	}
	return to.Close()
}
