// Saving outputs: what is due is begun, what came is judged, what is whole goes to the store. One
// attempt is one `job.storing`; its end is `job.stored` or `job.store_failed`.

import Glibc
import HTTP
import Ledger
import Posix
import Providers
import Wire

extension Poller {
  /// How often one attempt goes on where a connection broke off.
  private static let resumesMax = 20

  /// The store, read once a turn.
  func store(_ snapshot: inout Snapshot) throws -> StoreAnswer {
    if let answer = storeroom.answer { return answer }
    let secrets = Secrets(directory: books.home.secrets, environment: options.environment)
    let answer = try StoreAnswer(
      &snapshot, home: books.home, secrets: secrets, allowLoopback: options.allowLoopback)
    storeroom.answer = answer
    return answer
  }

  /// A job whose next output is to be saved.
  func considerSaving(_ number: SubjectNumber, _ snapshot: inout Snapshot, _ now: Timestamp) throws
  {
    guard storeroom.hasRoom, !storeroom.busy.contains(number),
      let details = try snapshot.details(number)
    else { return }
    switch try store(&snapshot) {
    case .none: wait(number, details.id, "no store is set; ledger config set store ...", now)
    case .blocked(let why): wait(number, details.id, why, now)
    case .ready(let store): try save(details, in: store, &snapshot, now)
    }
  }

  /// Nothing is lost by waiting: the job stays as it is until its surroundings are mended.
  func wait(_ number: SubjectNumber, _ id: String, _ why: String, _ now: Timestamp) {
    storeroom.stuck[number] = why
    quiet[number] = now.advanced(seconds: Poller.refusedSeconds)
    tellOnce(.warning, "\(why); outputs and attachments wait")
  }

  private func save(
    _ details: JobDetails, in store: ReadyStore, _ snapshot: inout Snapshot, _ now: Timestamp
  ) throws {
    let job = details.job
    let index = UInt64(job.storedCount)
    let list = try snapshot.outputList(of: job)
    guard Int(index) < list.count, let output = Observation.Output(list[Int(index)]) else {
      let message = "its address was erased"
      let failure = StoreFailure(
        output: index, replyClass: .gone, exchange: Exchange(message: message))
      return decide(details.number, details.id, .storeFailed(failure))
    }
    var profile: ReadyProfile?
    var limits = ProfileLimits()
    switch shelf.profile(details.provider) {
    case .ready(let ready):
      profile = ready
      limits = ready.profile.limits
    case .blocked(let why) where output.needsAuth:
      return wait(details.number, details.id, "\(details.provider): \(why)", now)
    case .blocked, .missing: break
    }
    let since = try snapshot.log.event(at: job.storing)?.time ?? now
    let life = Double(limits.outputLifeSeconds ?? limits.retentionSeconds)
    let saving = Saving(
      details, index: index, count: UInt64(job.outputCount), output: output, store: store,
      deadline: output.expiry ?? since.advanced(seconds: life), profile: profile)
    storeroom.stuck[details.number] = nil
    storeroom.busy.insert(details.number)
    let lease = now.advanced(seconds: options.savePace.leaseSeconds)
    outbox.append(
      Entry(
        job: details.number, id: details.id, command: .startStore(nextAt: lease), saving: saving))
  }

  /// The attempt is in the log: now it may begin.
  func begin(_ saving: Saving) {
    do throws(PosixError) {
      _ = try FileSystem.makeDirectories(saving.store.workshop, mode: 0o700)
    } catch {
      return fail(saving, .transient, Exchange(fault: .interrupted, message: "\(error)"))
    }
    if let left = saving.left() {
      saving.file = left
      return send(saving)
    }
    if saving.output.url.hasPrefix("data:") { return unpack(saving) }
    do throws(PosixError) {
      if let broken = storeroom.broken.removeValue(forKey: saving.name) {
        saving.download = broken
      } else {
        saving.download = try Download(
          saving.partPath, expectedType: saving.output.mediaType, bytesMax: saving.store.bytesMax,
          diskFloor: saving.store.diskFloor)
      }
    } catch {
      return fail(saving, .transient, Exchange(fault: .interrupted, message: "\(error)"))
    }
    fetch(saving)
  }

  /// An output that came inside the reply.
  private func unpack(_ saving: Saving) {
    guard let data = DataURI(saving.output.url), !data.bytes.isEmpty,
      data.bytes.count <= saving.store.bytesMax
    else {
      let message = "the data: URL cannot be read, is empty or is too large"
      let exchange = Exchange(fault: .unreadable, message: message)
      return fail(saving, .permanent, exchange, isFinal: true)
    }
    do throws(PosixError) {
      let file = WholeFile(
        path: saving.partPath, bytes: data.bytes.count,
        sha256: SHA256.digest(data.bytes).bytes, mediaType: data.mediaType)
      try FileSystem.replace(file.path, with: data.bytes)
      try keep(file, saving)
    } catch {
      return fail(saving, .transient, Exchange(fault: .interrupted, message: "\(error)"))
    }
    send(saving)
  }

  /// Gives a whole file the name under which a later attempt finds it.
  private func keep(_ file: WholeFile, _ saving: Saving) throws(PosixError) {
    let path = saving.wholePath(file)
    try FileSystem.rename(file.path, to: path)
    try FileSystem.flushDirectory(saving.store.workshop)
    saving.file = WholeFile(
      path: path, bytes: file.bytes, sha256: file.sha256, mediaType: file.mediaType)
  }

