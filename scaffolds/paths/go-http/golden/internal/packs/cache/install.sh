#!/bin/sh
# Installs Redis, which the tests start servers with.
set -eu
if command -v redis-server >/dev/null || command -v valkey-server >/dev/null; then
	exit 0
fi
if command -v apt-get >/dev/null; then
	as_root=$([ "$(id -u)" = 0 ] || echo sudo)
	$as_root apt-get update
	$as_root apt-get install --yes --no-install-recommends redis-server
	if [ -d /run/systemd/system ]; then # Tests need the program; its server would sit on port 6379.
		$as_root systemctl disable --now redis-server
	fi
elif command -v brew >/dev/null; then
	brew install redis
else
	echo "Install Redis or Valkey and put redis-server or valkey-server on PATH." >&2
	exit 1
fi
