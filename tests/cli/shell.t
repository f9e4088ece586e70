#!/bin/sh
# Entering and leaving a switch, in each shell: the environment is byte for byte what it was.
. "$(dirname "$0")/lib.sh"
simple low 1.0 'setenv: [[LOW_HOME = "%{share}%/low"] [LOW_PATH += "%{lib}%/low"] [TAIL_PATH =: "%{lib}%/low"] [STRANGE = "plain"]
	[BYTES = "x"] [EMPTY = "full"] [SAID = "it'"'"'s \\ !$(x) `y` \"z\""]]'
simple high 1.0 'setenv: [[LOW_HOME = "high"] [HIGH = "yes"]]'
fresh
pkg -q install low >/dev/null
pkg -q switch create other high >/dev/null
pkg switch set test
export top

# Values that quoting or splitting could lose.
STRANGE=$(printf "  it's \"so\"\n\\ \\\\ \$HOME \`x\` !! * ~ ;\n\n.")
STRANGE=${STRANGE%.}
BYTES=$(printf 'a\377b\303\050\033[1m\001\t%%25,x;y')
LOW_PATH=:/a::/b:
TAIL_PATH=
EMPTY=
export STRANGE BYTES LOW_PATH TAIL_PATH EMPTY
unset MANPATH LOW_HOME SAID HIGH

cat >snap <<'EOF'
#!/bin/sh
# snap FILE: the environment as it is exported, without what shells change by themselves
env -0 | sort -z | grep -zEv '^(_|SHLVL|PWD|OLDPWD)=' >"$1"
EOF
chmod +x snap
cat >run.sh <<'EOF'
./snap before
eval "$(pkg env)"
./snap in
eval "$(pkg env)"
./snap again
eval "$(pkg --switch other env)"
./snap other
eval "$(pkg env --revert)"
./snap after
. "$top/shell/enter.sh"
pkg_enter other
./snap function
pkg_enter nosuch 2>/dev/null && exit 1
./snap failed
pkg_leave
./snap left
EOF
cat >run.fish <<'EOF'
./snap before
pkg env --shell=fish | source
./snap in
pkg env --shell=fish | source
./snap again
pkg --switch other env --shell=fish | source
./snap other
pkg env --shell=fish --revert | source
./snap after
source "$top/shell/enter.fish"
pkg_enter other
./snap function
pkg_enter nosuch 2>/dev/null && exit 1
./snap failed
pkg_leave
./snap left
EOF
has() { grep -zqxF -e "$2" "$1" || { echo "$1: no $2"; tr '\0' '\n' <"$1"; return 1; }; }

for shell in sh dash bash zsh fish; do
	if ! command -v "$shell" >/dev/null; then
		skip "$shell" 'there is none'
		continue
	fi
	rm -f before in again other after function failed left
	case $shell in
	zsh) t 'zsh runs it' 'zsh -f -u run.sh' ;;
	bash) t 'bash runs it' 'bash --norc -u run.sh' ;;
	fish) t 'fish runs it' 'fish --no-config run.fish' ;;
	*) t "$shell runs it" "$shell -u run.sh" ;;
	esac
	t "$shell: entered" '
		has in "LOW_HOME=$PREFIX/share/low"
		has in STRANGE=plain
		has in EMPTY=full
		has in "LOW_PATH=$PREFIX/lib/low::/a::/b:"
		has in "TAIL_PATH=:$PREFIX/lib/low"
		has in "SAID=it'"'"'s \\ !\$(x) \`y\` \"z\""
		cmp in again
	'
	t "$shell: from one switch into another" '
		has other HIGH=yes
		has other LOW_HOME=high
		has other "LOW_PATH=:/a::/b:"
		has other OPAMSWITCH=other
		if tr "\0" "\n" <other | grep "^PATH=.*$PREFIX/bin"; then false; fi
		cmp other function
		cmp function failed
	'
	t "$shell: left, byte for byte" 'cmp before after && cmp before left'
done
finish
