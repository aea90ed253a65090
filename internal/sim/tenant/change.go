package tenant

// OnChange asks to be told after every act on the tenant, a refused one too,
// and whenever a call finds that time has ended, begun or lapsed something.
// tell is called without the lock, so it may look; it should not take long.
func (t *Tenant) OnChange(tell func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.listeners = append(t.listeners, tell)
}

// changed unlocks at the end of an act.
func (t *Tenant) changed() {
	t.dirty = true
	t.unlock()
}

// unlock unlocks at the end of a call that has settled, and tells the listeners
// if anything became different.
func (t *Tenant) unlock() {
	var tell []func()
	if t.dirty {
		tell, t.dirty = t.listeners, false
	}
	t.mu.Unlock()
	for _, f := range tell {
		f()
	}
}
