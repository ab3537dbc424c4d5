#!/bin/sh
# bench.sh BUILD: durable submissions on SQLite and PostgreSQL beside the disk's own pace (store_bench.c).
set -eu
here=$(cd "$(dirname "$0")/../.." && pwd)
build=$1
ninja -C "$build" --quiet bench/store/bench_store
work=$(mktemp -d "$build/bench-store.XXXXXX")
chmod 711 "$work"
trap '"$here/test/pg/pg.sh" stop "$work/pg" 2>/dev/null || true; rm -rf "$work"' EXIT
url=$("$here/test/pg/pg.sh" start "$work/pg")
"$build/bench/store/bench_store" "$work" "$url"
