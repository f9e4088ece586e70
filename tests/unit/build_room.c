/* What a build can see and reach: nothing but its view, its folder and the system. */
#include "build_help.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "build/sandbox.h"

static struct err e;

/* Runs a script as the installation of a package; the output must be what it wrote to share/out. */
static const char *
inside(const char *name, const char *script)
{
	struct package p = {
		.name = name,
		.source = "echo x >file",
		.opam = arena_printf(&help_arena,
				     "install: [\"sh\" \"-c\" \"\"\"exec >%%{share}%%/out 2>&1\n%s\n"
				     "true\"\"\"]",
				     script)};

	if (build(&p, &e) < 0) {
		printf("# %s\n# %s\n", e.msg, e.note);
		return "(failed)";
	}
	return content(&p, "share/out");
}

static void
files(void)
{
	EQ_STR(inside("home",
		      "for d in /home /root /var /opt/other /srv /mnt /sys /work /boot; do test -e $d &&"
		      " echo $d; done"),
	       "", "no folder of the host but the system's is there");
	EQ_STR(inside("etc", "ls /etc | grep -v -e alternatives -e ld.so -e os-release | tr '\\n' ' '"),
	       "group hosts nsswitch.conf passwd ", "of /etc only what is needed");
	EQ_STR(inside("write",
		      "for f in /x /usr/x /etc/x /bin/x /dev/x /opt/x /opt/pkg/x; do (: >$f) 2>/dev/null"
		      " && echo $f; done"),
	       "/dev/x\n", "nothing outside can be written");
	EQ_STR(inside("tmp", "ls -A /tmp /homeless; : >/tmp/x && : >$HOME/x && : >/build/x && echo good"),
	       "/homeless:\n\n/tmp:\ngood\n", "/tmp, HOME and the build folder are its own");
	EQ_STR(inside("user", "id -u; id -un; hostname; umask; pwd; echo $HOME $TZ $LC_ALL $OPAMSWITCH"),
	       "1000\npkg\nlocalhost\n0022\n/build\n/homeless UTC C.UTF-8 pkg\n",
	       "user, host name, umask and environment are the same everywhere");
	setenv("SECRET_OF_CALLER", "x", 1);
	EQ_STR(inside("env", "env | grep -c SECRET; env | cut -d= -f1 | sort | tr '\\n' ' '"),
	       "0\nCDPATH HOME LC_ALL LOGNAME MAKELEVEL MANPATH OPAMCLI OPAMROOT OPAMSWITCH "
	       "OPAM_PACKAGE_NAME "
	       "OPAM_PACKAGE_VERSION OPAM_SWITCH_PREFIX PATH PWD SHELL SOURCE_DATE_EPOCH TERM TMPDIR TZ "
	       "USER ",
	       "nothing of the caller's environment");
	EQ_STR(inside("kept", "test -e /tmp/mark && echo old; : >/tmp/mark"), "",
	       "nothing of a build before");
}

static void
rights(void)
{
	EQ_STR(inside("caps", "grep -E '^(CapEff|NoNewPrivs|Seccomp):' /proc/self/status | tr '\\t' ' '"),
	       "CapEff: 0000000000000000\nNoNewPrivs: 1\nSeccomp: 2\n", "no rights, and a filter");
	EQ_STR(inside("ns",
		      "unshare -U true 2>/dev/null && echo user; unshare -m true 2>/dev/null && echo mount;"
		      " mount -t tmpfs x /tmp 2>/dev/null && echo mounted"),
	       "", "no namespaces, no mounts");
}

/* A server of ours on the loopback of the host. */
static void
network(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	const char *script;

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 || listen(fd, 1) < 0 ||
	    getsockname(fd, (struct sockaddr *)&address, &size) < 0) {
		perror("# socket");
		return;
	}
	script = arena_printf(
		&help_arena,
		"perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(PeerAddr=>"
		"\"127.0.0.1:%d\") ? \"reached\" : \"no\"'; tail -n +3 /proc/net/dev | cut -d: -f1 |"
		" tr -d ' '",
		ntohs(address.sin_port));
	EQ_STR(inside("net", script), "nolo\n", "no network, not even the host's loopback");
	close(fd);
}

static void
survivors(void)
{
	char mark[64];
	struct package p = {.name = "daemon"};

	snprintf(mark, sizeof(mark), "86%d", (int)getpid());
	p.opam = arena_printf(
		&help_arena, "build: [\"sh\" \"-c\" \"setsid sleep %s >/dev/null 2>&1 </dev/null &\"]", mark);
	GOOD(build(&p, &e), "a build leaves a process behind");
	OK(sh("for p in /proc/[0-9]*/cmdline; do tr '\\0' ' ' <$p 2>/dev/null | grep -q '^sleep %s' && exit "
	      "1;"
	      " done; exit 0",
	      mark) == 0,
	   "which ends with it");
	EQ_STR(inside("pids",
		      "cat /proc/[0-9]*/comm | sort -u | grep -v -x -e bwrap -e sh -e cat -e sort -e grep"),
	       "", "only its own processes are seen");
}

/* A machine without namespaces and without bubblewrap says so. */
static void
missing(void)
{
	struct sandbox s;
	struct str level = builder_level(&help_builder);

	FAILS(sandbox_probe(&help_arena, "/nonexistent", &s, &e), ERR_SANDBOX, "apt install bubblewrap",
	      "without bubblewrap: what to install");
	OK(str_is(level, "full") || str_starts(level, "reduced: "), "the level is " STR_FMT, STR_ARG(level));
}

int
main(void)
{
	if (!help_begin(&e))
		return help_skip(&e);
	if (!str_is(builder_level(&help_builder), "full")) {
		e.code = ERR_SANDBOX;
		snprintf(e.msg, sizeof(e.msg), "the sandbox is " STR_FMT,
			 STR_ARG(builder_level(&help_builder)));
		return help_skip(&e);
	}
	files();
	rights();
	network();
	survivors();
	missing();
	return help_end();
}
