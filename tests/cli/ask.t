#!/bin/sh
# Questions, signals and colours at a terminal; what is said without one.
. "$(dirname "$0")/lib.sh"
command -v script >/dev/null || skip_all 'no script(1) for a terminal'
simple low 1.0
simple low 2.0
simple user 1.0 'depends: ["low"]'
fresh
pkg -q install user >/dev/null

# at_tty KEYS COMMAND: KEYS are typed once a question stands there; what was seen is in the file tty, the status in
# the file status: "exit N" or "signal N", as the parent has it.
cat >parent.pl <<'EOP'
$SIG{INT} = sub { };
my $pid = fork // die;
exec 'sh', '-c', "exec $ARGV[0]" unless $pid;
sub note { my ($name, $text) = @_; open my $f, '>', $name or die; print $f "$text\n" }
note('pid', $pid);
1 while waitpid($pid, 0) != $pid;
note('status', $? & 127 ? 'signal ' . ($? & 127) : 'exit ' . ($? >> 8));
EOP
at_tty() {
	rm -f tty status keys
	mkfifo keys
	(
		exec 3>keys
		tries=0
		until grep -qE '\[y/N\]|go on:' tty 2>/dev/null || test -e status; do
			sleep 0.02
			tries=$((tries + 1))
			[ $tries -lt 500 ] || break
		done
		# shellcheck disable=SC2059 # keys are written as for printf
		printf "$1" >&3
		until test -e status; do sleep 0.02; tries=$((tries + 1)); [ $tries -lt 1000 ] || break; done
	) &
	TERM=xterm script -qfc "perl parent.pl '$2'" tty <keys >/dev/null
	wait
}
ended() { test "$(cat status)" = "$1" || { cat status tty; return 1; }; }

t 'no is the default: 10, and nothing changed' '
	at_tty "\n" "pkg remove low"
	ended "exit 10"
	grep -q "y/N" tty
	test "$(pkg list -s | tr "\n" " ")" = "low user "
'
t 'anything but y is no' 'at_tty "maybe\n" "pkg remove low" && ended "exit 10"'
t 'the end of the input is no' 'at_tty "\\004" "pkg remove low" && ended "exit 10"'
t 'Ctrl-C ends by the signal itself, and nothing changed' '
	before=$(git -C "$STORE" rev-parse test)
	at_tty "\\003" "pkg remove low"
	ended "signal 2"
	grep -q "interrupted at a question" tty
	test "$before" = "$(git -C "$STORE" rev-parse test)"
	pkg -q install user
'
t 'with --json too: the envelope has code 130' '
	at_tty "\\003" "pkg remove low --json=seen.json"
	ended "signal 2"
	perl "$here/envelope.pl" remove 130 <seen.json
'
t 'SIGTERM at a question' '
	rm -f tty
	(until grep -q "y/N" tty 2>/dev/null; do sleep 0.02; done; sleep 0.1; kill -TERM "$(cat pid)") &
	at_tty "" "pkg remove low"
	ended "signal 15"
'
t 'y goes on' 'at_tty "y\n" "pkg remove low" && ended "exit 0" && test -z "$(pkg list -s)" && pkg -q install user'
t 'the plan stands before the question' '
	at_tty "\n" "pkg remove low"
	test "$(grep -nE "remove +low" tty | head -n 1 | cut -d: -f1)" -lt "$(grep -n "y/N" tty | head -n 1 | cut -d: -f1)"
'
t 'a switch is removed by its name' '
	pkg -q switch create gone --empty && pkg switch set test
	at_tty "y\n" "pkg switch remove gone" && ended "exit 10" && grep -q "not its name" tty
	at_tty "gone\n" "pkg switch remove gone" && ended "exit 0" && pkg switch list >out && not grep -q gone out
'
t 'nobody there: 10, and the flag to pass' '
	code_is 10 pkg remove low && says "-y says yes"
	code_is 10 pkg switch remove test && says "-y says yes"
'
t '--no: 10; --yes; both: 2' '
	code_is 10 pkg remove low --no && says "The answer is no"
	code_is 2 pkg remove low --no --yes
	code_is 0 pkg remove low --yes && pkg -q install user
'
t '--confirm-level' '
	code_is 10 pkg remove low --confirm-level=no
	code_is 10 pkg remove low --confirm-level=ask && says "Nobody"
	code_is 0 pkg remove low --confirm-level yes && pkg -q install user
	code_is 0 pkg remove low --confirm-level=unsafe-yes && pkg -q install user
	code_is 2 pkg remove low --confirm-level=maybe && says "ask|no|yes|unsafe-yes"
