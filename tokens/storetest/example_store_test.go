package storetest_test

import "testing"

// The example shows its test under another name: a file with a test in it is not
// shown whole.
func TestMapStoreOfTheExample(t *testing.T) { testMapStore(t) }
