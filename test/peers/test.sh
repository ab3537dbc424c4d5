#!/usr/bin/env bash
# Compares our answers with those of another engine, KIE's, on generated expressions and tables (compare.mjs). Only with
# ./dev test --with-peers, because it downloads that engine (110 MB).   test/peers/test.sh BUILD
set -euo pipefail
BUILD=$(cd "$1" && pwd)
cd "$(dirname "$0")"
if [[ ${TONGBAN_WITH_PEERS:-0} != 1 ]]; then
	echo "ok 1 - comparison with other engines # SKIP only with --with-peers"
	exit 0
fi
if ! ./install.sh; then
	echo "not ok 1 - the other engines are installed from the npm registry"
	exit 1
fi
ninja -C "$BUILD" --quiet test/peers/peers_answers >/dev/null
exec node compare.mjs "$BUILD/test/peers/peers_answers"
