/* An operating system that fails on demand, laid over the C library by LD_PRELOAD.
 *
 * FAULTY_DIR      the folder whose files are watched (absolute, without links); everything else is let through
 * FAULTY_CONTROL  a file that both sides map (struct control): what fails, and what was counted
 * FAULTY_LOG      optional: every change below FAULTY_DIR is told here, so that rig/power.py can say what a disk holds
 *                 after a power cut. Then nothing is really synced: the log says when it would have been.
 *
 * A change is told after it was made, a sync before and after: what a sync covers was told before it began, so the log
 * never takes for durable what is not.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* rig/faulty_os.py knows these places. */
struct control {
  int64_t sync_lies;           /* syncs succeed and sync nothing */
  int64_t sync_fail_in;        /* the so-manieth sync from now fails, once; 0: none */
  int64_t sync_delay_us;       /* how long a sync takes */
  int64_t space_left;          /* bytes by which files may still grow; negative: no limit */
  int64_t clock_offset_ns;     /* what the clock is wrong by */
  int64_t syncs;               /* counted: all */
  int64_t syncs_failed;        /* counted: those that failed */
  int64_t syncs_after_failure; /* counted: those of a file whose sync had failed before */
  int64_t writes_refused;      /* counted: for want of space */
  int64_t failed_inode;        /* whose sync failed */
  char failing[64];            /* only files whose path ends so fail to sync; empty: any */
  char failed_path[256];       /* whose sync failed */
};

enum { CREATE = 1, WRITE, TRUNCATE, SYNC_BEGIN, SYNC_END, SYNC_FAILED, RENAME, UNLINK, LINK };

struct record {
  uint32_t magic, type;
  uint64_t inode, offset, length;
};

static char folder[PATH_MAX];
static size_t folder_length;
static struct control* control;
static int log_descriptor = -1;
static pthread_mutex_t log_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int64_t sync_number;

static void set_up(void) {
  const char* dir = getenv("FAULTY_DIR");
  const char* shared = getenv("FAULTY_CONTROL");
  const char* log = getenv("FAULTY_LOG");
  if (!dir || !shared) return;
  int descriptor = (int)syscall(SYS_openat, AT_FDCWD, shared, O_RDWR | O_CLOEXEC, 0);
  if (descriptor < 0) abort();
  void* mapped = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  syscall(SYS_close, descriptor);
  if (mapped == MAP_FAILED) abort();
  if (log) {
    log_descriptor = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (log_descriptor < 0) abort();
  }
  strncpy(folder, dir, sizeof folder - 1);
  folder_length = strlen(folder);
  control = mapped;
}

static struct control* shared(void) {
  pthread_once(&once, set_up);
  return control;
}

static int64_t get(int64_t* place) { return __atomic_load_n(place, __ATOMIC_SEQ_CST); }
static void count(int64_t* place) { __atomic_add_fetch(place, 1, __ATOMIC_SEQ_CST); }

static int is_below(const char* path) {
  return shared() && strncmp(path, folder, folder_length) == 0 &&
         (path[folder_length] == '/' || path[folder_length] == '\0');
}

/* The path of an open file below the folder, or NULL. */
static const char* path_of(int descriptor, char* buffer, struct stat* status) {
  if (!shared()) return NULL;
  int saved = errno;
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t got = -1;
  if (fstat(descriptor, status) == 0 && (S_ISREG(status->st_mode) || S_ISDIR(status->st_mode)))
    got = readlink(link, buffer, PATH_MAX - 1);
  errno = saved;
  if (got < 0) return NULL;
  buffer[got] = '\0';
  return is_below(buffer) ? buffer : NULL;
}

/* `path`, made absolute. */
static const char* absolute(int directory, const char* path, char* buffer) {
  if (path[0] == '/') return path;
  char base[PATH_MAX];
  if (directory == AT_FDCWD) {
    if (!getcwd(base, sizeof base)) return path;
  } else {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", directory);
    ssize_t got = readlink(link, base, sizeof base - 1);
    if (got < 0) return path;
    base[got] = '\0';
  }
  if (snprintf(buffer, PATH_MAX, "%s/%s", base, path) >= PATH_MAX) return path;
  return buffer;
}

