package access

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// Prefix begins the secret of every token, so that people and scanners of
// repositories recognise one: gp_<id>_<secret>.
const Prefix = "gp_"

const (
	idBytes     = 10 // 80 bits, which make 16 letters
	secretBytes = 32
)

// newSecret returns the id under which a token is found, and what its holder
// gets to see. rand.Read never fails: it ends the program instead.
func newSecret() (id, secret string) {
	random := make([]byte, idBytes+secretBytes)
	_, _ = rand.Read(random)
	id = strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(random[:idBytes]))
	return id, Prefix + id + "_" + base64.RawURLEncoding.EncodeToString(random[idBytes:])
}

// idOf returns the id inside a secret. The id has no underscore in it, so the
// first one after the prefix ends it.
func idOf(secret string) (string, bool) {
	rest, ok := strings.CutPrefix(secret, Prefix)
	if !ok {
		return "", false
	}
	id, key, ok := strings.Cut(rest, "_")
	return id, ok && id != "" && key != ""
}

// hashOf is what is stored of a secret. Secrets are 256 random bits, so nobody
// can guess one from a fast hash, and slow ones would slow every request.
func hashOf(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

func newSessionSecret() string {
	random := make([]byte, secretBytes)
	_, _ = rand.Read(random)
	return base64.RawURLEncoding.EncodeToString(random)
}

func sessionHash(secret string) string { return hex.EncodeToString(hashOf(secret)) }