'
t 'PKGYES and PKGCONFIRMLEVEL; an option has the last word' '
	PKGYES=1 code_is 10 pkg remove low --no
	PKGYES=1 code_is 10 pkg remove low --no-yes
	PKGYES=0 code_is 10 pkg remove low
	PKGYES=perhaps code_is 2 pkg remove low && says PKGYES
	PKGCONFIRMLEVEL=no code_is 10 pkg remove low && says "The answer is no"
	PKGCONFIRMLEVEL=no code_is 0 pkg remove low -y && pkg -q install user
	PKGYES=1 code_is 0 pkg remove low && pkg -q install user
'
t 'PKGJOBS: a number, or 2' 'PKGJOBS=x code_is 2 pkg list && says PKGJOBS && PKGJOBS=0 code_is 2 pkg list && PKGJOBS=x code_is 2 pkg -j2 list'
t 'colours: for a terminal, and as they are asked for' '
	esc=$(printf "\033")
	at_tty "" "pkg show nosuch" && grep -q "$esc\[1;31merror:" tty
	NO_COLOR=1 at_tty "" "pkg show nosuch" && not grep -q "$esc\[1;31m" tty
	NO_COLOR=1 at_tty "" "pkg --color=always show nosuch" && grep -q "$esc\[1;31m" tty
	code_is 5 pkg show nosuch && not grep -q "$esc" err
	code_is 5 pkg --color=always show nosuch && grep -q "$esc" err
	PKGCOLOR=always code_is 5 pkg show nosuch && grep -q "$esc" err
	PKGCOLOR=always code_is 5 pkg --color=never show nosuch && not grep -q "$esc" err
	CLICOLOR_FORCE=1 code_is 5 pkg show nosuch && grep -q "$esc" err
	code_is 2 pkg --color=red list
'
t 'a pager for a long answer at a terminal only' '
	printf "#!/bin/sh\necho paged\ncat\n" >pager && chmod +x pager
	export PKG_PAGER="$work/pager"
	at_tty "" "pkg list" && grep -q "^paged" tty && grep -q "^low" tty
	at_tty "" "pkg --no-pager list" && not grep -q "^paged" tty
	at_tty "" "pkg list --json" && not grep -q "^paged" tty
	at_tty "" "pkg switch list" && not grep -q "^paged" tty
	pkg list | grep paged && exit 1
	PKG_PAGER= PAGER="$work/pager" at_tty "" "pkg history" && not grep -q "^paged" tty
	unset PKG_PAGER
	PAGER="$work/pager" at_tty "" "pkg history" && grep -q "^paged" tty
	PAGER=cat at_tty "" "pkg help" && grep -q "^usage:" tty
	PAGER="$work/pager" at_tty "" "pkg help install" && grep -q "^paged" tty
	PKG_PAGER=nonexistent at_tty "" "pkg list" && ended "exit 0" && grep -q "^low" tty && grep -q "nonexistent" tty
	PKG_PAGER="$work/sub dir/pager" at_tty "" "pkg list" && ended "exit 0" && grep -q "^low" tty
	PKG_PAGER="LESS= nonexistent" at_tty "" "pkg list" && ended "exit 52" && grep -q "ended with status 127" tty
	PAGER="head -n 1" at_tty "" "pkg log user" && ended "exit 0"
'
t 'what was said is seen before a build ends' '
	package slow 1.0 "build: [[\"sleep\" \"2\"]]"
	pkg -q update
	pkg install slow 2>/dev/null | perl -MTime::HiRes=time -e "my \$first; while (<STDIN>) { \$first //= time } exit(time - \$first > 1 ? 0 : 1)"
'
t 'a reader that has gone ends it as any other: by SIGPIPE' 'perl -e '\''pipe(my $r, my $w); close $r; my $pid = fork // die; if (!$pid) { open STDOUT, ">&", $w; exec "pkg", "help" } waitpid $pid, 0; exit(($? & 127) == 13 ? 0 : 1)'\'''
t 'line ends and control bytes in what was typed are shown, not done' '
	code_is 2 pkg "$(printf "x\ny")" && says "x\\x0ay" && test "$(wc -l <err)" = 2
	code_is 2 pkg install "$(printf "a\n\033[31mpkg: error: b")" && not grep -q "$(printf "\033")" err && test "$(wc -l <err)" -le 2
	code_is 5 pkg update "$(printf "a\nb")" && test "$(wc -l <err)" = 1
	code_is 2 pkg switch set "$(printf "a\nhint: c")" && not grep -q "^hint: c" err
	code_is 5 pkg lint "$(printf "a\nb")" && says "a\\x0ab" && test "$(wc -l <err)" -le 2
	code_is 5 pkg install "$(printf "./a\nhint: c")" && not grep -q "^hint: c" err
'
finish
