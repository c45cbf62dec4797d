#!/usr/bin/env bash
# Measures the built program as a person meets it, beside what it is compared
# with, and prints medians:
#
#   scripts/bench.sh [ROUNDS]
#
# Everything happens in a temporary home, so the figures do not depend on what
# is on this machine, and nothing is left behind. Programs run in turns, so that
# a busy moment hits what is compared alike.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=as-root.sh
. "$(dirname "${BASH_SOURCE[0]}")/as-root.sh"

rounds=${1:-15}
entities=10000
platform=$PWD/bin/platform
[[ -x "$platform" ]] || die "There is no bin/platform." "make build"

work=$(mktemp -d)
server=""
# shellcheck disable=SC2317 # called by the trap
tidy() {
	[[ -z "$server" ]] || kill "$server" 2>/dev/null || true
	[[ -z "$server" ]] || wait "$server" 2>/dev/null || true
	rm -rf "$work"
}
trap tidy EXIT

export HOME=$work/home GIT_CONFIG_NOSYSTEM=1 NO_COLOR=1
mkdir -p "$HOME"
git config --global user.name Bench
git config --global user.email bench@example.com
git config --global init.defaultBranch main
unset PLATFORM_URL PLATFORM_TOKEN PLATFORM_CONFIG PLATFORM_LISTEN PLATFORM_DATABASE XDG_DATA_HOME XDG_CONFIG_HOME
export PLATFORM_DATA=$work/data

# timed LABEL COMMAND... runs a command quietly and notes how long it took.
timed() {
	local label=$1 from to
	shift
	from=$(date +%s%N)
	"$@" >"$work/out" 2>&1 || { cat "$work/out" >&2; die "$(quoted "$@") did not work."; }
	to=$(date +%s%N)
	note "$label" $(((to - from) / 1000))
}

# note LABEL MICROSECONDS keeps one measurement.
note() { printf '%s\n' "$2" >>"$work/figures.$1"; }

# median LABEL prints the middle of what was noted, in milliseconds.
median() { sort -n "$work/figures.$1" | awk '{a[NR]=$1} END {printf "%.1f", a[int((NR+1)/2)]/1000}'; }

line() { printf '%-58s %s\n' "$1" "$2"; }

# times A B prints how many times as long A takes.
times() { awk -v a="$(median "$1")" -v b="$(median "$2")" 'BEGIN {printf "%.1f x", a/b}'; }

# --- start and memory ------------------------------------------------------

port=$((20000 + RANDOM % 20000))
address=http://127.0.0.1:$port

# start LABEL starts a server and notes how long its first answer takes.
start() {
	local from to
	from=$(date +%s%N)
	"$platform" serve --listen "127.0.0.1:$port" >"$work/serve.log" 2>&1 &
	server=$!
	until (exec 3<>"/dev/tcp/127.0.0.1/$port" && printf 'GET /readyz HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n' >&3 && head -c 12 <&3 | grep -q ' 200') 2>/dev/null; do
		kill -0 "$server" 2>/dev/null || { cat "$work/serve.log" >&2; die "The server did not start."; }
		sleep 0.002
	done
	to=$(date +%s%N)
	note "$1" $(((to - from) / 1000))
}

stop() {
	kill "$server"
	wait "$server" 2>/dev/null || true
	server=""
}

memory() { awk '/^VmRSS/ {printf "%.0f MB", $2/1024}' "/proc/$server/status"; }

for _ in $(seq 5); do
	rm -rf "$PLATFORM_DATA"
	start start-new
	fresh=$(memory)
	stop
	start start-again
	stop
done
line "start to first answer, new data directory" "$(median start-new) ms"
line "start to first answer, data directory that is there" "$(median start-again) ms"
line "resident memory, empty catalog" "$fresh"

awk -v n=$entities 'BEGIN {for (i = 0; i < n; i++) printf "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: service-%d\n  description: The service that does number %d.\n  tags: [go, t%d]\nspec:\n  type: service\n  lifecycle: production\n  owner: team-%d\n  system: system-%d\n---\n", i, i, i % 50, i % 200, i % 400}' >"$work/all.yaml"
start start-before-register
timed register "$platform" catalog register "$work/all.yaml"
stop
for i in $(seq 5); do
	start start-full
	full=$(memory)
	((i == 5)) || stop
done
line "start to first answer, $entities entities" "$(median start-full) ms"
line "resident memory, $entities entities, after start" "$full"
for _ in $(seq 50); do curl --silent --fail --output /dev/null "$address/api/v1/entities?limit=50"; done
line "resident memory, $entities entities, after 50 lists" "$(memory)"
line "register $entities entities with platform catalog register" "$(median register) ms"
stop

# --- commands --------------------------------------------------------------

rm -rf "$PLATFORM_DATA"
for i in $(seq "$rounds"); do
	timed render "$platform" render go-http --into "$work/render/$i" --set name=orders --set owner=checkout
	timed copy cp -r "$work/render/$i" "$work/copy-$i"
	rm -rf "$work/copy-$i"
done
line "platform render (whole process, $(find "$work/render/1" -type f | wc -l) files)" "$(median render) ms"
line "  beside cp -r of the same tree: $(median copy) ms" "$(times render copy)"

# commit FOLDER is what a person would type instead.
commit() {
	git -C "$1" init --quiet
	git -C "$1" add .
	git -C "$1" commit --quiet --message "First"
}

start start-for-services
mkdir "$work/clones"
for i in $(seq "$rounds"); do
	(cd "$work/clones" && timed new-server "$platform" new service "served-$i" --owner checkout --create-owner)
	timed commit commit "$work/render/$i"
done
stop
for i in $(seq 5); do
	(cd "$work/clones" && timed new-alone "$platform" new service "alone-$i" --owner checkout --create-owner)
done
line "platform new service with a server (whole process)" "$(median new-server) ms"
line "  beside git init, add and commit of it: $(median commit) ms" "$(times new-server commit)"
line "platform new service without a server (whole process)" "$(median new-alone) ms"

for _ in $(seq "$rounds"); do
	GODEBUG=inittrace=1 "$platform" version 2>"$work/trace" >/dev/null
	awk '/^init / {us += $5 * 1000} END {printf "%d\n", us}' "$work/trace" >>"$work/figures.init"
done
line "package initialisation by GODEBUG=inittrace=1" "$(median init) ms"
line "size of bin/platform" "$(awk -v b="$(stat -c %s "$platform")" 'BEGIN {printf "%.0f MB", b/1048576}')"
