#!/bin/sh
# Installs the locked packages of the other engines beside this file, if they changed. Fails when the registry cannot be reached.
set -eu
cd "$(dirname "$0")"
exec 9>"${TMPDIR:-/tmp}/tongban-peers.lock"
flock 9
cmp -s package-lock.json node_modules/.locked && exit 0
echo "# Installing the other engines (npm ci)"
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2
chmod +x node_modules/@kie-tools/jitexecutor-native/dist/linux/jitexecutor
cp package-lock.json node_modules/.locked
