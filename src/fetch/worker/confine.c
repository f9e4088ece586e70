/* confine.c - Landlock by its system calls, a small system call filter, and limits. */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fetch/worker/worker.h"

/* AddressSanitizer reserves terabytes of addresses and reads /proc. */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

/* The kernel's interface as it is documented; headers of older systems know only a part of it. */
enum {
	LL_EXECUTE = 1 << 0,
	LL_WRITE_FILE = 1 << 1,
	LL_READ_FILE = 1 << 2,
	LL_READ_DIR = 1 << 3,
	LL_REMOVE_DIR = 1 << 4,
	LL_REMOVE_FILE = 1 << 5,
	LL_MAKE_DIR = 1 << 7,
	LL_MAKE_REG = 1 << 8,
	LL_MAKE_SYM = 1 << 12,
	LL_TRUNCATE = 1 << 14,
	LL_FIRST_ABI = (1 << 13) - 1, /* all rights of ABI 1 */
	LL_READ = LL_READ_FILE | LL_READ_DIR,
	LL_FILL = LL_READ | LL_WRITE_FILE | LL_REMOVE_DIR | LL_REMOVE_FILE | LL_MAKE_DIR | LL_MAKE_REG |
		  LL_MAKE_SYM | LL_TRUNCATE,
	LL_BIND_TCP = 1 << 0,
	LL_CONNECT_TCP = 1 << 1,
	LL_SCOPES = 3, /* abstract sockets and signals */
	LL_RULE_PATH = 1,
	LL_VERSION = 1,
};

struct ruleset_attr {
	uint64_t fs, net, scoped;
};

struct path_attr {
	uint64_t allowed;
	int32_t fd;
} __attribute__((packed));

/* Rights of files that each later ABI added: 2 refer, 3 truncate, 5 ioctl on devices. */
static uint64_t
rights_of(long abi)
{
	uint64_t rights = LL_FIRST_ABI;

	if (abi >= 2)
		rights |= 1 << 13;
	if (abi >= 3)
		rights |= LL_TRUNCATE;
	if (abi >= 5)
		rights |= 1 << 15;
	return rights;
}

static int
allow_fd(int ruleset, int fd, uint64_t rights)
{
	struct path_attr rule = {.allowed = rights, .fd = fd};

	return (int)syscall(SYS_landlock_add_rule, ruleset, LL_RULE_PATH, &rule, 0);
}

/* What is not there cannot be read anyway. */
static void
allow_read(int ruleset, const char *path)
{
	AUTO_FD fd = open(path, O_PATH | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return;
	allow_fd(ruleset, fd, S_ISDIR(st.st_mode) ? LL_READ : LL_READ_FILE);
}

static int
landlock(const struct confine *c, struct fail *f)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LL_VERSION);
	struct ruleset_attr attr = {.fs = rights_of(abi)};
	AUTO_FD ruleset = -1;

	if (abi < 1)
		return worker_fail_sys(f, WORKER_SANDBOX, "Landlock");
	if (abi >= 4)
		attr.net = LL_BIND_TCP | (c->network ? 0 : LL_CONNECT_TCP);
	if (abi >= 6)
		attr.scoped = LL_SCOPES;
	ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	if (ruleset < 0)
		return worker_fail_sys(f, WORKER_SANDBOX, "Landlock");
	for (size_t i = 0; i < c->read_count; i++)
		allow_read(ruleset, c->read[i]);
	if (SANITIZED)
		allow_read(ruleset, "/proc");
	if (c->write_dir >= 0 && allow_fd(ruleset, c->write_dir, LL_FILL & attr.fs) < 0)
		return worker_fail_sys(f, WORKER_SANDBOX, "Landlock");
	if (syscall(SYS_landlock_restrict_self, ruleset, 0) < 0)
		return worker_fail_sys(f, WORKER_SANDBOX, "Landlock");
	return 0;
}

#if defined(__x86_64__)
#define NATIVE_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE_ARCH AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define NATIVE_ARCH AUDIT_ARCH_RISCV64
#endif

#ifdef NATIVE_ARCH
#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define ANSWER(value) BPF_STMT(BPF_RET | BPF_K, (value))
#define REFUSE_CALL(nr) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (nr), 0, 1), ANSWER(SECCOMP_RET_ERRNO | EPERM)

/* No socket of any kind, UDP and Unix ones included, which Landlock leaves alone. */
static int
no_sockets(void)
{
	struct sock_filter code[] = {
		LOAD(arch),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NATIVE_ARCH, 1, 0),
		ANSWER(SECCOMP_RET_KILL_PROCESS),
		LOAD(nr),
		/* x32 calls have other numbers */
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1),
		ANSWER(SECCOMP_RET_ERRNO | EPERM),
		REFUSE_CALL(SYS_socket),
		REFUSE_CALL(SYS_socketpair),
		REFUSE_CALL(SYS_io_uring_setup),
		ANSWER(SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = {.len = COUNT_OF(code), .filter = code};

	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}
#else
static int
no_sockets(void)
{
	return -1;
}
#endif

static void
limit(int what, uint64_t value)
{
	const struct rlimit r = {.rlim_cur = value, .rlim_max = value};

	setrlimit((__rlimit_resource_t)what, &r);
}

int
worker_confine(const struct confine *c, struct fail *f)
{
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_NOFILE, 256);
	if (c->memory && !SANITIZED)
		limit(RLIMIT_AS, c->memory);
	if (c->file_size)
		limit(RLIMIT_FSIZE, c->file_size);
	if (c->cpu)
		limit(RLIMIT_CPU, c->cpu);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return worker_fail_sys(f, WORKER_SANDBOX, "no_new_privs");
	/* Where the filter cannot be had, an empty network namespace; where neither, Landlock stops TCP. */
	if (!c->network && no_sockets() < 0 && unshare(CLONE_NEWNET) < 0)
		(void)!unshare(CLONE_NEWUSER | CLONE_NEWNET);
	return c->outer ? 0 : landlock(c, f);
}
