package store_test

import (
	"fmt"
	"testing"

	"hoist/internal/secret"
	"hoist/internal/store"
	"hoist/internal/store/storetest"
)

// TestChild_is_nobody_elses starts servers side by side: what one test writes, no
// other sees.
func TestChild_is_nobody_elses(t *testing.T) {
	for i := range 8 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			s := open(t, store.Config{URL: secret.New(storetest.Child(t).URL)})
			for want := range int64(3) {
				if n, err := s.Client().Incr(t.Context(), "mine").Result(); err != nil || n != want+1 {
					t.Fatalf("counted to %d, %v; want %d", n, err, want+1)
				}
			}
		})
	}
}
