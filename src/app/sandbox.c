/* Landlock and seccomp; see sandbox.h. Landlock's rights are those of its first version plus moving between folders
 * (version 2) and truncation (version 3), as far as the kernel knows them. */
#include "app/sandbox.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/log.h"

#include "base/banned.h"

#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ull << 13)
#endif
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ull << 14)
#endif

enum { PATH_BYTES = 4096 };

#define READING (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITING                                                                                                        \
	(LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE                \
		| LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK             \
		| LANDLOCK_ACCESS_FS_MAKE_SYM | LANDLOCK_ACCESS_FS_REFER | LANDLOCK_ACCESS_FS_TRUNCATE)
#define OTHER                                                                                                          \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_FIFO                      \
		| LANDLOCK_ACCESS_FS_MAKE_BLOCK)

static void say_missing(const char *what)
{
	LOG(LOG_WARNING, "running with less protection", { .name = LOG_DETAIL, .text = sv_of(what) });
}

/* --- Landlock --- */

struct fence {
	int fd;            /* ruleset; -1 = none */
	uint64_t handled;
};

static struct fence fence_open(void)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	struct fence fence = { .fd = -1, .handled = READING | WRITING | OTHER };

	/* Without version 2 a file cannot be linked from one folder into another, which uploads need. */
	if (version < 2) {
		say_missing("this kernel has no Landlock of version 2");
		return fence;
	}
	if (version < 3)
		fence.handled &= ~(uint64_t)LANDLOCK_ACCESS_FS_TRUNCATE;
	struct landlock_ruleset_attr rules = { .handled_access_fs = fence.handled };
	fence.fd = (int)syscall(SYS_landlock_create_ruleset, &rules, sizeof(rules), 0);
	if (fence.fd < 0)
		say_missing("Landlock is switched off");
	return fence;
}

static void fence_allow(const struct fence *fence, const char *path, uint64_t rights)
{
	struct landlock_path_beneath_attr rule = { .allowed_access = rights & fence->handled };

	if (fence->fd < 0)
		return;
	rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (rule.parent_fd < 0)
		return; /* what is not there needs no right */
	if (syscall(SYS_landlock_add_rule, fence->fd, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0)
		say_missing(path);
	close(rule.parent_fd);
}

static void fence_close(struct fence *fence)
{
	if (fence->fd < 0)
		return;
	if (syscall(SYS_landlock_restrict_self, fence->fd, 0) != 0)
		say_missing("Landlock could not be applied");
	close(fence->fd);
}

/* --- seccomp --- */

static void deny(const int *calls, size_t count, const int *gone, size_t gone_count)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	bool is_good = filter != NULL;

	for (size_t i = 0; is_good && i < count; i++)
		is_good = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), calls[i], 0) == 0;
	for (size_t i = 0; is_good && i < gone_count; i++)
		is_good = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), gone[i], 0) == 0;
	if (!is_good || seccomp_load(filter) != 0)
		say_missing("seccomp could not be applied");
	seccomp_release(filter);
}

/* What neither process ever does. */
static const int never[] = {
	SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev),
	SCMP_SYS(mount), SCMP_SYS(umount2), SCMP_SYS(pivot_root), SCMP_SYS(chroot), SCMP_SYS(unshare), SCMP_SYS(setns),
	SCMP_SYS(bpf), SCMP_SYS(perf_event_open), SCMP_SYS(init_module), SCMP_SYS(finit_module), SCMP_SYS(delete_module),
	SCMP_SYS(kexec_load), SCMP_SYS(reboot), SCMP_SYS(swapon), SCMP_SYS(swapoff), SCMP_SYS(userfaultfd), SCMP_SYS(keyctl),
	SCMP_SYS(add_key), SCMP_SYS(request_key), SCMP_SYS(io_uring_setup), SCMP_SYS(setuid), SCMP_SYS(setgid),
};
/* What the key holder does not do either. */
static const int holder_never[] = {
	SCMP_SYS(socket), SCMP_SYS(connect), SCMP_SYS(bind), SCMP_SYS(listen), SCMP_SYS(accept4), SCMP_SYS(fork),
	SCMP_SYS(vfork), SCMP_SYS(clone), SCMP_SYS(clone3), SCMP_SYS(kill), SCMP_SYS(tgkill),
};

static void no_new_privileges(void)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		say_missing("new privileges are possible");
}

void sandbox_program(const struct site *site)
{
	static const char *const readable[] = { "/etc", "/usr", "/lib", "/proc", "/dev", "/run/systemd/resolve" };
	struct fence fence = fence_open();
	char data[PATH_BYTES];

	no_new_privileges();
	snprintf(data, sizeof(data), "%.*s", SV_FMT(site->data_dir));
	fence_allow(&fence, data, READING | WRITING);
	for (size_t i = 0; i < sizeof(readable) / sizeof(readable[0]); i++)
		fence_allow(&fence, readable[i], READING);
	if (site->live)
		fence_allow(&fence, ".", READING);
	fence_close(&fence);
	deny(never, sizeof(never) / sizeof(never[0]), NULL, 0);
}

void sandbox_holder(const char *folder)
{
	struct fence fence = fence_open();

	assert(folder && *folder);
	no_new_privileges();
	/* Its memory is not written to disk when it crashes, and not read by others. */
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	fence_allow(&fence, folder, READING | WRITING);
	fence_close(&fence);
	deny(never, sizeof(never) / sizeof(never[0]), holder_never, sizeof(holder_never) / sizeof(holder_never[0]));
}
