// From libcurl's code and what the callbacks saw to a kind a caller can act on. Pure.

import CCurl
import Glibc

/// What is known of a transfer that failed (libcurl-errors(3)).
struct TransferEvidence {
  var code: CURLcode
  /// The request was about to be written, so some of it may have left.
  var wasIssued: Bool
  /// Addresses were found, all of them internal.
  var hadOnlyRefusedAddresses: Bool
  /// Of a `socket` call that failed; else 0.
  var socketErrno: Int32
  /// CURLINFO_OS_ERRNO(3): of the connect that failed; else 0.
  var systemErrno: Int32
  var isTooLarge: Bool
  /// The receiver of the body wanted no more.
  var isStopped: Bool
  var isHeadComplete: Bool
  var wasStoppedBeforeRepeating: Bool

  var kind: HTTPError.Kind {
    if isTooLarge { return .responseTooLarge }
    if isStopped { return .stopped }
    switch code {
    case CURLE_URL_MALFORMAT: return .malformedURL
    case CURLE_UNSUPPORTED_PROTOCOL:  // after the request: an HTTP/0.9 reply
      return wasIssued ? .malformedReply : .malformedURL
    case CURLE_COULDNT_RESOLVE_HOST: return .resolve
    case CURLE_COULDNT_RESOLVE_PROXY, CURLE_PROXY: return .proxy
    case CURLE_COULDNT_CONNECT:
      if hadOnlyRefusedAddresses { return .addressRefused }
      return socketErrno != 0 ? .localResources : .connect
    case CURLE_OPERATION_TIMEDOUT: return .timeout
    case CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR:
      if isHeadComplete { return .incompleteReply }
      return wasIssued ? .reset : .connect
    case CURLE_ABORTED_BY_CALLBACK: return wasStoppedBeforeRepeating ? .reset : .internalFault
    // libcurl is content with a connection that ends inside the header; we are not.
    case CURLE_OK, CURLE_PARTIAL_FILE: return .incompleteReply
    case CURLE_FILESIZE_EXCEEDED: return .responseTooLarge
    case CURLE_OUT_OF_MEMORY:  // also libcurl's word for a header line over its own 100 kB
      return wasIssued && !isHeadComplete ? .responseTooLarge : .localResources
    case CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING: return .malformedReply
    case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM,
      CURLE_SSL_CIPHER, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ENGINE_NOTFOUND,
      CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_SHUTDOWN_FAILED,
      CURLE_SSL_CRL_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_PINNEDPUBKEYNOTMATCH,
      CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CLIENTCERT, CURLE_USE_SSL_FAILED:
      return .tls
    default: return .internalFault
    }
  }

  /// libcurl's fixed texts only: its error buffer may repeat what a server sent.
  func message(authority: String) -> String {
    let reason =
      switch kind {
      case .addressRefused: "its address is internal"
      case .responseTooLarge: "the reply exceeds its limit"
      case .stopped: "the reply is not what was asked for"
      case .timeout: wasIssued ? "no complete reply in time" : "no connection in time"
      case .localResources where socketErrno != 0: unsafe String(cString: strerror(socketErrno))
      case .connect where systemErrno != 0: unsafe String(cString: strerror(systemErrno))
      case .reset where wasStoppedBeforeRepeating: "the connection was lost; not sent again"
      case .incompleteReply: "the connection ended inside the reply"
      case .malformedReply: "the reply is not HTTP/1.x"
      default: unsafe String(cString: curl_easy_strerror(code))
      }
    return "\(authority): \(reason)"
  }
}
