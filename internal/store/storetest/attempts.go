package storetest

import (
	"bytes"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hoist/internal/pim"
)

func attemptsAreTakenOnce(t *testing.T, s scene) {
	value := []byte("verifier\x00nonce")
	if err := s.Store.PutAttempt(t.Context(), s.tenant, "state", value, time.Minute); err != nil {
		t.Fatal(err)
	}
	var taken atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			got, err := s.Store.TakeAttempt(t.Context(), s.tenant, "state")
			switch {
			case err == nil && bytes.Equal(got, value):
				taken.Add(1)
			case !errors.Is(err, pim.ErrNotFound):
				t.Errorf("TakeAttempt = %q, %v", got, err)
			}
		})
	}
	wg.Wait()
	if n := taken.Load(); n != 1 {
		t.Errorf("taken %d times", n)
	}
}

func attemptsExpire(t *testing.T, s scene) {
	if err := s.Store.PutAttempt(t.Context(), s.tenant, "state", []byte("v"), s.LeaseFor); err != nil {
		t.Fatal(err)
	}
	s.Pass(s.LeaseFor + s.LeaseFor/2)
	if got, err := s.Store.TakeAttempt(t.Context(), s.tenant, "state"); !errors.Is(err, pim.ErrNotFound) {
		t.Errorf("after its time: %q, %v", got, err)
	}
	if err := s.Store.PutAttempt(t.Context(), s.tenant, "state", []byte("v"), 0); err == nil {
		t.Error("an attempt without an end was taken")
	}
	if err := s.Store.PutAttempt(t.Context(), s.tenant, "", []byte("v"), time.Minute); err == nil {
		t.Error("an attempt without a state was taken")
	}
}

func attemptsStayInTheirTenant(t *testing.T, s scene) {
	if err := s.Store.PutAttempt(t.Context(), s.tenant, "state", []byte("v"), time.Minute); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Store.TakeAttempt(t.Context(), Tenant(), "state"); !errors.Is(err, pim.ErrNotFound) {
		t.Errorf("another tenant: %v", err)
	}
	if got, err := s.Store.TakeAttempt(t.Context(), s.tenant, "state"); err != nil || string(got) != "v" {
		t.Errorf("its own: %q, %v", got, err)
	}
}
