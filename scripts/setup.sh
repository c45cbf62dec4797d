#!/usr/bin/env bash
# Installs what a fresh Debian machine lacks to run, test or lint the platform.
# Go and npm must be there already. Does nothing, quickly, when nothing is missing.
#
#   scripts/setup.sh {run|test|lint|proof}...
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source-path=SCRIPTDIR source=as-root.sh
. "$here/as-root.sh"

# has COMMAND... is true when one of the commands is on PATH.
has() {
	local name
	for name in "$@"; do
		if command -v "$name" >/dev/null; then return 0; fi
	done
	return 1
}

# has_headers tells whether C programs can be built; a compiler alone cannot.
has_headers() { echo '#include <stdlib.h>' | gcc -E -x c - >/dev/null 2>&1; }

# has_postgres looks where Debian keeps the server's programs, off PATH.
has_postgres() {
	has initdb && has postgres && return
	compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null && compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null
}

usage() {
	say "usage: scripts/setup.sh {run|test|lint|proof}..."
	exit 2
}

(($# > 0)) || usage
for purpose in "$@"; do
	case "$purpose" in
	run | test | lint | proof) ;;
	*) usage ;;
	esac
done

# for_purpose PURPOSE is true when it is one of those asked for.
for_purpose() { [[ " $purposes " == *" $1 "* ]]; }
purposes="$*"

has go || die "Go is not installed." "Get it from https://go.dev/dl, put its bin folder on PATH, then try again."
has npm || die "npm is not installed; the portal's browser libraries come from npm." "Debian: apt-get install npm"

missing=()
has gcc || missing+=(gcc)
has_headers || missing+=(libc6-dev)
has git || missing+=(git)
if for_purpose test; then
	has chromium chromium-browser google-chrome google-chrome-stable || missing+=(chromium)
	has_postgres || missing+=(postgresql)
	has redis-server valkey-server || missing+=(redis-server)
	has pgbouncer || [ -x /usr/sbin/pgbouncer ] || missing+=(pgbouncer)
	has promtool || missing+=(prometheus)
	has yamllint || missing+=(yamllint)
fi
if for_purpose lint; then
	has shellcheck || missing+=(shellcheck)
fi
if for_purpose proof; then
	has kubectl || missing+=(kubernetes-client)
	has terraform || die "Terraform is not installed; make proof judges modules with it." "Get it from https://developer.hashicorp.com/terraform/install, put it on PATH, then try again."
fi

if ((${#missing[@]} > 0)); then
	has apt-get || die "Missing here: ${missing[*]}." "Install them with this system's package manager, then try again."
	install=(apt-get install --yes --no-install-recommends "${missing[@]}")
	# A fresh machine has no package lists; stale ones name files that are gone.
	as_root "Missing here: ${missing[*]}." sh -c "apt-get update && DEBIAN_FRONTEND=noninteractive $(quoted "${install[@]}")"
	# Tests need programs of theirs; the servers would sit on ports 9090, 6379 and 6432
	# from now on. In a container no systemd runs that could have started them.
	for server in prometheus redis-server pgbouncer; do
		if [[ " ${missing[*]} " == *" $server "* && -d /run/systemd/system ]]; then
			as_root "The server that came with $server is not needed." systemctl disable --now "$server"
		fi
	done
fi

"$here/install-pact-ffi.sh"
