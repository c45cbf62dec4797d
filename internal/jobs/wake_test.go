package jobs

import (
	"context"
	"errors"
	"testing"

	"github.com/riverqueue/river/riverdriver"
)

// sleeper is a listener that sees nothing until it looks for the second time.
type sleeper struct {
	riverdriver.Listener

	looks  int
	asleep chan struct{}
	fails  error
}

func (s *sleeper) WaitForNotification(ctx context.Context) (*riverdriver.Notification, error) {
	if s.looks++; s.looks > 1 {
		return &riverdriver.Notification{Topic: "insert"}, s.fails
	}
	close(s.asleep)
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestAListenerThatIsWokenLooksAgain(t *testing.T) {
	t.Parallel()
	for name, fails := range map[string]error{"and finds": nil, "and fails": errors.New("no database")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inner := &sleeper{asleep: make(chan struct{}), fails: fails}
			l := wokenListener{Listener: inner, wake: newWake()}
			go func() {
				<-inner.asleep
				l.wake.call()
				l.wake.call() // nobody waits for the second
			}()
			got, err := l.WaitForNotification(t.Context())
			if !errors.Is(err, fails) || got == nil || inner.looks != 2 {
				t.Errorf("got %v, %v after %d looks", got, err, inner.looks)
			}
		})
	}
}

func TestAListenerStopsWithItsContext(t *testing.T) {
	t.Parallel()
	inner := &sleeper{asleep: make(chan struct{})}
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		<-inner.asleep
		stop()
	}()
	if _, err := (wokenListener{Listener: inner, wake: newWake()}).WaitForNotification(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("WaitForNotification = %v", err)
	}
}
