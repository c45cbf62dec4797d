#!/usr/bin/env bash
# Puts libpact_ffi, which pact-go links, into a folder that pact-go searches, so
# that no CGO_LDFLAGS are needed (changing them rebuilds every cgo package).
#
#   scripts/install-pact-ffi.sh [--into DIR]
#
# Pact consumer tests and bin/pact-verifier need it; bin/platform does not.
# Version 0.5 and later lack functions pact-go 2.4.2 calls, so it is pinned.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=as-root.sh
. "$(dirname "${BASH_SOURCE[0]}")/as-root.sh"

version=0.4.28
package=@pact-foundation/pact-core-linux-x64-glibc@18.1.0
file=prebuilds/linux-x64/libpact_ffi.so
sha256=f2e805e6433afa2cabc3ad3c309786a975075319dcb370c737e0041b4bff9887
library=libpact_ffi.so

# The folders in pact-go's linker flags, in the order the loader searches them.
searched=(/opt/pact/lib /tmp /usr/local/lib)

# is_ours tells whether a file is the pinned library.
is_ours() { [[ -f "$1" && "$(sha256sum <"$1")" == "$sha256 "* ]]; }

# find_installed prints the library pact-go will find. Another version that is
# found first would be linked instead, so it is an error.
find_installed() {
	local dir
	for dir in "${searched[@]}"; do
		[[ -e "$dir/$library" ]] || continue
		is_ours "$dir/$library" || die "$dir/$library is not version $version, and pact-go would link it." \
			"Move it away, then try again: mv $dir/$library $dir/$library.other"
		printf '%s\n' "$dir/$library"
		return
	done
	return 1
}

# fetch leaves the library in the cache and prints where. npm checks the package
# against the registry's digest; we check the library against ours.
fetch() {
	local cache=${XDG_CACHE_HOME:-$HOME/.cache}/goldenpath/libpact_ffi@$version
	if ! is_ours "$cache/$library"; then
		command -v npm >/dev/null || die "npm is not installed; libpact_ffi comes in an npm package." \
			"Debian: apt-get install npm"
		say "Fetching libpact_ffi $version (7 MB) from $package."
		mkdir -p "$cache"
		local work archive
		work=$(mktemp -d "$cache/fetch.XXXXXX")
		# shellcheck disable=SC2064 # expand now: work is local
		trap "rm -rf '$work'" EXIT
		archive=$(cd "$work" && npm pack --silent "$package") ||
			die "npm could not fetch $package." "Try it alone to see why: npm pack $package"
		tar -xzf "$work/$archive" -C "$work" "package/$file"
		is_ours "$work/package/$file" ||
			die "$library in $package is not the file we know: its SHA-256 is not $sha256." \
				"Do not use it. Compare with the release notes of pact-core."
		mv "$work/package/$file" "$cache/$library"
		rm -rf "$work"
		trap - EXIT
	fi
	printf '%s\n' "$cache/$library"
}

# choose prints the folder to install into.
choose() {
	local dir
	for dir in /usr/local/lib /opt/pact/lib; do
		if [[ -d "$dir" && -w "$dir" ]]; then
			printf '%s\n' "$dir"
			return
		fi
	done
	printf '/usr/local/lib\n'
}

main() {
	local into="" found source
	case "${1:-}" in
	--into) into=${2:?--into needs a folder} ;;
	"") ;;
	*) die "$1 is not an option." "scripts/install-pact-ffi.sh [--into DIR]" ;;
	esac

	if [[ -z "$into" ]]; then
		[[ "$(uname -s)-$(uname -m)" == Linux-x86_64 ]] ||
			die "There is no pinned libpact_ffi for $(uname -s) on $(uname -m) yet." \
				"Install version $version into /usr/local/lib yourself; everything but contract verification works without it."
		# A subshell cannot end this script: its status tells "another version" (8) from "absent" (1).
		local status=0
		found=$(find_installed) || status=$?
		((status != 8)) || exit 8
		if ((status == 0)); then
			say "libpact_ffi $version is at $found."
			return
		fi
		into=$(choose)
	fi

	source=$(fetch)
	if [[ -w "$into" || (! -e "$into" && -w "$(dirname "$into")") ]]; then
		# Beside the target and renamed, so that nobody loads half a file.
		mkdir -p "$into"
		install -m 755 "$source" "$into/.$library.$$"
		mv -f "$into/.$library.$$" "$into/$library"
	else
		as_root "libpact_ffi $version is needed to build and run Pact tests." \
			install -D -m 755 "$source" "$into/$library"
	fi
	say "libpact_ffi $version is at $into/$library."
}

main "$@"
