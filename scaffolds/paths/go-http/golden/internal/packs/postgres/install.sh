#!/bin/sh
# Installs PostgreSQL's programs, which the tests start servers with.
set -eu
if command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then
	exit 0
fi
if command -v apt-get >/dev/null; then
	as_root=$([ "$(id -u)" = 0 ] || echo sudo)
	$as_root apt-get update
	$as_root apt-get install --yes --no-install-recommends postgresql
elif command -v brew >/dev/null; then
	brew install postgresql
else
	echo "Install PostgreSQL and put initdb and postgres on PATH." >&2
	exit 1
fi
