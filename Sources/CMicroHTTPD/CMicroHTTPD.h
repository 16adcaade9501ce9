// libmicrohttpd (libmicrohttpd-dev). MHD_start_daemon and MHD_get_connection_info are variadic,
// which Swift cannot call: wrapped here.
#pragma once
#include <microhttpd.h>

// What a server bounds; see the MHD_OPTION_ of the same name. 0 connections an address: no bound of
// its own.
struct mhd_bounds {
  size_t connection_memory_bytes;
  unsigned int connections;
  unsigned int connections_an_address;
  unsigned int idle_seconds;
};

// PEM texts of a key and its certificates; no key: plain HTTP. Read before the start returns.
struct mhd_identity {
  const char *key;
  const char *certificates;
};

// Casts that Swift does not import.
static const ssize_t mhd_end_of_stream = MHD_CONTENT_READER_END_OF_STREAM;
static const ssize_t mhd_end_with_error = MHD_CONTENT_READER_END_WITH_ERROR;
static const uint64_t mhd_size_unknown = MHD_SIZE_UNKNOWN;

// One epoll thread inside the library; connections may be suspended. The library owns `listen_fd`,
// a bound and listening socket, from a successful start until MHD_stop_daemon. `begun` is given a
// request's target as it was sent and makes what the handler finds in its memory.
static inline struct MHD_Daemon *mhd_serve(int listen_fd, struct mhd_bounds bounds,
                                           struct mhd_identity identity,
                                           void *(*begun)(void *, const char *,
                                                          struct MHD_Connection *),
                                           MHD_AccessHandlerCallback handler,
                                           MHD_RequestCompletedCallback completed, void *context) {
  unsigned int tls = identity.key ? MHD_USE_TLS : 0;
  struct MHD_OptionItem secrets[] = {
      {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)identity.key},
      {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)identity.certificates},
      {MHD_OPTION_END, 0, NULL},
  };
  return MHD_start_daemon(
      MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | tls, 0, NULL, NULL, handler, context,
      MHD_OPTION_LISTEN_SOCKET, listen_fd,
      MHD_OPTION_URI_LOG_CALLBACK, begun, context,
      MHD_OPTION_NOTIFY_COMPLETED, completed, context,
      MHD_OPTION_CONNECTION_MEMORY_LIMIT, bounds.connection_memory_bytes,
      MHD_OPTION_CONNECTION_LIMIT, bounds.connections,
      MHD_OPTION_PER_IP_CONNECTION_LIMIT, bounds.connections_an_address,
      MHD_OPTION_CONNECTION_TIMEOUT, bounds.idle_seconds,
      MHD_OPTION_ARRAY, identity.key ? secrets : secrets + 2,
      MHD_OPTION_END);
}

// The connection's socket; -1 when it has none.
static inline int mhd_connection_fd(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  return info ? info->connect_fd : -1;
}

// Who is connected; NULL when the library does not know.
static inline const struct sockaddr *mhd_client_address(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  return info ? info->client_addr : NULL;
}
