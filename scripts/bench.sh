#!/usr/bin/env bash
# Measures the built program as a person meets it, beside what it is compared
# with, and prints medians:
#
#   scripts/bench.sh [ROUNDS]
#
# What it makes, services from golden paths, is measured by bench-path.sh.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=measure.sh
. "$(dirname "${BASH_SOURCE[0]}")/measure.sh"

rounds=${1:-15}
entities=10000

# --- start and memory ------------------------------------------------------

for _ in $(seq 5); do
	rm -rf "$PLATFORM_DATA"
	start_platform start-new
	fresh=$(memory)
	stop
	start_platform start-again
	stop
done
line "start to first answer, new data directory" "$(median start-new) ms"
line "start to first answer, data directory that is there" "$(median start-again) ms"
line "resident memory, empty catalog" "$fresh"

awk -v n=$entities 'BEGIN {for (i = 0; i < n; i++) printf "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: service-%d\n  description: The service that does number %d.\n  tags: [go, t%d]\nspec:\n  type: service\n  lifecycle: production\n  owner: team-%d\n  system: system-%d\n---\n", i, i, i % 50, i % 200, i % 400}' >"$work/all.yaml"
start_platform start-before-register
timed register "$platform" catalog register "$work/all.yaml"
stop
for i in $(seq 5); do
	start_platform start-full
	full=$(memory)
	((i == 5)) || stop
done
line "start to first answer, $entities entities" "$(median start-full) ms"
line "resident memory, $entities entities, after start" "$full"
for _ in $(seq 50); do curl --silent --fail --output /dev/null "$address/api/v1/entities?limit=50"; done
line "resident memory, $entities entities, after 50 lists" "$(memory)"
line "register $entities entities with platform catalog register" "$(median register) ms"
stop

# --- the program itself ----------------------------------------------------

for _ in $(seq "$rounds"); do
	GODEBUG=inittrace=1 "$platform" version 2>"$work/trace" >/dev/null
	awk '/^init / {us += $5 * 1000} END {printf "%d\n", us}' "$work/trace" >>"$work/figures.init"
done
line "package initialisation by GODEBUG=inittrace=1" "$(median init) ms"
line "size of bin/platform" "$(awk -v b="$(stat -c %s "$platform")" 'BEGIN {printf "%.0f MB", b/1048576}')"