  /// Asks the provider for the output, or for the rest of it.
  private func fetch(_ saving: Saving) {
    guard let download = saving.download else { return }
    guard let parts = try? URLParts(saving.url),
      OutputAddress.allows(parts, allowLoopback: options.allowLoopback)
    else {
      let message = "its address is no public https URL"
      return fail(saving, .permanent, Exchange(fault: .addressRefused, message: message))
    }
    var headers = HTTPHeaders(download.headers)
    var url = saving.url
    if saving.output.needsAuth, let ready = saving.profile {
      do {
        let credentials = try ready.profile.credentials(
          for: url, secrets: ready.secret, now: options.clock.now)
        url = credentials.url
        for header in credentials.headers { headers.append(header.name, header.value) }
      } catch {
        return fail(
          saving, .permanent, Exchange(fault: .invalidRequest, message: "\(error)"))
      }
    }
    saving.mark = download.received
    var request = HTTPRequest(
      .get, url, headers: headers, totalTimeoutSeconds: options.savePace.totalSeconds,
      idleTimeoutSeconds: options.savePace.idleSeconds, maxResponseBytes: download.bytesLeft)
    request.idleBytesPerSecond = options.savePace.slowestBytesPerSecond
    storeroom.leaving.append(
      StoreDeparture(errand: .fetch(saving), request: request, sink: download))
  }

  /// The answer to a fetch.
  func settleFetch(_ saving: Saving, _ result: Result<HTTPResponse, HTTPError>) {
    guard let download = saving.download else { return }
    let exchange = Exchange(result)
    switch result {
    case .success(let response) where OutputAddress.isRedirect(response.status):
      redirect(saving, response, exchange)
    case .success(let response) where (200...299).contains(response.status):
      guard download.received > 0 else {
        let message = "the answer was empty"
        return fail(saving, .transient, Exchange(fault: .unreadable, message: message))
      }
      do throws(PosixError) {
        try keep(try download.finish(), saving)
      } catch {
        return fail(saving, .transient, Exchange(fault: .interrupted, message: "\(error)"))
      }
      saving.download = nil
      send(saving)
    case .success(let response):
      var exchange = exchange
      exchange.message = "the provider answered \(response.status)"
      let wish = response.headers["Retry-After"].flatMap { Int($0) }
      fail(saving, .storing(status: response.status), exchange, wish: wish)
    case .failure(let error):
      if let problem = download.problem { return refuse(saving, problem, exchange) }
      if error.kind == .responseTooLarge { return refuse(saving, .tooLarge, exchange) }
      // A connection that broke off is taken up at once while that brings something.
      let broke = [.reset, .incompleteReply, .timeout].contains(error.kind)
      if broke, download.canResume, download.received > saving.mark,
        saving.resumes < Poller.resumesMax
      {
        saving.resumes += 1
        return fetch(saving)
      }
      fail(saving, .transient, exchange)
    }
  }

  private func redirect(_ saving: Saving, _ response: HTTPResponse, _ exchange: Exchange) {
    var exchange = exchange
    exchange.reply = nil
    guard saving.redirects < OutputAddress.redirectsMax,
      let target = response.headers["Location"].flatMap({
        Redirect.target($0, from: saving.url)
      })
    else {
      exchange.message = "more than \(OutputAddress.redirectsMax) redirects, or one to no URL"
      return fail(saving, .permanent, exchange)
    }
    saving.redirects += 1
    saving.url = target
    fetch(saving)
  }

  /// What came is not the output.
  private func refuse(_ saving: Saving, _ problem: Download.Problem, _ exchange: Exchange) {
    var exchange = exchange
    var replyClass = ReplyClass.transient
    switch problem {
    case .wrongType(let type):
      exchange.message = "the answer is \(type), not the output"
    case .wrongAnswer(let status): exchange.message = "the answer \(status) brings no output"
    case .tooLarge:
      exchange.message = "it is larger than \(saving.store.bytesMax) bytes (output_bytes_max)"
      exchange.fault = .tooLarge
      replyClass = .permanent
    case .noRoom:
      exchange.message = "less than \(saving.store.diskFloor) bytes would stay free on the disk"
      exchange.fault = .interrupted
    case .disk(let why):
      exchange.message = why
      exchange.fault = .interrupted
    }
    if let message = exchange.message, problem == .noRoom || problem == .tooLarge {
      tellOnce(.warning, "output \(saving.index) of \(saving.id): \(message)")
    }
    fail(saving, replyClass, exchange)
  }

  /// This attempt came to nothing.
  /// - Parameter isFinal: no other attempt can end otherwise.
  func fail(
    _ saving: Saving, _ replyClass: ReplyClass, _ exchange: Exchange, wish: Int? = nil,
    isFinal: Bool = false
  ) {
    if let download = saving.download, saving.file == nil {
      if download.canResume, download.problem == nil {
        storeroom.keep(download, as: saving.name)
      } else {
        try? FileSystem.remove(download.path)
      }
      saving.download = nil
    }
    let retryAt =
      isFinal
      ? nil
      : options.savePace.next(
        attempts: saving.attempts, deadline: saving.file == nil ? saving.deadline : nil,
        wish: wish, now: options.clock.now, using: &dice)
    let failure = StoreFailure(
      output: saving.index, replyClass: replyClass, exchange: exchange, retryAt: retryAt)
    outbox.append(
      Entry(
        job: saving.job, id: saving.id, command: .storeFailed(failure), isAnswer: true,
        ends: .save))
  }
}
