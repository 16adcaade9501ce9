// A certificate authority and a certificate for this machine, made anew at each start: clients that
// speak only https can then be pointed here without trusting anything for longer than a test.
import CCrypto
import Glibc

/// What an https server shows, as PEM texts.
struct TLSIdentity: Sendable {
  /// The authority's certificate, which clients are told to trust.
  let authority: String
  let key: String
  let chain: String

  /// A day is more than any test lasts.
  private static let lifeSeconds = 86_400

  /// - Parameter faults: those about the certificate decide what is wrong with it.
  /// - Throws: `SimulatorError.cannotListen` when OpenSSL refuses.
  init(faults: [Fault]) throws(SimulatorError) {
    let kinds = Set(faults.map(\.kind))
    let trusted = try Certificate(authority: "ledger simulator (trust for tests only)")
    let signer =
      kinds.contains(.unknownAuthority)
      ? try Certificate(authority: "somebody else's authority") : trusted
    let host = kinds.contains(.wrongHost) ? "DNS:other.example" : "IP:127.0.0.1,DNS:localhost"
    let isExpired = kinds.contains(.expired)
    let server = try Certificate(
      server: host, signedBy: signer,
      validSeconds: isExpired ? -172_800 ... -3600 : -3600...TLSIdentity.lifeSeconds)
    authority = trusted.text
    key = server.keyText
    chain = server.text
  }
}

/// An X.509 certificate with its Ed25519 key (RFC 8410).
@safe private final class Certificate {
  private let certificate: OpaquePointer
  private let key: OpaquePointer
  let text: String
  let keyText: String

  /// One that signs itself and others.
  convenience init(authority name: String) throws(SimulatorError) {
    try self.init(
      name, signer: nil, valid: -3600...86_400,
      extensions: [
        (NID_basic_constraints, "critical,CA:TRUE,pathlen:0"),
        (NID_key_usage, "critical,keyCertSign,cRLSign"), (NID_subject_key_identifier, "hash"),
      ])
  }

  /// - Parameter validSeconds: from now.
  convenience init(
    server alternativeNames: String, signedBy signer: Certificate,
    validSeconds: ClosedRange<Int>
  ) throws(SimulatorError) {
    try self.init(
      "simulated providers", signer: signer, valid: validSeconds,
      extensions: [
        (NID_basic_constraints, "critical,CA:FALSE"),
        (NID_key_usage, "critical,digitalSignature"), (NID_ext_key_usage, "serverAuth"),
        (NID_subject_alt_name, alternativeNames), (NID_subject_key_identifier, "hash"),
        (NID_authority_key_identifier, "keyid:always"),
      ])
  }

  private init(
    _ name: String, signer: Certificate?, valid: ClosedRange<Int>,
    extensions: [(nid: Int32, value: String)]
  ) throws(SimulatorError) {
    var random = SystemRandomNumberGenerator()
    let seed = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    guard
      let key = unsafe EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, seed.count),
      let certificate = unsafe X509_new()
    else { throw SimulatorError.cannotListen("OpenSSL has no memory") }
    unsafe self.key = key
    unsafe self.certificate = certificate
    let serial = Int(UInt32.random(in: 1 ... .max, using: &random))
    unsafe X509_set_version(certificate, 2)  // 2 means version 3
    unsafe ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial)
    unsafe X509_gmtime_adj(X509_getm_notBefore(certificate), valid.lowerBound)
    unsafe X509_gmtime_adj(X509_getm_notAfter(certificate), valid.upperBound)
    unsafe X509_set_pubkey(certificate, key)
    let subject = unsafe X509_get_subject_name(certificate)
    unsafe X509_NAME_add_entry_by_txt(
      subject, "CN", MBSTRING_UTF8, Array(name.utf8), Int32(name.utf8.count), -1, 0)
    let issuer = unsafe signer?.certificate ?? certificate
    unsafe X509_set_issuer_name(certificate, X509_get_subject_name(issuer))
    var context = unsafe X509V3_CTX()
    unsafe X509V3_set_ctx(&context, issuer, certificate, nil, nil, 0)
    var isComplete = true
    for (nid, value) in extensions {
      let made = unsafe X509V3_EXT_conf_nid(nil, &context, nid, value)
      isComplete = unsafe made != nil && X509_add_ext(certificate, made, -1) == 1 && isComplete
      unsafe X509_EXTENSION_free(made)
    }
    // Ed25519 hashes by itself: no digest is named.
    let isSigned = unsafe X509_sign(certificate, signer?.key ?? key, nil) > 0
    text = unsafe Certificate.read { unsafe PEM_write_bio_X509($0, certificate) }
    keyText = unsafe Certificate.read {
      unsafe PEM_write_bio_PrivateKey($0, key, nil, nil, 0, nil, nil)
    }
    guard isComplete, isSigned, !text.isEmpty, !keyText.isEmpty else {
      throw SimulatorError.cannotListen("OpenSSL makes no certificate")
    }
  }

  deinit {
    unsafe X509_free(certificate)
    unsafe EVP_PKEY_free(key)
  }

  /// What is written to a memory buffer; empty when nothing is.
  private static func read(_ write: (OpaquePointer?) -> Int32) -> String {
    let memory = unsafe BIO_new(BIO_s_mem())
    defer { unsafe BIO_free(memory) }
    guard unsafe write(memory) == 1 else { return "" }
    var bytes = [UInt8](repeating: 0, count: 16 << 10)
    let count = unsafe BIO_read(memory, &bytes, Int32(bytes.count))
    return String(decoding: bytes.prefix(Int(max(count, 0))), as: UTF8.self)
  }
}
