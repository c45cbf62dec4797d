# shellcheck shell=bash
# Sourced by the scripts beside it: how they talk, and how they change the machine.

# say writes a sentence to the person; standard output is for results.
say() { printf '%s\n' "$*" >&2; }

# die says what is wrong and, in further arguments, what to type. 8 is the exit
# status for a missing tool, as in "platform help exit-codes".
die() {
	say "Error: $1"
	shift
	local hint
	for hint in "$@"; do say "Hint:  $hint"; done
	exit 8
}

# person_present is true when somebody can read a question and answer it.
person_present() { [[ -t 0 && -t 2 && -z "${CI:-}" ]]; }

# quoted prints a command as one would type it.
quoted() {
	local word line=""
	for word in "$@"; do line+=" $(printf '%q' "$word")"; done
	printf '%s' "${line# }"
}

# as_root REASON COMMAND [ARGS...] runs a command that changes the machine. A
# person is asked first; a build just does it; who may not do it learns the exact
# command.
as_root() {
	local reason=$1 answer
	shift
	local -a prefix=(sudo)
	((EUID != 0)) || prefix=()
	local command
	command=$(quoted "${prefix[@]}" "$@")

	if person_present; then
		say "$reason This would run:"
		say "  $command"
		read -r -p "Run it now? [y/N] " answer
		[[ "$answer" == [yY]* ]] || die "$reason" "Run it yourself, then try again: $command"
		((EUID == 0)) || command -v sudo >/dev/null || die "$reason" "There is no sudo here. Run as root: $(quoted "$@")"
	elif ((EUID != 0)); then
		sudo -n true 2>/dev/null || die "$reason" "Run as root, then try again: $(quoted "$@")"
		prefix+=(-n)
	fi
	say "+ $(quoted "${prefix[@]}" "$@")"
	"${prefix[@]}" "$@" >&2
}
