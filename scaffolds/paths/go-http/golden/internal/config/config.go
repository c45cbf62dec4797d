// Package config is the service's settings. They come from the environment,
// are read once at the start, and every problem is reported at once.
// .env.example lists them all.
package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"reflect"
	"time"

	"github.com/caarlos0/env/v11"

	"example.com/golden/service/internal/clients"
	"example.com/golden/service/internal/packs"
)

// Config is everything that can be set.
type Config struct {
	// HTTPAddr is where the service listens: host:port, or :port for every address.
	HTTPAddr string `env:"HTTP_ADDR" envDefault:":8080"`
	// AdminAddr is where probes, metrics and the log level are. Callers of the
	// API must not reach it.
	AdminAddr string `env:"ADMIN_ADDR" envDefault:":8081"`
	// AdminProfiles opens /debug/pprof/ there.
	AdminProfiles bool `env:"ADMIN_PPROF" envDefault:"false"`
	// LogLevel is debug, info, warn or error.
	LogLevel slog.Level `env:"LOG_LEVEL" envDefault:"info"`

	// ReadTimeout is how long a request may take to arrive, body included.
	ReadTimeout time.Duration `env:"HTTP_READ_TIMEOUT" envDefault:"10s"`
	// WriteTimeout is how long an answer may take from the end of the request's headers.
	WriteTimeout time.Duration `env:"HTTP_WRITE_TIMEOUT" envDefault:"15s"`
	// IdleTimeout is how long a connection without requests stays open.
	IdleTimeout time.Duration `env:"HTTP_IDLE_TIMEOUT" envDefault:"120s"`
	// MaxBodyBytes is the largest request body that is read.
	MaxBodyBytes int64 `env:"HTTP_MAX_BODY_BYTES" envDefault:"1048576"`
	// MaxConcurrent is how many requests are answered at a time; more are
	// refused. Each may hold a body of MaxBodyBytes in memory.
	MaxConcurrent uint `env:"HTTP_MAX_CONCURRENT" envDefault:"100"`

	// IdempotencyTTL is how long an answer is kept for who repeats its request
	// with the same Idempotency-Key.
	IdempotencyTTL time.Duration `env:"IDEMPOTENCY_TTL" envDefault:"24h"`

	// DrainDelay is how long the service goes on answering after it was told
	// to stop, while load balancers learn that it is no longer ready.
	DrainDelay time.Duration `env:"SHUTDOWN_DRAIN_DELAY" envDefault:"0s"`
	// ShutdownTimeout is how long running requests may take to end after that.
	ShutdownTimeout time.Duration `env:"SHUTDOWN_TIMEOUT" envDefault:"20s"`

	// TracesEndpoint is where traces are sent (OTLP over HTTP); none when
	// empty. The exporter reads this and the other OTEL_ variables itself.
	TracesEndpoint string `env:"OTEL_EXPORTER_OTLP_ENDPOINT"`

	// PactStates opens POST /_pact/provider-states, which lets anybody who
	// reaches the service change its data. For contract verification only.
	PactStates bool `env:"PACT_STATES" envDefault:"false"`

	// Clients is how the services this one calls are reached.
	Clients clients.Config
	// Packs is the settings of the packs.
	Packs packs.Config
}

// Load reads the settings from an environment, given as "KEY=value" strings.
func Load(environ []string) (Config, error) {
	var c Config
	err := env.ParseWithOptions(&c, env.Options{Environment: env.ToMap(environ)})
	if err != nil {
		return Config{}, fmt.Errorf("these settings are wrong:\n%w", readable(err))
	}
	if err := c.check(); err != nil {
		return Config{}, fmt.Errorf("these settings are wrong:\n%w", err)
	}
	return c, nil
}

// Settings returns the names of everything that can be set.
func Settings() []string {
	var names []string
	for _, field := range fields(reflect.TypeFor[Config]()) {
		names = append(names, field.Tag.Get("env"))
	}
	return names
}

// fields are those of a struct, and of the structs in it, that can be set.
func fields(settings reflect.Type) (found []reflect.StructField) {
	for field := range settings.Fields() {
		if field.Tag.Get("env") != "" {
			found = append(found, field)
		} else if field.Type.Kind() == reflect.Struct {
			found = append(found, fields(field.Type)...)
		}
	}
	return found
}

func (c Config) check() error {
	var problems []error
	refuse := func(wrong bool, format string, args ...any) {
		if wrong {
			problems = append(problems, fmt.Errorf(format, args...))
		}
	}
	_, _, err := net.SplitHostPort(c.HTTPAddr)
	refuse(err != nil, "HTTP_ADDR is %q, want host:port or :port", c.HTTPAddr)
	_, adminPort, err := net.SplitHostPort(c.AdminAddr)
	refuse(err != nil, "ADMIN_ADDR is %q, want host:port or :port", c.AdminAddr)
	refuse(c.AdminAddr == c.HTTPAddr && adminPort != "0", "ADMIN_ADDR is %q and HTTP_ADDR, too: want another port", c.AdminAddr)
	refuse(c.ReadTimeout <= 0, "HTTP_READ_TIMEOUT is %s, want more than 0s", c.ReadTimeout)
	refuse(c.WriteTimeout <= 0, "HTTP_WRITE_TIMEOUT is %s, want more than 0s", c.WriteTimeout)
	refuse(c.IdleTimeout <= 0, "HTTP_IDLE_TIMEOUT is %s, want more than 0s", c.IdleTimeout)
	refuse(c.MaxBodyBytes <= 0, "HTTP_MAX_BODY_BYTES is %d, want more than 0", c.MaxBodyBytes)
	refuse(c.MaxConcurrent == 0, "HTTP_MAX_CONCURRENT is 0, want at least 1")
	refuse(c.IdempotencyTTL <= 0, "IDEMPOTENCY_TTL is %s, want more than 0s", c.IdempotencyTTL)
	refuse(c.DrainDelay < 0, "SHUTDOWN_DRAIN_DELAY is %s, want 0s or more", c.DrainDelay)
	refuse(c.ShutdownTimeout <= 0, "SHUTDOWN_TIMEOUT is %s, want more than 0s", c.ShutdownTimeout)
	refuse(c.WriteTimeout > c.ShutdownTimeout,
		"HTTP_WRITE_TIMEOUT is %s, want at most SHUTDOWN_TIMEOUT (%s): else a request that may still run is cut off", c.WriteTimeout, c.ShutdownTimeout)
	problems = append(problems, c.Clients.Check(), c.Packs.Check())
	return errors.Join(problems...)
}

// The library's messages name Go fields and types; people set variables.
func readable(err error) error {
	all, ok := errors.AsType[env.AggregateError](err)
	if !ok {
		return err
	}
	problems := make([]error, 0, len(all.Errors))
	for _, problem := range all.Errors {
		if parse, ok := errors.AsType[env.ParseError](problem); ok {
			problem = fmt.Errorf("%s: %w", variable(parse.Name), parse.Err)
		}
		problems = append(problems, problem)
	}
	return errors.Join(problems...)
}

func variable(name string) string {
	for _, field := range fields(reflect.TypeFor[Config]()) {
		if field.Name == name {
			return field.Tag.Get("env")
		}
	}
	return name
}
