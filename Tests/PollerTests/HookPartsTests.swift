// The pure parts of hooks: order and rhythm.

import Ledger
import Poller
import Support
import Testing
import Wire

@Suite("Hooks' queue and pace", .seeded) struct HookPartsTests {
  private static let now = Timestamp(microseconds: 1_800_000_000_000_000)

  private func event(_ position: Position, _ job: SubjectNumber) -> HookEvent {
    HookEvent(position: position, job: job, at: HookPartsTests.now)
  }

  @Test("whatever fails in whatever order, each job's events leave in order and none is lost")
  func random() {
    var dice = SplitMix64(seed: Seed.current)
    var queue = HookQueue(after: 0)
    var pending: [Position: SubjectNumber] = [:]
    for position in 1...200 as ClosedRange<Position> {
      let job = SubjectNumber.random(in: 1...9, using: &dice)
      queue.add(event(position, job))
      pending[position] = job
    }
    queue.advance(to: 210)
    var now = HookPartsTests.now
    var flying: [HookEvent] = []
    while !pending.isEmpty || !flying.isEmpty {
      let taken = queue.take(4 - flying.count, now: now)
      for event in taken {
        let isFirst = pending.allSatisfy { $0.value != event.job || $0.key >= event.position }
        #expect(isFirst && !flying.contains { $0.job == event.job })
      }
      flying += taken
      #expect(queue.out == flying.count && queue.through < pending.keys.min() ?? .max)
      guard let event = flying.randomElement(using: &dice) else {
        now = queue.nextAt(now: now) ?? now
        continue
      }
      flying.removeAll { $0 == event }
      if Bool.random(using: &dice) {
        queue.settle(event.position)
        pending[event.position] = nil
      } else {
        let wait = Double.random(in: 0...60, using: &dice)
        queue.postpone(event.position, failedAt: now, until: now.advanced(seconds: wait))
      }
    }
    #expect(queue.count == 0 && queue.through == 210 && queue.nextAt(now: now) == nil)
  }

  @Test("pauses grow from 5 seconds to an hour, the last try is after a day, then it is given up")
  func pace() throws {
    var dice = SplitMix64(seed: Seed.current)
    var pace = HookPace()
    pace.jitter = 0
    let start = HookPartsTests.now
    var pauses: [Double] = []
    var now = start
    while let next = pace.next(failedAt: start, now: now, using: &dice) {
      pauses.append(next.seconds(since: now))
      now = next
    }
    #expect(Array(pauses.prefix(5)) == [5, 5, 10, 20, 40])
    #expect(pauses.max() == 3600 && now.seconds(since: start) == 86_400)
    #expect(pauses.count < 40)
  }

  @Test("a receiver's wish is heard, up to an hour")
  func wish() {
    var dice = SplitMix64(seed: Seed.current)
    let start = HookPartsTests.now
    for (wish, least, most) in [(120, 120.0, 120.0), (1_000_000, 3600, 3600), (0, 4, 6)] {
      let next = HookPace().next(failedAt: start, wish: wish, now: start, using: &dice)
      let seconds = next?.seconds(since: start) ?? 0
      #expect((least...most).contains(seconds))
    }
  }

  @Test("a receiver that is down is asked with one message at a time, at most once a minute")
  func receiverDown() {
    let pace = HookPace()
    #expect(pace.pause(failures: 2, now: HookPartsTests.now) == nil && pace.lanes(failures: 2) == 4)
    let pauses = (3...9).map { pace.pause(failures: $0, now: HookPartsTests.now) }
    #expect(
      pauses.map { $0?.seconds(since: HookPartsTests.now) } == [5, 10, 20, 40, 60, 60, 60])
    #expect(pace.lanes(failures: 3) == 1)
  }
}
