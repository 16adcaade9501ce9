// One easy handle and what it is doing now. Handles are kept for their lifetime and reset between
// requests: there are never more of them than connections.

import CCurl
import Glibc

/// The state that libcurl's callbacks see. Used by one thread, that of its `Multi`. Owns its handle
/// and list, and hands neither out beyond a call.
@safe final class Transfer {
  /// `CURL *`.
  let handle: UnsafeMutableRawPointer
  private(set) var tag: UInt64 = 0
  private var url: ParsedURL?
  private var fields: UnsafeMutablePointer<curl_slist>?
  private var head = ReplyHead()
  private var body = BodyBuffer(limit: 0)
  /// Nil behind a proxy: the operator chose it, and what lies behind it is the proxy's to guard.
  private var addressGuard: AddressGuard?
  private var upload: FileUpload?
  private var mustNotRepeat = false
  /// How often libcurl was about to write the request: 0 proves that no byte of it left.
  private var timesIssued = 0
  private var refusedAddresses = 0
  private var openedSockets = 0
  private var socketErrno: Int32 = 0

  /// - Throws: `HTTPError` of kind `localResources`.
  init() throws(HTTPError) {
    guard let handle = unsafe curl_easy_init() else {
      throw .refused(.localResources, "out of memory")
    }
    unsafe self.handle = handle
  }

  deinit {
    // The list must outlive the handle that refers to it (CURLOPT_HTTPHEADER(3)).
    unsafe curl_easy_cleanup(handle)
    unsafe curl_slist_free_all(fields)
  }

  /// Makes the handle ready to be added.
  /// - Throws: `HTTPError`: the request is refused.
  func prepare(
    _ request: HTTPRequest, tag: UInt64, into sink: (any BodySink)? = nil,
    configuration: Multi.Configuration
  ) throws(HTTPError) {
    try request.check()
    let url = try ParsedURL(request.url)
    upload = nil
    if let file = request.file { upload = try FileUpload(file) }
    self.tag = tag
    head = ReplyHead()
    body = BodyBuffer(limit: request.maxResponseBytes, sink: sink)
    let guardian = AddressGuard(allowLoopback: configuration.allowLoopback)
    addressGuard = configuration.proxy == nil ? guardian : nil
    if configuration.proxy != nil {
      // No socket to the target is opened here, so at least its literal spellings are judged.
      guard let host = url.part(CURLUPART_HOST), !guardian.refuses(host: host) else {
        throw .refused(.addressRefused, "\(url.authority): its address is internal")
      }
    }
    mustNotRepeat = request.mustNotRepeat
    timesIssued = 0
    refusedAddresses = 0
    openedSockets = 0
    socketErrno = 0
    unsafe fields = Transfer.list(request)
    var options = unsafe TransferOptions(handle: handle)
    unsafe options.set(request, fields: fields, url: url.handle)
    options.set(configuration)
    unsafe options.set(callbacksTo: Unmanaged.passUnretained(self).toOpaque())
    self.url = url
    guard options.failure == CURLE_OK else {
      recycle()
      throw .refused(.internalFault, "libcurl refused an option (\(options.failure.rawValue))")
    }
  }

  /// Frees what the last request held; connections and sessions stay (curl_easy_reset(3)).
  func recycle() {
    unsafe curl_easy_reset(handle)
    unsafe curl_slist_free_all(fields)
    unsafe fields = nil
    url = nil
    upload = nil
    head = ReplyHead()
    body = BodyBuffer(limit: 0)
  }

  /// The reply, or why there is none. Call once, before `recycle`.
  func outcome(_ code: CURLcode) -> Result<HTTPResponse, HTTPError> {
    var micros: curl_off_t = 0
    unsafe _ = ccurl_get_offset(handle, CURLINFO_TOTAL_TIME_T, &micros)
    guard code == CURLE_OK, let status = head.status, head.isComplete else {
      return .failure(failure(code, latencyMicroseconds: Int64(micros)))
    }
    return .success(
      HTTPResponse(
        status: status, headers: head.headers, body: body.bytes, latencyMicroseconds: Int64(micros))
    )
  }

