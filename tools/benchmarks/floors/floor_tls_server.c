/* A provider over TLS with keep-alive: every GET is answered with one small prediction.

   floor_tls_server CERTIFICATE KEY      prints {"port":N}, serves until its standard input ends */
#include "floor.h"
#include <arpa/inet.h>
#include <microhttpd.h>
#include <unistd.h>

enum { PEM_BYTES = 16384, CONNECTIONS_MAX = 2000 };

static char body[] =
  "{\"version\":\"gm3qorzdhgbfurvjtvhg6dc\",\"model\":\"a/lipsync\",\"status\":\"processing\","
  "\"output\":null,\"error\":null,\"created_at\":\"2026-11-21T09:30:00.000Z\"}";
static struct MHD_Response *response;

static enum MHD_Result handle(
  void *context, struct MHD_Connection *connection, const char *url, const char *method,
  const char *version, const char *data, size_t *size, void **memory) {
  (void)context, (void)url, (void)method, (void)version, (void)data, (void)size;
  if (!*memory) return (*memory = body, MHD_YES); /* an answer to the head alone ends keep-alive */
  return MHD_queue_response(connection, 200, response);
}

static const char *read_file(const char *path, char *text) {
  FILE *file = fopen(path, "r");
  size_t count = file ? fread(text, 1, PEM_BYTES - 1, file) : 0;
  if (count == 0) die("cannot read %s", path);
  text[count] = 0;
  fclose(file);
  return text;
}

int main(int count, char **argument) {
  static char certificate[PEM_BYTES], key[PEM_BYTES];
  if (count != 3) die("usage: floor_tls_server CERTIFICATE KEY");
  response =
    MHD_create_response_from_buffer(sizeof body - 1, body, MHD_RESPMEM_PERSISTENT);
  MHD_add_response_header(response, "Content-Type", "application/json");
  struct sockaddr_in address = {
    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  struct MHD_Daemon *daemon = MHD_start_daemon(
    MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_TLS, 0, NULL, NULL, handle, NULL,
    MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX,
    MHD_OPTION_HTTPS_MEM_CERT, read_file(argument[1], certificate), MHD_OPTION_HTTPS_MEM_KEY,
    read_file(argument[2], key), MHD_OPTION_END);
  if (!daemon) die("the server does not start");
  printf("{\"port\":%u}\n", MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
  fflush(stdout);
  char byte;
  while (read(0, &byte, 1) > 0) {}
  _exit(0);
}
