/* What no build needs and every escape begins with is refused by the kernel. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/fs.h"
#include "build/sandbox.h"

static const char *const refused[] = {
	"mount",
	"umount",
	"umount2",
	"pivot_root",
	"chroot",
	"unshare",
	"setns",
	"fsopen",
	"fsconfig",
	"fsmount",
	"fspick",
	"move_mount",
	"open_tree",
	"mount_setattr",
	"swapon",
	"swapoff",
	"ptrace",
	"process_vm_readv",
	"process_vm_writev",
	"perf_event_open",
	"userfaultfd",
	"bpf",
	"keyctl",
	"add_key",
	"request_key",
	"open_by_handle_at",
	"kexec_load",
	"kexec_file_load",
	"init_module",
	"finit_module",
	"delete_module",
	"reboot",
};

static int
refuse(scmp_filter_ctx filter, const char *name, int error)
{
	int call = seccomp_syscall_resolve_name(name);

	/* Not every machine has each of them, nor every libseccomp its name. */
	if (call == __NR_SCMP_ERROR || call < 0)
		return 0;
	return seccomp_rule_add(filter, SCMP_ACT_ERRNO((unsigned)error), call, 0);
}

static int
add_rules(scmp_filter_ctx filter)
{
	int rc;

	for (size_t i = 0; i < COUNT_OF(refused); i++) {
		rc = refuse(filter, refused[i], EPERM);
		if (rc < 0)
			return rc;
	}
	/* clone3 has its flags in memory, where a filter cannot look: the C library falls back. */
	rc = refuse(filter, "clone3", ENOSYS);
	if (rc == 0)
		rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
				      SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_NEWUSER, CLONE_NEWUSER));
	/* Typing into the terminal of who started us. */
	if (rc == 0)
		rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(ioctl), 1,
				      SCMP_A1(SCMP_CMP_MASKED_EQ, 0xffffffffu, TIOCSTI));
	if (rc == 0)
		rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(ioctl), 1,
				      SCMP_A1(SCMP_CMP_MASKED_EQ, 0xffffffffu, TIOCLINUX));
	return rc;
}

int
sandbox_filter(struct arena *a, struct str *out, struct err *e)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	AUTO_FD fd = memfd_create("filter", MFD_CLOEXEC);
	int rc;

	*out = STR("");
	if (!filter)
		return 0;
	if (fd < 0) {
		seccomp_release(filter);
		return err_sys(e, "making the seccomp filter");
	}
	/* Calls of a foreign architecture have other numbers: they are killed. */
	rc = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	if (rc == 0)
		rc = add_rules(filter);
	if (rc == 0)
		rc = seccomp_export_bpf(filter, fd);
	seccomp_release(filter);
	if (rc < 0)
		return 0;
	if (lseek(fd, 0, SEEK_SET) < 0)
		return err_sys(e, "making the seccomp filter");
	return fs_read_fd(a, fd, 0, out, e);
}
