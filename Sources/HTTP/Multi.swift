// Many requests on one thread: libcurl's multi socket interface on epoll (libcurl-multi(3)).
//
//     let multi = try Multi(Multi.Configuration(version: "1.0"))
//     while let job = queue.next, multi.hasCapacity { multi.start(job.request, tag: job.number) }
//     for completion in multi.wait(timeoutMilliseconds: 1000) { ... }
//
// The queue of what waits stays with the caller: handles beyond the number of connections cost
// libcurl O(n) a request.

import CCurl
import CSystem
import Glibc
package import Posix

/// Runs requests. Belongs to the thread that made it; any other thread stops the process, except
/// through `waker`. The process should ignore SIGPIPE.
@safe package final class Multi {
  package let configuration: Configuration
  /// For other threads.
  package let waker: Waker

  /// `CURLM *`.
  private let handle: UnsafeMutableRawPointer
  private let readiness: Readiness
  private let owner = pthread_self()
  private var transfers: [Transfer] = []
  private var idle: [Transfer] = []
  private var completions: [Completion] = []
  private var watched: FileWatch?

  /// - Throws: `HTTPError` of kind `localResources`.
  @available(*, noasync)
  package init(_ configuration: Configuration) throws(HTTPError) {
    precondition((1...HTTPLimits.connections).contains(configuration.connections))
    Curl.initialise()
    self.configuration = configuration
    do {
      waker = try Waker()
    } catch {
      throw .refused(.localResources, "no descriptor left for a wake-up (\(error))")
    }
    readiness = try Readiness()
    guard readiness.add(waker.fileDescriptor), let handle = unsafe curl_multi_init() else {
      throw .refused(.localResources, "out of memory")
    }
    unsafe self.handle = handle
    let context = unsafe Unmanaged.passUnretained(readiness).toOpaque()
    unsafe ccurl_multi_set_socket_function(handle, socketChanged, context)
    unsafe ccurl_multi_set_timer_function(handle, timerChanged, context)
    unsafe ccurl_multi_set_long(handle, CURLMOPT_MAXCONNECTS, configuration.connections)
  }

  deinit {
    for transfer in transfers { unsafe curl_multi_remove_handle(handle, transfer.handle) }
    // Easy handles may be cleaned up after the multi they are no longer part of; connections are
    // closed here and still report their sockets to `readiness`, which lives until after this.
    unsafe curl_multi_cleanup(handle)
  }

  /// Requests started and not yet returned by `wait`.
  package var inFlight: Int { transfers.count - idle.count + completions.count }

  /// Whether `start` may be called.
  package var hasCapacity: Bool { inFlight < configuration.connections }

  /// Begins a request; its end, whatever it is, is returned by a later `wait` under `tag`.
  /// - Parameter sink: takes a 2xx reply's body in the reply's stead; kept until the end.
  /// - Precondition: `hasCapacity`.
  @available(*, noasync)
  package func start(_ request: HTTPRequest, tag: UInt64, into sink: (any BodySink)? = nil) {
    checkThread()
    precondition(hasCapacity, "start without capacity")
    do throws(HTTPError) {
      let transfer = try takeTransfer()
      do throws(HTTPError) {
        try transfer.prepare(request, tag: tag, into: sink, configuration: configuration)
        try add(transfer)
      } catch {
        idle.append(transfer)
        throw error
      }
    } catch {
      completions.append(Completion(tag: tag, result: .failure(error)))
    }
  }

  /// Ends a request without a completion: its connection is closed, its sink let go. Does nothing
  /// when no request has this tag; one that has ended may still be returned by `wait`.
  @available(*, noasync)
  package func cancel(tag: UInt64) {
    checkThread()
    let isIdle = Set(idle.map { ObjectIdentifier($0) })
    for transfer in transfers
    where transfer.tag == tag && !isIdle.contains(ObjectIdentifier(transfer)) {
      unsafe curl_multi_remove_handle(handle, transfer.handle)
      transfer.recycle()
      idle.append(transfer)
    }
  }

  /// Works until a request has ended, a sink wants a look, `waker` calls, the watched file is
  /// written, or the time is over.
  /// 0 does what can be done at once.
  @available(*, noasync)
  package func wait(timeoutMilliseconds: Int) -> [Completion] {
    checkThread()
    precondition(timeoutMilliseconds >= 0)
    let end = MonotonicClock.microseconds + Int64(clamping: timeoutMilliseconds) * 1000
    var isCalled = false
    repeat {
      let left = completions.isEmpty ? max(0, end - MonotonicClock.microseconds) : 0
      isCalled = turn(milliseconds: Int32(clamping: (left + 999) / 1000))
    } while completions.isEmpty && !isCalled && MonotonicClock.microseconds < end
    defer { completions = [] }
    return completions
  }

  /// Makes `wait` also return when this file is written, until `unwatch`. One at a time.
  /// - Returns: false when the system has no watch left: then whoever waits must look by himself.
  @available(*, noasync)
  package func watch(file path: String) -> Bool {
    checkThread()
    unwatch()
    guard let watch = FileWatch(path), readiness.add(watch.descriptor) else { return false }
    watched = watch
    return true
  }

  @available(*, noasync)
  package func unwatch() {
    checkThread()
    if let watched { readiness.remove(watched.descriptor) }
    watched = nil
  }

  private func checkThread() {
    precondition(pthread_equal(owner, pthread_self()) != 0, "Multi used by a second thread")
  }

  private func takeTransfer() throws(HTTPError) -> Transfer {
    if let transfer = idle.popLast() { return transfer }
    let transfer = try Transfer()
    transfers.append(transfer)
    return transfer
  }

  private func add(_ transfer: Transfer) throws(HTTPError) {
    let code = unsafe curl_multi_add_handle(handle, transfer.handle)
    guard code == CURLM_OK else {
      transfer.recycle()
      throw .refused(.internalFault, "libcurl does not take the request (\(code.rawValue))")
    }
  }

  /// One wait and all that it made possible. True: the caller was called.
  private func turn(milliseconds: Int32) -> Bool {
    var isCalled = false
    var running: Int32 = 0
    for index in 0..<readiness.wait(milliseconds: milliseconds) {
      let ready = readiness[index]
      switch ready.fd {
      case waker.fileDescriptor:
        waker.drain()
        isCalled = true
      case watched?.descriptor:
        // What is written after this is noticed again.
        watched?.drain()
        isCalled = true
      default:
        unsafe curl_multi_socket_action(handle, ready.fd, curlEvents(ready.events), &running)
      }
    }
    if readiness.takeDeadline() {
      unsafe curl_multi_socket_action(handle, -1, 0, &running)  // CURL_SOCKET_TIMEOUT
    }
    collect()
    // Every sink is asked: none may answer for the one after it.
    for transfer in transfers where transfer.takeLook() { isCalled = true }
    return isCalled
  }

  private func collect() {
    var code = CURLE_OK
    while let easy = unsafe ccurl_multi_next_done(handle, &code) {
      var context: UnsafeMutableRawPointer?
      unsafe ccurl_get_pointer(easy, CURLINFO_PRIVATE, &context)
      let transfer = unsafe Unmanaged<Transfer>.fromOpaque(context!).takeUnretainedValue()
      completions.append(Completion(tag: transfer.tag, result: transfer.outcome(code)))
      unsafe curl_multi_remove_handle(handle, easy)
      transfer.recycle()
      idle.append(transfer)
    }
  }
}

private func readiness(_ context: UnsafeMutableRawPointer?) -> Readiness {
  unsafe Unmanaged<Readiness>.fromOpaque(context!).takeUnretainedValue()
}

/// The last argument is what was assigned to the socket: nothing until it is first seen.
private func socketChanged(
  _: UnsafeMutableRawPointer?, _ socket: curl_socket_t, _ what: Int32,
  _ context: UnsafeMutableRawPointer?, _: UnsafeMutableRawPointer?
) -> Int32 {
  unsafe readiness(context).setInterest(socket, what)
  return 0
}

private func timerChanged(
  _: UnsafeMutableRawPointer?, _ milliseconds: Int, _ context: UnsafeMutableRawPointer?
) -> Int32 {
  unsafe readiness(context).setTimer(milliseconds: milliseconds)
  return 0
}
