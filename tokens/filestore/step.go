package filestore

// step is one thing that a write does. Their order is the order of a write.
type step int

const (
	stepLock step = iota
	stepCreate
	stepChmod
	stepWrite
	stepSync
	stepClose
	stepRename
	stepRemove // of Delete, in place of the steps from create to rename
	stepSyncDir
	stepUnlock
)

// do carries out one step. A test that fails the step has it not carried out.
func (s *Store) do(st step, f func() error) error {
	if s.before != nil {
		if err := s.before(st); err != nil {
			return err
		}
	}
	return f()
}