  private func failure(_ code: CURLcode, latencyMicroseconds: Int64) -> HTTPError {
    var requestBytes = 0
    unsafe _ = ccurl_get_long(handle, CURLINFO_REQUEST_SIZE, &requestBytes)
    var systemError = 0
    unsafe _ = ccurl_get_long(handle, CURLINFO_OS_ERRNO, &systemError)
    let evidence = TransferEvidence(
      code: code, wasIssued: timesIssued > 0 || requestBytes > 0,
      hadOnlyRefusedAddresses: refusedAddresses > 0 && openedSockets == 0 && socketErrno == 0,
      socketErrno: socketErrno, systemErrno: Int32(clamping: systemError),
      isTooLarge: body.isTooLarge || head.isTooLarge, isStopped: body.isStopped,
      isHeadComplete: head.isComplete, wasStoppedBeforeRepeating: mustNotRepeat && timesIssued > 1)
    return HTTPError(
      evidence.kind, evidence.message(authority: url?.authority ?? "?"),
      nothingWasSent: !evidence.wasIssued, status: head.isComplete ? head.status : nil,
      latencyMicroseconds: latencyMicroseconds)
  }

  /// The header as libcurl wants it. `Name:` without a value removes what libcurl would add by
  /// itself; `Name;` sends an empty value (CURLOPT_HTTPHEADER(3)).
  private static func list(_ request: HTTPRequest) -> UnsafeMutablePointer<curl_slist>? {
    var list: UnsafeMutablePointer<curl_slist>? = nil
    for (name, value) in request.headers {
      unsafe list = curl_slist_append(list, value.isEmpty ? "\(name);" : "\(name): \(value)")
    }
    if request.method != .get && request.method != .head {
      unsafe list = curl_slist_append(list, "Expect:")
      if request.headers["Content-Type"] == nil {
        unsafe list = curl_slist_append(list, "Content-Type:")
      }
    }
    return unsafe list
  }
}

// What the callbacks do; each is called by libcurl from inside a method of `Multi`.
extension Transfer {
  func receive(header line: UnsafeRawBufferPointer) -> Bool {
    let wasComplete = head.isComplete
    guard unsafe head.receive(line) else { return false }
    guard !wasComplete, head.isComplete, let status = head.status else { return true }
    return body.begin(status: status, headers: head.headers)
  }

  func receive(body data: UnsafeRawBufferPointer) -> Bool { unsafe body.receive(data) }

  /// Whether the sink has got something since the last call.
  func takeLook() -> Bool {
    defer { body.wantsLook = false }
    return body.wantsLook
  }

  /// The next bytes of a body that is a file; nil stops the transfer.
  func send(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
    guard let upload else { return 0 }
    return unsafe upload.read(into: buffer)
  }

  func rewind(to offset: Int) -> Bool { upload?.rewind(to: offset) ?? (offset == 0) }

  /// True: write the request now. A request that must not be repeated is written once.
  func mayIssue() -> Bool {
    timesIssued += 1
    return timesIssued == 1 || !mustNotRepeat
  }

  /// A socket to that address, or `CURL_SOCKET_BAD`.
  func open(_ address: UnsafeMutablePointer<curl_sockaddr>) -> curl_socket_t {
    // `addr` is declared as a `sockaddr` but has room for the longest address, so it is read
    // through the pointer and never copied (CURLOPT_OPENSOCKETFUNCTION(3)).
    let offset = MemoryLayout<curl_sockaddr>.offset(of: \.addr)!
    let length = min(Int(unsafe address.pointee.addrlen), MemoryLayout<sockaddr_in6>.size)
    let bytes = unsafe UnsafeRawBufferPointer(
      start: UnsafeRawPointer(address).advanced(by: offset), count: length)
    if let addressGuard, unsafe addressGuard.refuses(socketAddress: bytes) {
      refusedAddresses += 1
      return -1
    }
    let socket = unsafe Glibc.socket(
      address.pointee.family, address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue),
      address.pointee.protocol)
    if socket < 0 { socketErrno = errno } else { openedSockets += 1 }
    return socket
  }
}
