#!/bin/sh
# Installs PostgreSQL's programs, which the tests start servers with, and PgBouncer,
# which they put before one.
set -eu
missing=
command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing=postgresql
command -v pgbouncer >/dev/null || [ -x /usr/sbin/pgbouncer ] || missing="$missing pgbouncer"
[ -n "$missing" ] || exit 0
if command -v apt-get >/dev/null; then
	as_root=$([ "$(id -u)" = 0 ] || echo sudo)
	$as_root apt-get update
	# shellcheck disable=SC2086 # one word for each
	$as_root apt-get install --yes --no-install-recommends $missing
elif command -v brew >/dev/null; then
	# shellcheck disable=SC2086 # one word for each
	brew install $missing
else
	echo "Install $missing and put initdb, postgres and pgbouncer on PATH." >&2
	exit 1
fi
