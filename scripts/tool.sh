#!/usr/bin/env bash
# Prints the path of a Go tool at the version this repository is checked with,
# building it once into a folder that survives clean clones:
#
#   "$(scripts/tool.sh golangci-lint)" run ./...
#
# PLATFORM_TOOLS moves the folder (default ~/.cache/goldenpath/tools).
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=as-root.sh
. "$(dirname "${BASH_SOURCE[0]}")/as-root.sh"

case "${1:-}" in
golangci-lint) module=github.com/golangci/golangci-lint/v2/cmd/golangci-lint version=v2.15.0 note=" (5 to 10 minutes, once)" ;;
oapi-codegen) module=github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen version=v2.8.2 note="" ;;
actionlint) module=github.com/rhysd/actionlint/cmd/actionlint version=v1.7.12 note="" ;;
kube-score) module=github.com/zegl/kube-score/cmd/kube-score version=v1.20.0 note="" ;;
kubeconform) module=github.com/yannh/kubeconform/cmd/kubeconform version=v0.8.0 note="" ;;
conftest) module=github.com/open-policy-agent/conftest version=v0.71.1 note=" (some minutes, once)" ;;
helm) module=helm.sh/helm/v4/cmd/helm version=v4.3.1 note=" (some minutes, once)" ;;
gitleaks) module=github.com/zricethezav/gitleaks/v8 version=v8.30.1 note="" ;;
oasdiff) module=github.com/oasdiff/oasdiff version=v1.37.0 note="" ;;
*)
	say "usage: scripts/tool.sh golangci-lint|oapi-codegen|actionlint|kube-score|kubeconform|conftest|helm|gitleaks|oasdiff"
	exit 2
	;;
esac

name=$1
tools=${PLATFORM_TOOLS:-$HOME/.cache/goldenpath/tools}
folder=$tools/$name@$version
if [[ ! -x "$folder/$name" ]]; then
	command -v go >/dev/null || die "Go is not installed." "Get it from https://go.dev/dl, then try again."
	say "Building $name $version$note."
	mkdir -p "$tools"
	work=$(mktemp -d "$tools/.$name.XXXXXX")
	trap 'rm -rf "$work"' EXIT
	(cd "$work" && GOBIN="$work/bin" GOFLAGS="" CGO_ENABLED=0 go install "$module@$version" >&2) ||
		die "$name $version could not be built." "Try it alone to see why: go install $module@$version"
	# Renamed into place whole; who loses a race uses the winner's.
	mv -T "$work/bin" "$folder" 2>/dev/null || [[ -x "$folder/$name" ]]
fi
printf '%s\n' "$folder/$name"
