// `ledger serve`: the API, streams and page on one port (INTERFACES, "HTTP").

import HTTPServer
package import Ledger
import Posix
package import Providers
import Wire

/// Why a server does not start.
package enum ServerError: Error, CustomStringConvertible {
  case listen(String)
  /// The world could reach it, and nobody would have to prove anything.
  case open(String)

  package var description: String {
    switch self {
    case .listen(let why): why
    case .open(let address):
      "\(address) can be reached from other machines, and there is no token yet"
    }
  }
}

/// A running server.
package final class Server: Sendable {
  /// `HOST:PORT` where it listens.
  package let address: String
  private let http: HTTPServer
  private let service: Service

  /// Listens and answers from now on.
  /// - Parameters:
  ///   - profiles: the profile of a name or alias; nil when there is none.
  ///   - report: called with what an operator should know, from any thread.
  /// - Throws: `ServerError`, `BooksError`, `ConfigurationError`.
  package init(
    _ books: Books, _ options: ServerOptions,
    profiles: @escaping @Sendable (String) -> Profile?,
    report: @escaping @Sendable (String) -> Void
  ) throws {
    let socket = try Server.socket(options)
    let hasTokens = try !Configuration.read(books.home).tokens.isEmpty
    guard socket.isLoopback || hasTokens else { throw ServerError.open(socket.address) }
    address = socket.address
    let service = try Service(
      books, options, isLoopback: socket.isLoopback, profiles: profiles, report: report)
    self.service = service
    let router = Router(service: service, routes: Routes.all)
    do throws(ListenError) {
      http = try HTTPServer(socket, options.bounds) { request, responder in
        service.answering { router.handle(request, responder) }
      }
    } catch {
      service.stop()
      throw ServerError.listen(error.description)
    }
  }

  private static func socket(_ options: ServerOptions) throws(ServerError) -> ListenSocket {
    do throws(ListenError) {
      if let socket = try ListenSocket.passedOn() { return socket }
      return try ListenSocket(
        options.listen, sendBufferBytes: options.bounds.sendBufferBytes)
    } catch {
      throw .listen(error.description)
    }
  }

  /// Whether all its threads work; one that does not would need a new start. Never waits.
  package var isAlive: Bool { service.ailments.isEmpty }

  /// Clients that follow events or wait for a job.
  package var streams: Int { service.followers.count }

  /// Accepts nothing new, ends streams with a word of when to come again, answers what is under way
  /// for at most `graceSeconds`, then closes every connection. What was answered is durable. Once.
  package func stop() {
    http.refuseConnections()
    service.endStreams()
    http.drain(seconds: service.options.graceSeconds)
    http.stop()
    service.stop()
  }
}
