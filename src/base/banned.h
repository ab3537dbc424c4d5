/* Functions that do not compile in Tongban, each with what to use instead. Include it last. */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#undef strcpy
#define strcpy(...) use_arena_copy_or_buf
#undef strcat
#define strcat(...) use_buf
#undef strncpy
#define strncpy(...) use_arena_copy_or_buf
#undef strncat
#define strncat(...) use_buf
#undef sprintf
#define sprintf(...) use_buf_printf_or_snprintf
#undef vsprintf
#define vsprintf(...) use_buf_printf_or_snprintf
#undef gets
#define gets(...) use_a_bounded_read
#undef strtok
#define strtok(...) use_sv_cut
#undef atoi
#define atoi(...) use_sv_parse_i64
#undef atol
#define atol(...) use_sv_parse_i64
#undef atof
#define atof(...) use_decimal_parse
#undef gmtime
#define gmtime(...) use_civil_from_ms
#undef localtime
#define localtime(...) use_civil_from_ms
#undef ctime
#define ctime(...) use_civil_from_ms
#undef alloca
#define alloca(...) use_the_arena
#undef rand
#define rand(...) use_random_u64
#undef srand
#define srand(...) use_random_seeded

#endif
