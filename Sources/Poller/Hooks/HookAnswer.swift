// What an answer to a message means. Pure.

import HTTP
import Ledger

/// How a receiver took a message.
enum HookAnswer {
  case arrived
  /// 410: never again (Standard Webhooks, "Consumer responses").
  case gone
  /// - wish: when the receiver would like it again, seconds.
  case failed(Exchange, wish: Int?)

  init(_ result: Result<HTTPResponse, HTTPError>) {
    switch result {
    case .success(let response) where (200...299).contains(response.status): self = .arrived
    case .success(let response) where response.status == 410: self = .gone
    case .success(let response):
      var exchange = Exchange(result)
      exchange.reply = nil
      let note = OutputAddress.isRedirect(response.status) ? "; redirects are not followed" : ""
      exchange.message = "the receiver answered \(response.status)\(note)"
      self = .failed(exchange, wish: response.headers["Retry-After"].flatMap { Int($0) })
    // It said yes and went on talking.
    case .failure(let error)
    where error.kind == .responseTooLarge && error.status.map { (200...299).contains($0) } ?? false:
      self = .arrived
    case .failure: self = .failed(Exchange(result), wish: nil)
    }
  }
}
