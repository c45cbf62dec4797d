# shellcheck shell=bash
# Sourced by the measurements beside it, which run the built program as a person
# meets it, beside what it is compared with.
#
# Everything happens in a temporary home, so the figures do not depend on what
# is on this machine, and nothing is left behind. Programs run in turns, so that
# a busy moment hits what is compared alike.

# shellcheck source-path=SCRIPTDIR source=as-root.sh
. "$(dirname "${BASH_SOURCE[0]}")/as-root.sh"

platform=$PWD/bin/platform
[[ -x "$platform" ]] || die "There is no bin/platform." "make build"

# Go's folders are in the home of whoever measures; kept, nothing is downloaded.
GOCACHE=$(go env GOCACHE)
GOMODCACHE=$(go env GOMODCACHE)
export GOCACHE GOMODCACHE

work=$(mktemp -d)
server=""
# shellcheck disable=SC2317 # called by the trap
tidy() {
	stop
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

port=$((20000 + RANDOM % 20000))
# shellcheck disable=SC2034 # read by who sources this
address=http://127.0.0.1:$port

# start LABEL COMMAND... starts a program that serves /readyz at $address, and
# notes how long its first good answer takes.
start() {
	local label=$1 from to
	shift
	from=$(date +%s%N)
	"$@" >"$work/serve.log" 2>&1 &
	server=$!
	until (exec 3<>"/dev/tcp/127.0.0.1/$port" && printf 'GET /readyz HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n' >&3 && head -c 12 <&3 | grep -q ' 200') 2>/dev/null; do
		kill -0 "$server" 2>/dev/null || { cat "$work/serve.log" >&2; die "$(quoted "$@") did not start."; }
		sleep 0.002
	done
	to=$(date +%s%N)
	note "$label" $(((to - from) / 1000))
}

# start_platform LABEL starts the platform's server.
start_platform() { start "$1" "$platform" serve --listen "127.0.0.1:$port"; }

# stop ends what was started, if it runs.
stop() {
	[[ -n "$server" ]] || return 0
	kill "$server" 2>/dev/null || true
	wait "$server" 2>/dev/null || true
	server=""
}

# memory prints how much of what was started is in memory.
memory() { awk '/^VmRSS/ {printf "%.0f MB", $2/1024}' "/proc/$server/status"; }
