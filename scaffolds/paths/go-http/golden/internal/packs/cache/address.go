package cache

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gomodule/redigo/redis"
)

// errAddress shows nothing of the address: there may be a password in it.
var errAddress = errors.New("the address of the cache cannot be read")

// address is where a server is, and who asks it for which database.
type address struct {
	network, host  string
	tls            bool
	user, password string
	database       int
}

// parse reads redis://USER:PASSWORD@HOST:PORT/DATABASE, the same with rediss for
// TLS, and unix://USER:PASSWORD@/PATH?db=DATABASE.
func parse(text string) (a address, err error) {
	u, err := url.Parse(text)
	if err != nil || u.Opaque != "" || u.Fragment != "" {
		return a, errAddress
	}
	database := strings.TrimPrefix(u.Path, "/")
	switch u.Scheme {
	case "redis", "valkey", "rediss", "valkeys":
		a.network, a.tls = "tcp", u.Scheme == "rediss" || u.Scheme == "valkeys"
		a.host = net.JoinHostPort(cmp.Or(u.Hostname(), "localhost"), cmp.Or(u.Port(), "6379"))
	case "unix":
		a.network, a.host, database = "unix", u.Path, ""
	default:
		return a, errAddress
	}
	query := u.Query()
	database = cmp.Or(database, query.Get("db"))
	query.Del("db")
	if a.database, err = strconv.Atoi(cmp.Or(database, "0")); err != nil || a.database < 0 || len(query) > 0 || a.host == "" {
		return a, errAddress
	}
	a.user = u.User.Username()
	a.password, _ = u.User.Password()
	return a, nil
}

// dial connects until the context's deadline. What is said to the connection
// later may take most each time.
func (a address) dial(ctx context.Context, name string, most time.Duration) (redis.Conn, error) {
	end, _ := ctx.Deadline()
	return redis.DialContext(ctx, a.network, a.host,
		redis.DialUseTLS(a.tls), redis.DialTLSHandshakeTimeout(max(time.Until(end), 1)),
		redis.DialUsername(a.user), redis.DialPassword(a.password), redis.DialDatabase(a.database),
		redis.DialClientName(name), redis.DialWriteTimeout(most), redis.DialReadTimeout(most))
}
