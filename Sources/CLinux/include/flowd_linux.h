// What Glibc's Swift module does not show of Linux, or shows only with raw pointers.

#ifndef FLOWD_LINUX_H
#define FLOWD_LINUX_H

#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/socket.h>

/// Wall time in nanoseconds since 1970.
int64_t flowd_wall_nanoseconds(void);

/// Nanoseconds since a fixed point; never goes back.
int64_t flowd_steady_nanoseconds(void);

/// Takes one waiting connection: non-blocking, close-on-exec. The descriptor, or minus the error number. The address
/// of its peer goes to where `address` points.
int flowd_accept(int listener, struct sockaddr_storage *address);

/// How many bytes of a stream the other side has not confirmed yet; 0 if that cannot be said.
int flowd_unconfirmed_bytes(int descriptor);

/// Raises the limit of open descriptors to what the system allows, and returns the new limit.
int64_t flowd_raise_descriptor_limit(void);

/// Starts a program in the folder / with a process group of its own, no signal blocked, SIGPIPE as usual, nothing on its
/// standard input and `output` as its standard output and error; all other descriptors stay here. The first word is its
/// path, the last one NULL. The process number, or minus the error number.
int flowd_spawn(const char *const *words, int output);

/// Lets the calling thread give way to others, by so much on the scale of nice(1).
void flowd_be_nice(int niceness);

/// Names the calling thread; the system keeps fifteen characters.
void flowd_name_thread(const char *name);

/// Decodes text of a character set that iconv(3) knows by name into UTF-8. Letters of two bytes that begin with a byte
/// from `first` to `last` are taken from another set; if `first` is the greater one, none are. What is no letter becomes
/// U+FFFD, a lone byte 80 the given text. Returns how many bytes were written, or -1 if this system lacks a set. Three
/// times the input is always room enough.
int64_t flowd_decode(
    const char *set, const char *other, uint8_t first, uint8_t last, const char *text_of_80, const uint8_t *input,
    size_t count, uint8_t *output, size_t capacity);

#endif
