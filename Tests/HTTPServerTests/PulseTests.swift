// How a thread that never comes back is noticed.

import Posix
import Testing

@Suite("Pulses") struct PulseTests {
  @Test("threads that share pulses have one each, and who comes back ends its own")
  func shared() {
    let (one, other) = (Pulse(), Pulse())
    #expect(one.beginIfResting() && !one.beginIfResting())
    #expect(other.beginIfResting())
    usleepBriefly()
    other.end()
    #expect(one.busySeconds > 0 && other.busySeconds == 0)
    #expect(other.beginIfResting())
  }
}
