#!/usr/bin/env bash
# Measures what the golden path go-http costs, beside what a person would type
# instead, and the service it makes. Prints medians, each with its bound:
#
#   scripts/bench-path.sh [ROUNDS]
#
# With PLATFORM_BENCH_COLD=1 it also runs "make test" of generated services with
# an empty build cache, which takes some minutes. The bounds of that, and of
# start and memory, are for 2 cores; all are reported, none fails.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=measure.sh
. "$(dirname "${BASH_SOURCE[0]}")/measure.sh"

rounds=${1:-15}
packs=postgres,cache,helm

# A service is built as its makers build it, whatever built the platform.
export GOFLAGS=-mod=readonly GOPROXY=off GOWORK=off
unset VERSION MAKEFLAGS MAKELEVEL MFLAGS

# render FOLDER [FLAGS...]
render() {
	local folder=$1
	shift
	"$platform" render go-http --into "$folder" --set name=orders --set owner=checkout "$@"
}

# --- files -----------------------------------------------------------------

# Copies stay to the end: a file system may be slow to use again what was just
# freed, for whoever comes next.
for i in $(seq "$rounds"); do
	timed render render "$work/render/$i" --pack "$packs"
	timed copy cp -r "$work/render/$i" "$work/copy-$i"
done
line "platform render, all packs (process, $(find "$work/render/1" -type f | wc -l) files)" "$(median render) ms"
line "  beside cp -r of the same tree: $(median copy) ms" "$(times render copy), bound 2 x"

# --- repository and first commit -------------------------------------------

# commit FOLDER is what a person would type instead.
commit() {
	git -C "$1" init --quiet
	git -C "$1" add .
	git -C "$1" commit --quiet --message "First"
}

# new NAME makes a service with its repository; FLAGS may leave out the clone.
new() {
	local name=$1
	shift
	(cd "$work/clones" && "$platform" new service "$name" --owner checkout --create-owner --pack "$packs" "$@")
}

mkdir "$work/clones"
start_platform start-for-services
for i in $(seq "$rounds"); do
	timed new-bare new "bare-$i" --no-clone
	timed commit commit "$work/render/$i"
	timed new-clone new "cloned-$i"
done
stop
for i in $(seq "$rounds"); do timed new-alone new "alone-$i" --no-clone; done
line "git init, add and commit of the same files" "$(median commit) ms"
line "platform new service, all packs, on a server" "$(median new-bare) ms"
line "  beside git init, add and commit" "$(times new-bare commit), bound 1.5 x"
line "platform new service, on a server, and its clone" "$(median new-clone) ms"
line "  beside git init, add and commit" "$(times new-clone commit)"
line "platform new service, without a server" "$(median new-alone) ms"
line "  beside git init, add and commit" "$(times new-alone commit)"

# --- the service -----------------------------------------------------------

service=$work/orders
render "$service" >"$work/out"
make --silent -C "$service" build >"$work/out" 2>&1 || { cat "$work/out" >&2; die "The service could not be built."; }
for i in $(seq "$rounds"); do
	start service-start env HTTP_ADDR=127.0.0.1:0 ADMIN_ADDR="127.0.0.1:$port" "$service/bin/orders"
	((i == rounds)) || stop
done
sleep 10
line "generated service, start to /readyz" "$(median service-start) ms, bound 200 ms"
line "generated service, resident memory after 10 idle seconds" "$(memory), bound 40 MB"
stop

# --- its tests, cold -------------------------------------------------------

# cold LABEL [FLAGS...] tests a new service with an empty build cache; modules
# are cached, as they are on a machine where Go is used.
cold() {
	local label=$1
	shift
	render "$work/$label" "$@" >"$work/out"
	GOCACHE=$work/gocache timed "$label" make -C "$work/$label" test
	rm -rf "$work/gocache"
	line "make test of it, cold, ${*:-no packs}" "$(awk '{printf "%.0f", $1/1e6}' "$work/figures.$label") s, bound 120 s on 2 cores"
}

if [[ -n "${PLATFORM_BENCH_COLD:-}" ]]; then
	cold cold-plain
	cold cold-packs --pack "$packs"
else
	say "Not measured: make test of a new service with an empty build cache. It takes minutes: PLATFORM_BENCH_COLD=1 make bench"
fi
