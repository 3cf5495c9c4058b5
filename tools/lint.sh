#!/bin/sh
# golangci-lint over the modules that are named, by their folders in the project,
# and the gates of the tools module itself. Each module is linted from its own
# folder and without the workspace, as its users have it.
set -eu
cd "$(dirname "$0")"
export GOWORK=off

# The linter may need a newer Go than the project promises. Only that is a reason
# to go on without it: a Go that may fetch a newer one does.
if ! why=$(go list -m 2>&1); then
	case $why in
	*"requires go >= "*"GOTOOLCHAIN=local"*) echo "golangci-lint is skipped: $why"; exit 0 ;;
	*) echo "$why" >&2; exit 1 ;;
	esac
fi

echo "== golangci-lint, which is built first if it has not been: 2 minutes"
golangci=$(go tool -n golangci-lint)
failed=
for module in "$@" tools; do
	echo "== $module"
	(cd "../$module" && "$golangci" run) || failed="$failed $module"
done
go mod tidy -diff
go vet ./...
# Not from the cache: go does not see that the config changed.
go test -count=1 ./...
[ -z "$failed" ] || { echo "golangci-lint has findings in:$failed"; exit 1; }
