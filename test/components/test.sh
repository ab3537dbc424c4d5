#!/usr/bin/env bash
# The components of the pages and the receipt check, in Chromium: phone and desktop, script on and off, both languages, larger
# text; axe-core finds nothing. Usage: test.sh BUILD
set -euo pipefail
build=$1
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$root/e2e/install.sh"
"$build/test/components/styleguide" "$work"
E2E_OUT=$work node "$root/e2e/run.mjs" --static "$work"
