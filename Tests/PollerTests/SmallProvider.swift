// The profile of `SmallServer`, as an override in the home.

import Ledger
import Posix
import Wire

extension Rig {
  /// Writes the profile `small`, at the server's address and the pace of tests.
  func add(_ server: SmallServer, _ changes: [String: JSON] = [:]) throws {
    let plain: JSON = [
      "profile": 1, "name": "small", "base_url": .string(server.address),
      "submit": ["url": "/jobs", "body": "{{job.input}}", "timeout_s": 5],
      "status": ["url": "/jobs/{{handle.external_id}}"],
      "handle": ["external_id": "/id"],
      "state": [
        "pointers": "/state", "words": ["run": "pending", "done": "succeeded", "bad": "failed"],
      ],
      "outputs": [["items": "/url"]], "error": ["pointers": "/error"],
      "limits": ["poll": Rig.quickPoll],
    ]
    var profile = plain.object!
    for (name, value) in changes { profile[name] = value }
    try FileSystem.replace(
      home.providers + "/small.json", with: JSON.object(profile).bytes)
  }
}
