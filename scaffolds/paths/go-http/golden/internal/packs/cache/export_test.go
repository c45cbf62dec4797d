package cache

import (
	"context"
	"fmt"
	"time"

	"github.com/gomodule/redigo/redis"
)

// Dial connects to the server at an address as the pack does.
func Dial(ctx context.Context, url string) (redis.Conn, error) {
	to, err := parse(url)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	return to.dial(ctx, "test", 10*time.Second)
}

// Address says what the pack reads in the address of a server.
func Address(url string) (string, error) {
	to, err := parse(url)
	return fmt.Sprintf("%+v", to), err
}
