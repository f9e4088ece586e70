#!/bin/sh
# What `pkg __complete` answers, and that bash, zsh and fish make words of it. Last: no option without its
# place in the manual.
. "$(dirname "$0")/lib.sh"
simple zlib 1.2
simple zlib 1.3~beta
simple zstd 1.0
simple low 1.0
fresh
pkg -q install low >/dev/null
pkg -q switch create other --empty
pkg switch set test

# words EXPECTED WORD...: the candidates, without their descriptions
none() { # REGEX: no line of the input matches
	if grep "$1"; then return 1; fi
}
words() {
	expected=$1
	shift
	pkg __complete -- "$@" | cut -f1 | tr '\n' ' ' >got
	test "$(cat got)" = "$expected${expected:+ }" || { echo "got: $(cat got)"; return 1; }
}

t 'commands, with what they do' '
	words "install init" in
	pkg __complete -- instal | grep -qx "install	install packages into the switch"
'
t 'an alias is a command too' 'words "low" uninstall l'
t 'words of a command' '
	words "set set-invariant show" switch s
	words "add" pin a
'
t 'options, of the command and global ones' '
	words "--with-test --with-doc --with-dev-setup" install --wi
	words "--empty" switch create --em
	words "" switch set --em
	words "--dry-run" remove --dr
'
t 'letters, while nothing is chosen' '
	pkg __complete -- install - | grep -q "^-t	"
	pkg __complete -- install -- | none "^-t"
'
t 'package names: of the repositories, or installed' '
	words "low zlib zstd" install ""
	words "zlib zstd" install low z
	words "low" remove ""
	words "low" upgrade l
	words "low" log ""
'
t 'versions behind a dot' 'words "zlib.1.3~beta zlib.1.2" show zlib.'
t 'switches' '
	words "other test" switch remove ""
	words "other" --switch o
	words "--switch=other" list --switch=o
	words "" switch create ""
	words "low" switch create new l
'
t 'the switch and the root meant' '
	words "" --switch other remove ""
	code_is 50 pkg __complete -- --root "$work/none" remove ""
'
t 'repositories and pins' '
	words "test" repo remove ""
	words "test" repo set-url t
	words "test" repo log ""
	words "test" update ""
	words "" pin remove ""
'
t 'words of an argument and of a value' '
	words "bash zsh fish" completion ""
	words "zsh" env --shell z
	words "--shell=fish" env --shell=f
'
t 'files, folders and programs are for the shell' '
	words ":file" lock --output ""
	words ":file :dir" lint ""
	words ":dir" -C ""
	words ":program" exec -- ""
	words ":file" exec -- ls --all ""
	words "" --message ""
'
t 'nothing, where there is nothing' '
	words "" nosuch ""
	words "" completion zsh ""
	words "" list --short=x
'
t 'what a shell would take apart is never offered' '
	mkdir -p "$REPO/packages/ev\$(touch bad)" && printf "opam-version: \"2.0\"\n" >"$REPO/packages/ev\$(touch bad)/opam"
	pkg -q update >/dev/null 2>&1 || :
	words "" install ev
	rm -r "$REPO/packages/ev\$(touch bad)"
'
t 'no root: commands all the same' '
	PKGROOT=$work/none
	words "install" inst
	test ! -e "$work/none"
'
t 'usage' '
	code_is 2 pkg completion
	code_is 2 pkg completion csh
	code_is 2 pkg __complete
'

# --- the shells ---

t 'the scripts are printed' '
	pkg completion bash | cmp - "$top/shell/pkg.bash"
	pkg completion zsh | cmp - "$top/shell/_pkg"
	pkg completion fish | cmp - "$top/shell/pkg.fish"
