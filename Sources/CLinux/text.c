#define _GNU_SOURCE
#include "flowd_linux.h"

#include <errno.h>
#include <iconv.h>
#include <stdbool.h>
#include <string.h>

// The end of the letters from `start` on that all begin with a byte of the range, or all with another one. ASCII
// belongs to both.
static size_t run_end(const uint8_t *input, size_t start, size_t count, uint8_t first, uint8_t last, bool *in_range) {
    size_t index = start;
    bool is_known = false;
    *in_range = false;
    while (index < count) {
        if (input[index] < 0x80) {
            index += 1;
            continue;
        }
        bool here = input[index] >= first && input[index] <= last;
        if (is_known && here != *in_range) break;
        is_known = true;
        *in_range = here;
        index += 2;
    }
    return index < count ? index : count;
}

// Writes a text of UTF-8 behind the others if there is room.
static void put(const char *text, char **output, size_t *room) {
    size_t length = strlen(text);
    if (length > *room) return;
    memcpy(*output, text, length);
    *output += length;
    *room -= length;
}

static void convert(iconv_t set, const uint8_t *input, size_t count, const char *text_of_80, char **output, size_t *room) {
    char *next = (char *)input;
    size_t rest = count;
    while (rest > 0 && *room > 0) {
        if (iconv(set, &next, &rest, output, room) != (size_t)-1) break;
        if (errno != EILSEQ) {
            // A letter without its end; there is always room.
            put("\xEF\xBF\xBD", output, room);
            break;
        }
        uint8_t lead = (uint8_t)*next;
        // A second byte that is ASCII stands for itself (Encoding standard, the decoders of all these sets).
        size_t length = rest > 1 && lead > 0x80 && lead < 0xFF && (uint8_t)next[1] >= 0x80 ? 2 : 1;
        put(lead == 0x80 ? text_of_80 : "\xEF\xBF\xBD", output, room);
        next += length;
        rest -= length;
    }
    iconv(set, NULL, NULL, output, room);
}

int64_t flowd_decode(
    const char *set, const char *other, uint8_t first, uint8_t last, const char *text_of_80, const uint8_t *input,
    size_t count, uint8_t *output, size_t capacity) {
    iconv_t whole = iconv_open("UTF-8", set);
    if (whole == (iconv_t)-1) return -1;
    iconv_t ranged = iconv_open("UTF-8", other);
    if (ranged == (iconv_t)-1) {
        iconv_close(whole);
        return -1;
    }
    char *end = (char *)output;
    size_t room = capacity;
    size_t index = 0;
    while (index < count) {
        bool in_range;
        size_t next = first <= last ? run_end(input, index, count, first, last, &in_range) : count;
        convert(first <= last && in_range ? ranged : whole, input + index, next - index, text_of_80, &end, &room);
        index = next;
    }
    iconv_close(ranged);
    iconv_close(whole);
    return (int64_t)(capacity - room);
}
