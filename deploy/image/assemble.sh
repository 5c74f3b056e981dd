#!/bin/sh
# Puts what the program needs at run time into a new directory: the built program without tests and types, and its packages.
# Usage, in a tree that is built: deploy/image/assemble.sh DIRECTORY
set -eu

target=${1:?Name the directory.}
root=$(cd "$(dirname "$0")/../.." && pwd)

mkdir -p "$target/dist"
cp -R "$root/dist/src" "$root/dist/generated" "$target/dist/"
rm -rf "$target/dist/src/testing" "$target/dist/src/testdata"
find "$target/dist" \( -name '*.test.js' -o -name '*.d.ts' -o -name '*.map' \) -exec rm -f {} +
cp "$root/package.json" "$root/package-lock.json" "$root/.npmrc" "$root/LICENSE" "$root/NOTICE" "$target/"

cd "$target"
npm ci --omit=dev --ignore-scripts --prefer-offline --no-audit --no-fund --no-update-notifier --loglevel=error
rm package-lock.json .npmrc