static void tell(uint32_t type, uint64_t inode, uint64_t offset, const void* data, uint64_t length) {
  if (log_descriptor < 0) return;
  int saved = errno;
  struct record record = {0x50414e49, type, inode, offset, length};
  struct iovec parts[2] = {{&record, sizeof record}, {(void*)data, length}};
  pthread_mutex_lock(&log_mutex);
  ssize_t written = syscall(SYS_writev, log_descriptor, parts, length ? 2 : 1);
  if (written != (ssize_t)(sizeof record + length)) abort();
  pthread_mutex_unlock(&log_mutex);
  errno = saved;
}

static void tell_names(uint32_t type, const char* first, const char* second) {
  char both[2 * PATH_MAX];
  int length = snprintf(both, sizeof both, "%s%c%s", first, '\0', second);
  tell(type, 0, 0, both, (uint64_t)length);
}

/* ---- opening ---- */

static int opened(int descriptor, int existed, int flags) {
  if (descriptor < 0 || log_descriptor < 0) return descriptor;
  char buffer[PATH_MAX];
  struct stat status;
  const char* path = path_of(descriptor, buffer, &status);
  if (!path || !S_ISREG(status.st_mode)) return descriptor;
  if (!existed) tell(CREATE, status.st_ino, 0, path, strlen(path));
  else if (flags & O_TRUNC) tell(TRUNCATE, status.st_ino, 0, NULL, 0);
  return descriptor;
}

static int open_at(int directory, const char* path, int flags, mode_t mode) {
  if (!shared() || !(flags & (O_CREAT | O_TRUNC))) return (int)syscall(SYS_openat, directory, path, flags, mode);
  int saved = errno;
  int existed = syscall(SYS_faccessat, directory, path, F_OK) == 0;
  errno = saved;
  return opened((int)syscall(SYS_openat, directory, path, flags, mode), existed, flags);
}

#define MODE_OF(flags)                                      \
  mode_t mode = 0;                                          \
  if ((flags) & (O_CREAT | O_TMPFILE)) {                    \
    va_list arguments;                                      \
    va_start(arguments, flags);                             \
    mode = (mode_t)va_arg(arguments, int);                  \
    va_end(arguments);                                      \
  }

int open(const char* path, int flags, ...) { MODE_OF(flags) return open_at(AT_FDCWD, path, flags, mode); }
int open64(const char* path, int flags, ...) { MODE_OF(flags) return open_at(AT_FDCWD, path, flags, mode); }
int openat(int at, const char* path, int flags, ...) { MODE_OF(flags) return open_at(at, path, flags, mode); }
int openat64(int at, const char* path, int flags, ...) { MODE_OF(flags) return open_at(at, path, flags, mode); }
int creat(const char* path, mode_t mode) { return open_at(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode); }

static FILE* open_stream(const char* name, const char* path, const char* mode) {
  FILE* (*next)(const char*, const char*) = (FILE * (*)(const char*, const char*)) dlsym(RTLD_NEXT, name);
  int writes = strpbrk(mode, "wa+") != NULL;
  int existed = 1;
  if (writes && shared()) {
    int saved = errno;
    existed = syscall(SYS_faccessat, AT_FDCWD, path, F_OK) == 0;
    errno = saved;
  }
  FILE* stream = next(path, mode);
  if (stream && writes && shared()) opened(fileno(stream), existed, strchr(mode, 'w') ? O_TRUNC : 0);
  return stream;
}

FILE* fopen(const char* path, const char* mode) { return open_stream("fopen", path, mode); }
FILE* fopen64(const char* path, const char* mode) { return open_stream("fopen64", path, mode); }

/* ---- writing ---- */

