/*
 * What a container asks of the kernel, and nothing else: a cgroup in two hierarchies, a process in mount, PID, UTS, IPC and cgroup
 * namespaces of its own, an overlay as its root, /proc, pivot_root, and execve of /bin/true. Prints the mean of N such containers in
 * milliseconds, from making the cgroups until execve has succeeded; what the end costs is not counted.
 * Arguments: a tree to stand on, a directory for uppers, N.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char *const HIERARCHIES[] = {"/sys/fs/cgroup/memory", "/sys/fs/cgroup/pids", "/sys/fs/cgroup/cpu",
    "/sys/fs/cgroup/cpuacct", "/sys/fs/cgroup/unified", "/sys/fs/cgroup"};
enum { HIERARCHY_COUNT = sizeof HIERARCHIES / sizeof *HIERARCHIES };

static char groups[HIERARCHY_COUNT][256];
static int joins[HIERARCHY_COUNT]; /* tasks of version 1; -1 for version 2 */
static int group_count;
static int born_in; /* the cgroup of version 2, or -1 */

static void die(const char *what) {
    perror(what);
    _exit(1);
}

/*
 * A cgroup in each hierarchy that is there; the last one only where version 2 is alone. The quick ways in: clone3 into the one of
 * version 2, and "0" to tasks in version 1, which does not wait for all processors as cgroup.procs does.
 */
static void make_groups(int n) {
    group_count = 0;
    born_in = -1;
    for (int i = 0; i < HIERARCHY_COUNT; i++) {
        char path[320];
        snprintf(path, sizeof path, "%s/cgroup.procs", HIERARCHIES[i]);
        if (access(path, F_OK) != 0) continue;
        char *group = groups[group_count];
        snprintf(group, sizeof groups[0], "%s/cfbare-%d-%d", HIERARCHIES[i], getpid(), n);
        if (mkdir(group, 0755) != 0) die(group);
        snprintf(path, sizeof path, "%s/tasks", group);
        joins[group_count] = open(path, O_WRONLY | O_CLOEXEC);
        if (joins[group_count] < 0) {
            born_in = open(group, O_DIRECTORY | O_CLOEXEC);
            if (born_in < 0) die(group);
        }
        group_count++;
    }
}

static void remove_groups(void) {
    if (born_in >= 0) close(born_in);
    for (int i = 0; i < group_count; i++) {
        if (joins[i] >= 0) close(joins[i]);
        if (rmdir(groups[i]) != 0) die(groups[i]);
    }
}

static void child(const char *lower, const char *upper, const char *work, const char *root) {
    for (int i = 0; i < group_count; i++)
        if (joins[i] >= 0 && write(joins[i], "0", 1) != 1) die("join");
    if (unshare(CLONE_NEWCGROUP) != 0) die("unshare");
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) die("private");
    char options[2048];
    snprintf(options, sizeof options, "lowerdir=%s,upperdir=%s,workdir=%s", lower, upper, work);
    if (mount("overlay", root, "overlay", 0, options) != 0) die("overlay");
    if (chdir(root) != 0) die("chdir");
    if (mount("proc", "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) != 0) die("proc");
    if (syscall(SYS_pivot_root, ".", ".") != 0) die("pivot_root");
    if (umount2(".", MNT_DETACH) != 0) die("umount");
    if (sethostname("bare", 4) != 0) die("sethostname");
    char *const arguments[] = {"true", NULL};
    char *const environment[] = {"PATH=/bin", NULL};
    execve("/bin/true", arguments, environment);
    die("execve");
}

static double now(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec * 1e3 + at.tv_nsec / 1e6;
}

static double one(const char *lower, const char *dir, int n) {
    double begin = now();
    int executed[2];
    if (pipe2(executed, O_CLOEXEC) != 0) die("pipe");
    char upper[512], work[512], root[512], inner[576];
    snprintf(upper, sizeof upper, "%s/u%d", dir, n);
    snprintf(work, sizeof work, "%s/w%d", dir, n);
    snprintf(root, sizeof root, "%s/r%d", dir, n);
    if (mkdir(upper, 0755) != 0 || mkdir(work, 0755) != 0 || mkdir(root, 0755) != 0) die("mkdir");
    make_groups(n);
    struct clone_args how = {.flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC, .exit_signal = SIGCHLD};
    if (born_in >= 0) {
        how.flags |= CLONE_INTO_CGROUP;
        how.cgroup = born_in;
    }
    long pid = syscall(SYS_clone3, &how, sizeof how);
    if (pid < 0) die("clone3");
    if (pid == 0) child(lower, upper, work, root);
    close(executed[1]);
    char nothing;
    if (read(executed[0], &nothing, 1) != 0) die("read");
    double took = now() - begin;
    close(executed[0]);
    int status;
    if (waitpid(pid, &status, 0) != pid || status != 0) {
        fprintf(stderr, "the container ended with %x\n", status);
        exit(1);
    }
    remove_groups();
    snprintf(inner, sizeof inner, "%s/work", work);
    rmdir(inner);
    if (rmdir(upper) != 0 || rmdir(work) != 0 || rmdir(root) != 0) die("rmdir");
    return took;
}

int main(int argc, char **argv) {
    if (argc != 4) return 2;
    int count = atoi(argv[3]);
    double sum = 0;
    one(argv[1], argv[2], 0);
    for (int i = 1; i <= count; i++) sum += one(argv[1], argv[2], i);
    printf("%.3f\n", sum / count);
    return 0;
}
