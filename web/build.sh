#!/bin/sh
# Installs the locked npm packages beside this file if they changed, then bundles. Usage: build.sh OUTDIR
set -eu
out=$(mkdir -p "$1" && cd "$1" && pwd)
cd "$(dirname "$0")"
exec 9>"${TMPDIR:-/tmp}/tongban-web.lock"
flock 9 # two build directories may build at once
if ! cmp -s package-lock.json node_modules/.locked; then
	echo "Installing the front-end packages (npm ci)"
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	cp package-lock.json node_modules/.locked
fi
node build.mjs "$out"
