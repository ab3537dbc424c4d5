/* For tests of the server: a small hall of routes in process, on a port that the kernel chooses, and a client that speaks
 * raw bytes. The "writer" is one thread; there is no database. */
#ifndef HTTP_SERVER_KIT_H
#define HTTP_SERVER_KIT_H

#include "base/site.h"
#include "http/server.h"
#include "test/kit/kit.h"

struct hall;
extern const struct module hall_module;

/* What a test may change of the configuration before the start. */
struct hall_options {
	int64_t head_ms, body_ms;
	unsigned max_per_address;
	const char *public_url;
	int64_t calls_a_minute;
	bool is_writer_full;
};

/* A hall with the tokens "alice" (a person), "olga" (an officer who may do everything) and "robot" (a department's system). */
struct hall *hall_open(struct kit *kit, const struct hall_options *options);
void hall_close(struct hall *hall);
uint16_t hall_port(const struct hall *hall);
struct server *hall_server(struct hall *hall);
const char *hall_folder(const struct hall *hall);
/* How often POST /notes has been carried out. */
unsigned hall_acts(struct hall *hall);

struct reply {
	int status;
	struct sv head, body; /* head with its status line */
	bool is_closed;       /* the server ended the connection */
};
/* A connection from 127.0.0.1, or another address of this machine; -1 if refused. */
int hall_connect(struct hall *hall, const char *from);
void hall_send(int fd, struct sv bytes);
/* The next answer; status 0 when the connection ends before one. `is_head`: it has no body. */
struct reply hall_receive(struct kit *kit, int fd, bool is_head);
/* One request on a connection of its own. */
struct reply hall_ask(struct kit *kit, struct hall *hall, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Value of a header of the answer, absent if it is not there. */
struct sv reply_header(const struct reply *reply, const char *name);
/* Value of a cookie that the answer sets, absent if it is not there. */
struct sv reply_cookie(const struct reply *reply, const char *name);

#endif
