# shellcheck shell=bash
# pkg.bash - completion of pkg in bash; all that it knows it asks `pkg __complete`.

_pkg() {
	local word line last='' glue='' before='' words=()

	# bash cuts at `=`: --switch=x comes as three words and is one.
	for word in "${COMP_WORDS[@]:1:COMP_CWORD}"; do
		if [[ -n $glue || ($word == = && $last == --*) ]]; then
			last+=$word
			words[-1]=$last
			[[ $word == = ]] && glue=1 || glue=
		else
			last=$word
			words+=("$word")
		fi
	done
	[[ $last == --*=* && $word != --* ]] && before=${last%%=*}=

	COMPREPLY=()
	while IFS= read -r line; do
		case $line in
		:file) compopt -o default ;;
		:dir) compopt -o dirnames ;;
		:program) mapfile -t COMPREPLY < <(compgen -c -- "$word") ;;
		*)
			line=${line%%$'\t'*}
			COMPREPLY+=("${line#"$before"}")
			;;
		esac
	done < <(command pkg __complete -- "${words[@]}" 2>/dev/null)
}

complete -F _pkg pkg