/* How many bytes may be written at `offset`; 0: none, for want of space. */
static size_t room_for(const struct stat* status, uint64_t offset, size_t length) {
  int64_t left = get(&control->space_left);
  if (left < 0) return length;
  uint64_t size = (uint64_t)status->st_size, end = offset + length;
  int64_t growth = end > size ? (int64_t)(end - (offset > size ? offset : size)) : 0;
  if (growth <= left) {
    __atomic_sub_fetch(&control->space_left, growth, __ATOMIC_SEQ_CST);
    return length;
  }
  count(&control->writes_refused);
  __atomic_store_n(&control->space_left, 0, __ATOMIC_SEQ_CST);
  return length - (size_t)(growth - left);
}

static ssize_t write_at(int descriptor, const void* data, size_t length, int64_t offset) {
  char buffer[PATH_MAX];
  struct stat status;
  const char* path = path_of(descriptor, buffer, &status);
  if (!path) {
    if (offset < 0) return syscall(SYS_write, descriptor, data, length);
    return syscall(SYS_pwrite64, descriptor, data, length, offset);
  }
  uint64_t place = (uint64_t)offset;
  if (offset < 0) {
    int appends = (int)syscall(SYS_fcntl, descriptor, F_GETFL) & O_APPEND;
    place = appends ? (uint64_t)status.st_size : (uint64_t)syscall(SYS_lseek, descriptor, 0, SEEK_CUR);
  }
  size_t room = room_for(&status, place, length);
  if (room == 0 && length > 0) {
    errno = ENOSPC;
    return -1;
  }
  ssize_t done = offset < 0 ? syscall(SYS_write, descriptor, data, room)
                            : syscall(SYS_pwrite64, descriptor, data, room, offset);
  if (done > 0) tell(WRITE, status.st_ino, place, data, (uint64_t)done);
  return done;
}

ssize_t write(int descriptor, const void* data, size_t length) { return write_at(descriptor, data, length, -1); }
ssize_t pwrite(int descriptor, const void* data, size_t length, off_t offset) {
  return write_at(descriptor, data, length, offset);
}
ssize_t pwrite64(int descriptor, const void* data, size_t length, off64_t offset) {
  return write_at(descriptor, data, length, offset);
}

ssize_t writev(int descriptor, const struct iovec* parts, int number) {
  char buffer[PATH_MAX];
  struct stat status;
  if (!path_of(descriptor, buffer, &status)) return syscall(SYS_writev, descriptor, parts, number);
  ssize_t all = 0;
  for (int i = 0; i < number; ++i) {
    if (parts[i].iov_len == 0) continue;
    ssize_t done = write_at(descriptor, parts[i].iov_base, parts[i].iov_len, -1);
    if (done < 0) return all > 0 ? all : -1;
    all += done;
    if ((size_t)done < parts[i].iov_len) break;
  }
  return all;
}

static int truncate_to(int descriptor, int64_t length) {
  char buffer[PATH_MAX];
  struct stat status;
  const char* path = path_of(descriptor, buffer, &status);
  int result = (int)syscall(SYS_ftruncate, descriptor, length);
  if (path && result == 0) tell(TRUNCATE, status.st_ino, (uint64_t)length, NULL, 0);
  return result;
}

int ftruncate(int descriptor, off_t length) { return truncate_to(descriptor, length); }
int ftruncate64(int descriptor, off64_t length) { return truncate_to(descriptor, length); }

/* ---- syncing ---- */

static int is_to_fail(const char* path) {
  size_t length = strlen(path), end = strlen(control->failing);
  if (end > length || strcmp(path + length - end, control->failing) != 0) return 0;
  if (get(&control->sync_fail_in) <= 0) return 0;
  return __atomic_sub_fetch(&control->sync_fail_in, 1, __ATOMIC_SEQ_CST) == 0;
}

