/* Loaded before the C library: counts the system calls that touch one folder, and fails one of them.
 *
 * Nothing is counted until failing_arm() is called. Each call that counts is a line of the trace, `call path`, the
 * path relative to the folder, and one that fails a second line, `struck call path`. Calls on a handle count by the
 * path that it was opened with. */

#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define HANDLES 4096
#define REAL(name) ((typeof(&name))real(#name))

static char folder[PATH_MAX], wanted_call[256], wanted_path[PATH_MAX];
static size_t folder_length;
static int armed, trace = -1, nth, error_number, lasting, seen;
static char *paths[HANDLES];
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

/* Fail the n-th call whose name and path fit patterns, any where they are empty; where `lasts` the later ones too. */
void failing_arm(const char *root, int handle, const char *call, const char *path, int number, int error, int lasts) {
    snprintf(folder, sizeof folder, "%s/", root);
    folder_length = strlen(folder);
    snprintf(wanted_call, sizeof wanted_call, "%s", call);
    snprintf(wanted_path, sizeof wanted_path, "%s", path);
    trace = handle, nth = number, error_number = error, lasting = lasts;
    armed = 1;
}

static int fits(const char *pattern, const char *text) {
    return !*pattern || !fnmatch(pattern, text, FNM_PATHNAME | FNM_EXTMATCH);
}

/* The error that this call is to fail with, or 0. `path` is relative to the folder, NULL where it is elsewhere. */
static int strikes(const char *call, const char *path) {
    if (!armed || path == NULL)
        return 0;
    char line[PATH_MAX + 64];
    int length = snprintf(line, sizeof line, "%s %s\n", call, *path ? path : ".");
    pthread_mutex_lock(&mutex);
    syscall(SYS_write, trace, line, length);
    int struck = 0;
    if (fits(wanted_call, call) && fits(wanted_path, *path ? path : ".")) {
        seen++;
        struck = seen == nth || (lasting && seen > nth);
    }
    if (struck) {
        syscall(SYS_write, trace, "struck ", 7);
        syscall(SYS_write, trace, line, length);
    }
    pthread_mutex_unlock(&mutex);
    return struck ? error_number : 0;
}

static const char *inside(const char *path) {
    if (!armed || path == NULL)
        return NULL;
    if (!strncmp(path, folder, folder_length))
        return path + folder_length;
    return strlen(path) == folder_length - 1 && !strncmp(path, folder, folder_length - 1) ? "" : NULL;
}

static const char *of_handle(int handle) {
    return armed && handle >= 0 && handle < HANDLES ? paths[handle] : NULL;
}

/* A path that may be relative to an open folder; `room` is where the whole of it is written then. */
static const char *at(int handle, const char *path, char *room) {
    const char *base = of_handle(handle);
    if (path == NULL || *path == '/' || base == NULL)
        return inside(path);
    snprintf(room, PATH_MAX, "%s%s%s", base, *base && *path ? "/" : "", path);
    return room;
}

static int opened(int handle, const char *path) {
    if (path != NULL && handle >= 0 && handle < HANDLES) {
        char *old = paths[handle];
        paths[handle] = strdup(path);
        free(old);
    }
    return handle;
}

#define FAIL(call, path, result)                                                                                       \
    do {                                                                                                               \
        int struck_ = strikes(call, path);                                                                             \
        if (struck_) {                                                                                                 \
            errno = struck_;                                                                                           \
            return result;                                                                                             \
        }                                                                                                              \
    } while (0)

#define MODE(flags, mode)                                                                                              \
    if ((flags) & (O_CREAT | O_TMPFILE)) {                                                                             \
        va_list rest;                                                                                                  \
        va_start(rest, flags);                                                                                         \
        mode = va_arg(rest, mode_t);                                                                                   \
        va_end(rest);                                                                                                  \
    }

