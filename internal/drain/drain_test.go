package drain_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hoist/internal/drain"
)

func TestWait(t *testing.T) {
	for name, tt := range map[string]struct {
		works, has time.Duration
		want       error
		after      time.Duration
	}{
		"for_nothing":                 {0, time.Second, nil, 0},
		"for_work_that_begins_others": {time.Second, 3 * time.Second, nil, 2 * time.Second},
		"no_longer_than_there_is":     {time.Minute, time.Second, context.DeadlineExceeded, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var group sync.WaitGroup
				if tt.works > 0 {
					group.Go(func() {
						time.Sleep(tt.works)
						group.Go(func() { time.Sleep(tt.works) })
					})
				}
				ctx, cancel := context.WithTimeout(t.Context(), tt.has)
				defer cancel()
				began := time.Now()
				if err := drain.Wait(ctx, &group); !errors.Is(err, tt.want) {
					t.Errorf("Wait() = %v", err)
				}
				if got := time.Since(began); got != tt.after {
					t.Errorf("it took %v", got)
				}
				group.Wait()
			})
		})
	}
}
