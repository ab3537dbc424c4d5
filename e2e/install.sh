#!/bin/sh
# Installs the locked packages of the journeys beside this file, if they changed.
set -eu
cd "$(dirname "$0")"
exec 9>"${TMPDIR:-/tmp}/tongban-e2e.lock"
flock 9
cmp -s package-lock.json node_modules/.locked && exit 0
echo "# Installing the packages of the browser journeys (npm ci)"
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2
cp package-lock.json node_modules/.locked