'
export top
# typed SHELL-COMMAND SETUP TEXT: TEXT is typed at a terminal; what its command line became is printed.
cat >typed.zsh <<'EOF'
zmodload zsh/zpty
zpty shell "stty rows 30 cols 200; exec $1"
wait_for() {
	local text= piece= tries
	for ((tries = 0; tries < 1500; tries++)); do
		while zpty -rt shell piece; do text+=$piece; done
		[[ $text == *$1* ]] && { print -r -- "$text"; return 0; }
		sleep 0.02
	done
	print -r -- "$text" >&2
	return 1
}
zpty -w shell "$2"$'\n''pkg() { printf "%s" "<go"; printf "<%s>" "$@"; echo "<end>"; }; echo "<re""ady>"'
wait_for '<ready>' >/dev/null || exit 1
zpty -w -n shell "${(g::)3}"$'\n'
wait_for '<end>' | tr -d '\r' | sed -n 's/.*<go\(.*\)<end>.*/\1/p'
EOF
typed() { zsh -f typed.zsh "$@"; }
becomes() { # SHELL TEXT EXPECTED
	case $1 in
	bash) typed 'bash --norc --noprofile -i' 'source "$top/shell/pkg.bash"; bind "set enable-bracketed-paste off"' "$2" >got ;;
	zsh) typed 'zsh -f -i' 'fpath=("$top/shell" $fpath); autoload -Uz compinit; compinit -u -D; unsetopt zle_bracketed_paste' "$2" >got ;;
	esac
	test "$(cat got)" = "$3" || { echo "$1: $2 became: $(cat got)"; return 1; }
}
mkdir folder
: >'folder/a file'
for shell in bash zsh; do
	if ! command -v zsh >/dev/null || ! command -v "$shell" >/dev/null; then
		skip "$shell completes at a terminal" 'zsh or bash is missing'
		continue
	fi
	t "$shell: commands, words, options" "
		becomes $shell 'pkg instal\t' '<install>'
		becomes $shell 'pkg swi\tcre\tx --em\t' '<switch><create><x><--empty>'
	"
	t "$shell: names" "
		becomes $shell 'pkg remove l\t' '<remove><low>'
		becomes $shell 'pkg install zli\t' '<install><zlib>'
		becomes $shell 'pkg install zlib.1.3\t' '<install><zlib.1.3~beta>'
		becomes $shell 'pkg switch set ot\t' '<switch><set><other>'
	"
	t "$shell: values with a blank and with =" "
		becomes $shell 'pkg --switch ot\tlist' '<--switch><other><list>'
		becomes $shell 'pkg --switch=ot\tremove \tx' '<--switch=other><remove><x>'
	"
	t "$shell: files and programs" "
		becomes $shell 'pkg lock --output fold\ta\t' '<lock><--output><folder/a file>'
		becomes $shell 'pkg lock --output=fold\ta\t' '<lock><--output=folder/a file>'
		becomes $shell 'pkg exec -- mktem\tfold\ta\t' '<exec><--><mktemp><folder/a file>'
	"
done
if command -v zsh >/dev/null; then
	t 'zsh: read by source too' '
		zsh -f -c "autoload -Uz compinit; compinit -u -D; source <(pkg completion zsh); test \$_comps[pkg] = _pkg"
	'
fi
t 'bash: all candidates, an empty word, no descriptions' '
	if ! command -v bash; then exit 0; fi
	bash -c "source \"\$top/shell/pkg.bash\"; COMP_WORDS=(pkg install \"\"); COMP_CWORD=2; _pkg; echo \"\${COMPREPLY[*]}\"" >out
	test "$(cat out)" = "low zlib zstd"
'
if command -v fish >/dev/null; then
	cat >fish.sh <<'EOF'
fish --no-config -c 'source "$top/shell/pkg.fish"; complete -C $argv[1]' -- "$1"
EOF
	t 'fish: with descriptions' '
		sh fish.sh "pkg instal" | grep -qx "install	install packages into the switch"
		test "$(sh fish.sh "pkg install z" | tr "\n" " ")" = "zlib zstd "
		test "$(sh fish.sh "pkg install --with-t" | cut -f1)" = --with-test
		test "$(sh fish.sh "pkg --switch=ot")" = --switch=other
		test "$(sh fish.sh "pkg switch set ")" = "other
test"
	'
	t 'fish: files and programs' '
		test "$(sh fish.sh "pkg lock --output folder/")" = "folder/a file"
		test "$(sh fish.sh "pkg lock --output=folder/")" = "--output=folder/a file"
		sh fish.sh "pkg exec -- mktem" | grep -q "^mktemp"
		test "$(sh fish.sh "pkg -C fol" | cut -f1)" = folder/
	'
else
	skip 'fish' 'there is none'
fi

# --- the manual ---

# documented PAGE OPTION: "--name" or "-l" stands in it as a flag
documented() {
	grep -qE "Fl (.* )?${2#-}( |\$)" "$top/man/$1" || { echo "$1: $2 is missing"; return 1; }
}
options_of() { pkg __complete -- "$@" - | cut -f1 | sort; }
options_of >global
t 'pkg(1) has every global option' 'ok=0; for o in $(cat global); do documented pkg.1 "$o" || ok=1; done; test $ok = 0'
for command in $(pkg __complete -- '' | cut -f1); do
	{
		options_of "$command"
		for word in $(PKGROOT=$work/none pkg __complete -- "$command" '' 2>/dev/null | grep -v '^:' | cut -f1); do
			options_of "$command" "$word"
		done
	} | sort -u | comm -23 - global >own
	t "pkg-$command(1) has every option of it" \
		"ok=0; for o in \$(cat own); do documented pkg-$command.1 \"\$o\" || ok=1; done; test -e \"\$top/man/pkg-$command.1\"; test \$ok = 0"
done
finish
