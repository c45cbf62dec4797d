#!/usr/bin/env bash
# Prints the path of the official Pact CLI, fetching it once into a folder that
# survives clean clones:
#
#   "$(scripts/install-pact-cli.sh)" broker publish pacts -a 1 -b http://127.0.0.1:8080/broker
#
# Tests run it against /broker, because it is what teams have in their pipelines.
# PLATFORM_TOOLS moves the folder (default ~/.cache/goldenpath/tools).
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=as-root.sh
. "$(dirname "${BASH_SOURCE[0]}")/as-root.sh"

version=18.1.2
package=@pact-foundation/pact-cli-linux-x64@$version
file=standalone/pact
sha256=d69be30fb034789e9cbd8dc170fd2bc794860e8202c6b9144585adc2ecec345d

# is_ours tells whether a file is the pinned program.
is_ours() { [[ -f "$1" && "$(sha256sum <"$1")" == "$sha256 "* ]]; }

folder=${PLATFORM_TOOLS:-$HOME/.cache/goldenpath/tools}/pact-cli@$version
if ! is_ours "$folder/pact"; then
	[[ "$(uname -s)-$(uname -m)" == Linux-x86_64 ]] ||
		die "There is no pinned Pact CLI for $(uname -s) on $(uname -m) yet." \
			"Only tests with the official CLI need it."
	command -v npm >/dev/null || die "npm is not installed; the Pact CLI comes in an npm package." \
		"Debian: apt-get install npm"
	say "Fetching the Pact CLI $version (11 MB) from $package."
	mkdir -p "$folder"
	work=$(mktemp -d "$folder/fetch.XXXXXX")
	trap 'rm -rf "$work"' EXIT
	archive=$(cd "$work" && npm pack --silent "$package") ||
		die "npm could not fetch $package." "Try it alone to see why: npm pack $package"
	tar -xzf "$work/$archive" -C "$work" "package/$file"
	is_ours "$work/package/$file" ||
		die "$file in $package is not the program we know: its SHA-256 is not $sha256." \
			"Do not use it. Compare with the release notes of pact-cli."
	chmod 755 "$work/package/$file"
	# Renamed into place, so that nobody runs half a file.
	mv -f "$work/package/$file" "$folder/pact"
fi
printf '%s\n' "$folder/pact"
