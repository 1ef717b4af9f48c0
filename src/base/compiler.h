/* Names for the compiler attributes that this project uses. No other file
 * writes a bare __attribute__. */
#ifndef BASE_COMPILER_H
#define BASE_COMPILER_H

/* The caller has to look at the result. */
#define MUST_CHECK __attribute__((warn_unused_result))

/* Argument number `text_arg` is a printf format for those from `first_arg` on. */
#define PRINTF(text_arg, first_arg) __attribute__((format(printf, text_arg, first_arg)))

/* Calls `function(&variable)` when the variable goes out of scope. */
#define CLEANUP(function) __attribute__((cleanup(function)))

/* Runs before main, or when the library is loaded. */
#define CONSTRUCTOR __attribute__((constructor))

#define UNUSED __attribute__((unused))

#define ARRAY_LEN(array) (sizeof(array) / sizeof((array)[0]))

#endif
