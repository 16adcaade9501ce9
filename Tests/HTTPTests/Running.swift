// Running requests to their end, for tests.

@testable import HTTP

extension Multi {
  /// A development `Multi`: loopback may be reached.
  static func forTests(
    connections: Int = 8, allowLoopback: Bool = true, proxy: String? = nil, authority: String? = nil
  ) throws -> Multi {
    try Multi(
      Configuration(
        version: "0.0-test", connections: connections, allowLoopback: allowLoopback, proxy: proxy,
        certificateAuthorityFile: authority))
  }

  /// One request, alone. A transfer always ends, by its own total timeout at the latest.
  func run(_ request: HTTPRequest) -> Result<HTTPResponse, HTTPError> {
    start(request, tag: 7)
    while true {
      if let completion = wait(timeoutMilliseconds: 1000).first { return completion.result }
    }
  }

  func error(of request: HTTPRequest) -> HTTPError? {
    switch run(request) {
    case .success: nil
    case .failure(let error): error
    }
  }
}