#define OPEN(name)                                                                                                     \
    int name(const char *path, int flags, ...) {                                                                       \
        mode_t mode = 0;                                                                                               \
        MODE(flags, mode)                                                                                              \
        FAIL("open", inside(path), -1);                                                                                \
        return opened(REAL(name)(path, flags, mode), inside(path));                                                    \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                                                                   \
    int name(int base, const char *path, int flags, ...) {                                                             \
        mode_t mode = 0;                                                                                               \
        char room[PATH_MAX];                                                                                           \
        MODE(flags, mode)                                                                                              \
        const char *whole = at(base, path, room);                                                                      \
        FAIL("open", whole, -1);                                                                                       \
        return opened(REAL(name)(base, path, flags, mode), whole);                                                     \
    }
OPENAT(openat)
OPENAT(openat64)

DIR *opendir(const char *path) {
    FAIL("opendir", inside(path), NULL);
    return REAL(opendir)(path);
}

int close(int handle) {
    const char *path = of_handle(handle);
    int struck = strikes("close", path);
    if (path != NULL)
        free(paths[handle]), paths[handle] = NULL;
    /* Like Linux, which closes a handle whatever it says of it. */
    int result = REAL(close)(handle);
    if (struck) {
        errno = struck;
        return -1;
    }
    return result;
}

ssize_t read(int handle, void *room, size_t size) {
    FAIL("read", of_handle(handle), -1);
    return REAL(read)(handle, room, size);
}

ssize_t write(int handle, const void *data, size_t size) {
    FAIL("write", of_handle(handle), -1);
    return REAL(write)(handle, data, size);
}

int fsync(int handle) {
    FAIL("fsync", of_handle(handle), -1);
    return REAL(fsync)(handle);
}

int posix_fallocate(int handle, off_t start, off_t length) {
    int struck = strikes("fallocate", of_handle(handle));
    return struck ? struck : REAL(posix_fallocate)(handle, start, length);
}

int posix_fallocate64(int handle, off64_t start, off64_t length) {
    int struck = strikes("fallocate", of_handle(handle));
    return struck ? struck : REAL(posix_fallocate64)(handle, start, length);
}

/* What has two paths counts by the second. */
#define TWO(name)                                                                                                      \
    int name(const char *from, const char *to) {                                                                       \
        FAIL(#name, inside(to), -1);                                                                                   \
        return REAL(name)(from, to);                                                                                   \
    }
TWO(rename)
TWO(link)

int linkat(int from_base, const char *from, int to_base, const char *to, int flags) {
    char room[PATH_MAX];
    FAIL("link", at(to_base, to, room), -1);
    return REAL(linkat)(from_base, from, to_base, to, flags);
}

int mkdir(const char *path, mode_t mode) {
    FAIL("mkdir", inside(path), -1);
    return REAL(mkdir)(path, mode);
}

int unlink(const char *path) {
    FAIL("unlink", inside(path), -1);
    return REAL(unlink)(path);
}

int unlinkat(int base, const char *path, int flags) {
    char room[PATH_MAX];
    FAIL(flags & AT_REMOVEDIR ? "rmdir" : "unlink", at(base, path, room), -1);
    return REAL(unlinkat)(base, path, flags);
}

int rmdir(const char *path) {
    FAIL("rmdir", inside(path), -1);
    return REAL(rmdir)(path);
}

int access(const char *path, int how) {
    FAIL("stat", inside(path), -1);
    return REAL(access)(path, how);
}

#define STAT(name, facts_of)                                                                                           \
    int name(const char *path, struct facts_of *facts) {                                                               \
        FAIL("stat", inside(path), -1);                                                                                \
        return REAL(name)(path, facts);                                                                                \
    }
STAT(stat, stat)
STAT(stat64, stat64)
STAT(lstat, stat)
STAT(lstat64, stat64)

#define FSTAT(name, facts_of)                                                                                          \
    int name(int handle, struct facts_of *facts) {                                                                     \
        FAIL("fstat", of_handle(handle), -1);                                                                          \
        return REAL(name)(handle, facts);                                                                              \
    }
FSTAT(fstat, stat)
FSTAT(fstat64, stat64)

#define FSTATAT(name, facts_of)                                                                                        \
    int name(int base, const char *path, struct facts_of *facts, int flags) {                                          \
        char room[PATH_MAX];                                                                                           \
        FAIL("stat", at(base, path, room), -1);                                                                        \
        return REAL(name)(base, path, facts, flags);                                                                   \
    }
FSTATAT(fstatat, stat)
FSTATAT(fstatat64, stat64)
