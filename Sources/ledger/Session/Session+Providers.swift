// The profiles that this home knows.

import Programs
import Providers

extension Session {
  func registry() throws -> ProfileRegistry { try ProfileRegistry(of: home) }
}
