// Every diagnosis, the most important first: a new one is a file beside these and a line here.

extension DiagnosisRule {
  /// In the order in which `explain` tells them: what still needs a person and costs money first.
  package static let all: [DiagnosisRule] = [
    neverPolled,
    pollStoppedOnError,
    handleIncomplete,
    submitUncertain,
    duplicateHandle,
    authRefused,
    outputExpiredUnsaved,
    clientTimedOutJobRan,
    resultNotSeen,
    verdictConflict,
    lateSuccessAfterRelease,
    providerBilledWithoutCapture,
    capturedNotBilled,
    stuckInQueue,
    status404,
    unknownStatusWord,
    completedWithoutOutput,
    moderated,
    rateLimited,
    webhookLost,
    orphanNotification,
    outOfOrderNotification,
    duplicateNotification,
    streamRefused,
  ]

  /// Where two rules see the same trouble the sharper one speaks; it stands earlier in the list.
  static let silencedBy: [String: Set<String>] = [
    // A status address without its model answers 404: the address is the trouble.
    status404.code: [handleIncomplete.code],
    // A success after the release is billed, of course.
    providerBilledWithoutCapture.code: [lateSuccessAfterRelease.code],
  ]
}
