// From the transport's words to those of the books and of the profiles.

import HTTP
import Ledger
import Providers

extension Exchange {
  init(_ result: Result<HTTPResponse, HTTPError>) {
    switch result {
    case .success(let response):
      self.init(
        httpStatus: UInt64(clamping: response.status),
        latencyMilliseconds: UInt64(clamping: response.latencyMicroseconds / 1000),
        reply: response.body.isEmpty ? nil : response.body)
    case .failure(let error):
      self.init(
        httpStatus: error.status.map { UInt64(clamping: $0) },
        latencyMilliseconds: UInt64(clamping: error.latencyMicroseconds / 1000),
        fault: Fault(error.kind), message: error.message)
    }
  }
}

extension Fault {
  init(_ kind: HTTPError.Kind) {
    self =
      switch kind {
      case .malformedURL, .malformedRequest: .invalidRequest
      case .addressRefused: .addressRefused
      case .resolve: .resolve
      case .connect, .proxy: .connect
      case .tls: .tls
      case .timeout: .timeout
      case .reset, .incompleteReply: .reset
      case .responseTooLarge: .tooLarge
      case .malformedReply, .stopped: .unreadable
      case .localResources, .internalFault: .interrupted
      }
  }
}

extension Reply {
  init(_ response: HTTPResponse) {
    self.init(
      status: response.status, headers: response.headers.map { Header($0.name, $0.value) },
      body: response.body)
  }
}

extension HTTPRequest {
  /// - Throws: `RequestError` when the profile's method is none that we speak.
  init(_ request: ProviderRequest) throws(RequestError) {
    guard let method = Method(rawValue: request.method) else {
      throw .badURL("the method \(request.method)")
    }
    var headers = HTTPHeaders()
    for header in request.headers { headers.append(header.name, header.value) }
    self.init(
      method, request.url.description, headers: headers, body: request.body,
      totalTimeoutSeconds: Double(request.timeoutSeconds), maxResponseBytes: Limits.replyBytes,
      mustNotRepeat: request.phase == .submit)
  }
}
