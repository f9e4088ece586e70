# shellcheck shell=sh
# enter.sh - `pkg_enter [SWITCH]` and `pkg_leave` for sh, bash and zsh.

pkg_enter() {
	eval "$(command pkg env ${1:+"--switch=$1"} || echo false)"
}

pkg_leave() {
	eval "$(command pkg env --revert || echo false)"
}
