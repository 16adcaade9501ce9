// Every libcurl option we set, each with its reason (curl_easy_setopt(3)). Set anew for each
// request, because a reset handle has libcurl's defaults.

import CCurl
import Glibc

/// Sets options on one handle and remembers the first refusal. Lives shorter than the handle.
@safe struct TransferOptions {
  let handle: UnsafeMutableRawPointer
  private(set) var failure = CURLE_OK

  init(handle: UnsafeMutableRawPointer) { unsafe self.handle = handle }

  private mutating func note(_ code: CURLcode) { if failure == CURLE_OK { failure = code } }

  private mutating func set(_ option: CURLoption, _ value: Int) {
    note(unsafe ccurl_set_long(handle, option, value))
  }

  private mutating func set(_ option: CURLoption, _ value: String) {
    note(unsafe ccurl_set_text(handle, option, value))
  }

  /// What this request asks.
  mutating func set(
    _ request: HTTPRequest, fields: UnsafeMutablePointer<curl_slist>?, url: OpaquePointer
  ) {
    note(unsafe ccurl_set_url(handle, url))
    note(unsafe ccurl_set_list(handle, CURLOPT_HTTPHEADER, fields))
    setMethod(request)
    set(CURLOPT_CONNECTTIMEOUT_MS, max(1, Int(request.connectTimeoutSeconds * 1000)))
    set(CURLOPT_TIMEOUT_MS, max(1, Int(request.totalTimeoutSeconds * 1000)))
    if let seconds = request.idleTimeoutSeconds {
      set(CURLOPT_LOW_SPEED_LIMIT, request.idleBytesPerSecond)
      set(CURLOPT_LOW_SPEED_TIME, seconds)
    }
    // An announced length over the limit ends the transfer early; 0 would mean no limit. What comes
    // without announcement is counted as it arrives.
    // HEAD announces what does not come.
    if request.method != .head {
      let limit = curl_off_t(max(1, request.maxResponseBytes))
      note(unsafe ccurl_set_offset(handle, CURLOPT_MAXFILESIZE_LARGE, limit))
    }
    if request.mustNotRepeat {
      // libcurl sends a request again when a reused connection ends before any reply byte.
      set(CURLOPT_FRESH_CONNECT, 1)
    }
  }

  private mutating func setMethod(_ request: HTTPRequest) {
    switch request.method {
    case .get: set(CURLOPT_HTTPGET, 1)
    case .head: set(CURLOPT_NOBODY, 1)
    case .put where request.file != nil:
      // PUT with a known length; what is sent comes from `sendBody`.
      set(CURLOPT_UPLOAD, 1)
      let bytes = curl_off_t(request.file?.bytes ?? 0)
      note(unsafe ccurl_set_offset(handle, CURLOPT_INFILESIZE_LARGE, bytes))
    case .post, .put, .patch, .delete:
      // CUSTOMREQUEST changes only the word; the body goes the way of a POST.
      set(CURLOPT_POST, 1)
      if request.method != .post { set(CURLOPT_CUSTOMREQUEST, request.method.rawValue) }
      let body = request.body ?? []
      // The size first: COPYPOSTFIELDS copies that many bytes.
      note(unsafe ccurl_set_offset(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)))
      unsafe body.withUnsafeBytes { bytes in
        note(
          unsafe ccurl_set_pointer(handle, CURLOPT_COPYPOSTFIELDS, bytes.baseAddress ?? noBytes))
      }
    }
  }

  /// An address for an empty body; nothing is read through it.
  private var noBytes: UnsafeRawPointer { unsafe UnsafeRawPointer(handle) }

  /// What holds for every request.
  mutating func set(_ configuration: Multi.Configuration) {
    set(CURLOPT_NOSIGNAL, 1)  // a library with threads sets no SIGALRM
    set(CURLOPT_TCP_NODELAY, 1)
    set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
    set(CURLOPT_PROTOCOLS_STR, "http,https")
    set(CURLOPT_FOLLOWLOCATION, 0)  // a redirect is a reply; its target was judged by nobody
    set(CURLOPT_USERAGENT, "ledger/\(configuration.version)")
    set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
    // A timeout during name resolution must not wait for the resolver's thread, or one silent name
    // server stops every other transfer; the thread ends by itself (CURLOPT_QUICK_EXIT(3)).
    set(CURLOPT_QUICK_EXIT, 1)
    // Empty: no proxy, and `http_proxy` and `no_proxy` of the environment are not read.
    set(CURLOPT_PROXY, configuration.proxy ?? "")
    set(CURLOPT_NOPROXY, "")
    set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)  // a proxy's header is not the reply's
    if let file = configuration.certificateAuthorityFile { set(CURLOPT_CAINFO, file) }
    if Curl.hasAuthorityFile || configuration.certificateAuthorityFile != nil {
      note(unsafe ccurl_set_text(handle, CURLOPT_CAPATH, nil))
    }
  }

  /// `transfer` is an unretained `Transfer`, kept alive by its `Multi` while the handle is in use.
  mutating func set(
    callbacksTo transfer: UnsafeMutableRawPointer
  ) {
    note(unsafe ccurl_set_pointer(handle, CURLOPT_PRIVATE, transfer))
    note(unsafe ccurl_set_receiver(handle, CURLOPT_WRITEFUNCTION, receiveBody, transfer))
    note(unsafe ccurl_set_receiver(handle, CURLOPT_HEADERFUNCTION, receiveHeader, transfer))
    note(unsafe ccurl_set_reader(handle, sendBody, transfer))
    note(unsafe ccurl_set_seeker(handle, rewindBody, transfer))
    note(unsafe ccurl_set_prerequest(handle, aboutToIssue, transfer))
    note(unsafe ccurl_set_opener(handle, openSocket, transfer))
  }
}