static int sync_file(int descriptor, long call) {
  char buffer[PATH_MAX];
  struct stat status;
  const char* path = path_of(descriptor, buffer, &status);
  if (!path) return (int)syscall(call, descriptor);
  count(&control->syncs);
  if (get(&control->failed_inode) == (int64_t)status.st_ino) count(&control->syncs_after_failure);
  uint64_t number = (uint64_t)__atomic_add_fetch(&sync_number, 1, __ATOMIC_SEQ_CST);
  tell(SYNC_BEGIN, status.st_ino, number, NULL, 0);
  int64_t delay = get(&control->sync_delay_us);
  if (delay > 0) {
    struct timespec length = {delay / 1000000, delay % 1000000 * 1000};
    nanosleep(&length, NULL);
  }
  if (is_to_fail(path)) {
    /* Linux forgets what it could not write: a second sync would succeed and mean nothing. */
    tell(SYNC_FAILED, status.st_ino, number, NULL, 0);
    __atomic_store_n(&control->failed_inode, (int64_t)status.st_ino, __ATOMIC_SEQ_CST);
    strncpy(control->failed_path, path, sizeof control->failed_path - 1);
    count(&control->syncs_failed);
    errno = EIO;
    return -1;
  }
  if (get(&control->sync_lies)) return 0;
  int result = log_descriptor >= 0 ? 0 : (int)syscall(call, descriptor);
  if (result == 0) tell(SYNC_END, status.st_ino, number, NULL, 0);
  return result;
}

int fsync(int descriptor) { return sync_file(descriptor, SYS_fsync); }
int fdatasync(int descriptor) { return sync_file(descriptor, SYS_fdatasync); }

/* ---- names ---- */

int rename(const char* from, const char* to) {
  char a[PATH_MAX], b[PATH_MAX];
  int result = (int)syscall(SYS_rename, from, to);
  if (result == 0 && is_below(absolute(AT_FDCWD, to, b)))
    tell_names(RENAME, absolute(AT_FDCWD, from, a), absolute(AT_FDCWD, to, b));
  return result;
}

int link(const char* from, const char* to) {
  char a[PATH_MAX], b[PATH_MAX];
  int result = (int)syscall(SYS_link, from, to);
  if (result == 0 && is_below(absolute(AT_FDCWD, to, b)))
    tell_names(LINK, absolute(AT_FDCWD, from, a), absolute(AT_FDCWD, to, b));
  return result;
}

int unlinkat(int directory, const char* path, int flags) {
  char buffer[PATH_MAX];
  const char* whole = absolute(directory, path, buffer);
  int result = (int)syscall(SYS_unlinkat, directory, path, flags);
  if (result == 0 && !(flags & AT_REMOVEDIR) && is_below(whole)) tell_names(UNLINK, whole, "");
  return result;
}

int unlink(const char* path) { return unlinkat(AT_FDCWD, path, 0); }

int remove(const char* path) {
  int result = unlinkat(AT_FDCWD, path, 0);
  return result != 0 && (errno == EISDIR || errno == EPERM) ? rmdir(path) : result;
}

/* ---- the clock ---- */

int clock_gettime(clockid_t clock, struct timespec* now) {
  int result = (int)syscall(SYS_clock_gettime, clock, now);
  if (result != 0 || (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE) || !shared()) return result;
  int64_t offset = get(&control->clock_offset_ns);
  int64_t nanoseconds = now->tv_nsec + offset % 1000000000;
  now->tv_sec += offset / 1000000000;
  if (nanoseconds < 0) {
    nanoseconds += 1000000000;
    --now->tv_sec;
  } else if (nanoseconds >= 1000000000) {
    nanoseconds -= 1000000000;
    ++now->tv_sec;
  }
  now->tv_nsec = nanoseconds;
  return 0;
}

int gettimeofday(struct timeval* restrict now, void* restrict zone) {
  (void)zone;
  struct timespec precise;
  clock_gettime(CLOCK_REALTIME, &precise);
  now->tv_sec = precise.tv_sec;
  now->tv_usec = precise.tv_nsec / 1000;
  return 0;
}

time_t time(time_t* place) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (place) *place = now.tv_sec;
  return now.tv_sec;
}
