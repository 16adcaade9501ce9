// The epoll set and the one timer that libcurl's multi socket interface asks for
// (libcurl-multi(3), "multi_socket"). Apart from `Multi`, so that libcurl's callbacks touch nothing
// that its methods are in the middle of changing.

import CCurl
import CSystem
import Glibc

/// Owns its epoll descriptor and batch.
@safe final class Readiness {
  private let epoll: Int32
  private let batch: UnsafeMutableBufferPointer<csystem_ready>
  /// Sockets in the set: libcurl takes one out after each reply and puts it back with the next
  /// request, so guessing would cost a failed system call each time.
  private var known: Set<curl_socket_t> = []
  /// When libcurl wants `CURL_SOCKET_TIMEOUT`, on the monotonic clock; nil: it does not.
  private(set) var deadlineMicroseconds: Int64?

  /// - Throws: `HTTPError` of kind `localResources`.
  init() throws(HTTPError) {
    epoll = csystem_epoll_create()
    guard epoll >= 0 else {
      throw .refused(.localResources, "no descriptor left for epoll (errno \(errno))")
    }
    unsafe batch = .allocate(capacity: Int(csystem_epoll_batch))
  }

  deinit {
    unsafe batch.deallocate()
    close(epoll)
  }

  /// Waits for a descriptor to be readable.
  func add(_ fileDescriptor: Int32) -> Bool {
    csystem_epoll_add(epoll, fileDescriptor, Int32(csystem_readable)) == 0
  }

  func remove(_ fileDescriptor: Int32) { _ = csystem_epoll_remove(epoll, fileDescriptor) }

  /// Waits until something is ready, the deadline comes, or this many milliseconds have passed.
  /// How many are ready: `self[0]`, `self[1]`, ... until the next call.
  func wait(milliseconds: Int32) -> Int {
    var pause = milliseconds
    if let deadline = deadlineMicroseconds {
      // Rounded up: a wait that ends early would spin until the deadline.
      let left = (deadline - MonotonicClock.microseconds + 999) / 1000
      pause = Int32(clamping: max(0, min(left, Int64(milliseconds))))
    }
    // An interrupted wait is a wait in which nothing happened.
    let count = unsafe csystem_epoll_wait(epoll, batch.baseAddress!, Int32(batch.count), pause)
    return max(0, Int(count))
  }

  subscript(_ index: Int) -> csystem_ready { unsafe batch[index] }

  /// True once per deadline that has come.
  func takeDeadline() -> Bool {
    guard let deadline = deadlineMicroseconds, deadline <= MonotonicClock.microseconds else {
      return false
    }
    deadlineMicroseconds = nil
    return true
  }

  /// CURLMOPT_TIMERFUNCTION(3): -1 deletes the timer.
  func setTimer(milliseconds: Int) {
    deadlineMicroseconds =
      milliseconds < 0 ? nil : MonotonicClock.microseconds + Int64(milliseconds) * 1000
  }

  /// CURLMOPT_SOCKETFUNCTION(3). If the kernel has no room for the socket its transfer ends by its
  /// own timeout; reporting a failure here would abort every other transfer as well.
  func setInterest(_ socket: curl_socket_t, _ what: Int32) {
    guard what != CURL_POLL_REMOVE else {
      known.remove(socket)
      return remove(socket)
    }
    var events: Int32 = 0
    if what & CURL_POLL_IN != 0 { events |= Int32(csystem_readable) }
    if what & CURL_POLL_OUT != 0 { events |= Int32(csystem_writable) }
    if known.insert(socket).inserted {
      _ = csystem_epoll_add(epoll, socket, events)
    } else {
      _ = csystem_epoll_change(epoll, socket, events)
    }
  }
}

/// What `epoll` said in libcurl's words (curl_multi_socket_action(3)).
func curlEvents(_ events: Int32) -> Int32 {
  var mask: Int32 = 0
  if events & Int32(csystem_readable) != 0 { mask |= CURL_CSELECT_IN }
  if events & Int32(csystem_writable) != 0 { mask |= CURL_CSELECT_OUT }
  if events & Int32(csystem_failed) != 0 { mask |= CURL_CSELECT_ERR }
  return mask
}