private func owner(_ context: UnsafeMutableRawPointer?) -> Transfer {
  unsafe Unmanaged<Transfer>.fromOpaque(context!).takeUnretainedValue()
}

/// CURLOPT_WRITEFUNCTION(3): taking fewer bytes than given ends the transfer.
private func receiveBody(
  _ data: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int,
  _ context: UnsafeMutableRawPointer?
) -> Int {
  let bytes = unsafe UnsafeRawBufferPointer(start: data, count: size * count)
  return unsafe owner(context).receive(body: bytes) ? bytes.count : -1
}

/// CURLOPT_HEADERFUNCTION(3): one whole line a call.
private func receiveHeader(
  _ data: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int,
  _ context: UnsafeMutableRawPointer?
) -> Int {
  let bytes = unsafe UnsafeRawBufferPointer(start: data, count: size * count)
  return unsafe owner(context).receive(header: bytes) ? bytes.count : -1
}

/// CURLOPT_READFUNCTION(3): 0 ends the body.
private func sendBody(
  _ data: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int,
  _ context: UnsafeMutableRawPointer?
) -> Int {
  let buffer = unsafe UnsafeMutableRawBufferPointer(start: data, count: size * count)
  return unsafe owner(context).send(into: buffer) ?? Int(CURL_READFUNC_ABORT)
}

/// CURLOPT_SEEKFUNCTION(3): libcurl sends a body again when a kept connection turned out dead.
private func rewindBody(
  _ context: UnsafeMutableRawPointer?, _ offset: curl_off_t, _ origin: Int32
) -> Int32 {
  let isDone = unsafe origin == SEEK_SET && owner(context).rewind(to: Int(offset))
  return isDone ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL
}

/// CURLOPT_PREREQFUNCTION(3): the connection stands, TLS included, and the request is written next.
private func aboutToIssue(
  _ context: UnsafeMutableRawPointer?, _: UnsafeMutablePointer<CChar>?,
  _: UnsafeMutablePointer<CChar>?, _: Int32, _: Int32
) -> Int32 {
  unsafe owner(context).mayIssue() ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
}

/// CURLOPT_OPENSOCKETFUNCTION(3): refusing here is after every parser and resolver.
private func openSocket(
  _ context: UnsafeMutableRawPointer?, _: curlsocktype,
  _ address: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
  unsafe owner(context).open(address!)
}
