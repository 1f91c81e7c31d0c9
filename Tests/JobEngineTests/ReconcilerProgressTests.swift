import Testing
import Values

@testable import JobEngine

struct ReconcilerProgressTests {
    private let start = Timestamp(milliseconds: 1_000)
    private let later = Timestamp(milliseconds: 2_000)

    @Test func pausesGrowUpToAMinuteAndEndWithSuccess() {
        var progress = ReconcilerProgress(at: start)
        #expect(progress.pause == nil)
        var pauses: [Duration?] = []
        for _ in 0..<9 {
            progress.begin(at: .zero)
            progress.end("broken", revision: 2, at: later)
            pauses.append(progress.pause)
        }
        #expect(pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60].map { .seconds($0) })
        progress.end(nil, revision: 2, at: later)
        #expect(progress.pause == nil && progress.failures == 9 && progress.revision == 2)
        progress.end("broken", revision: 3, at: later)
        #expect(progress.pause == .seconds(1) && progress.revision == 2)
    }

    @Test func itIsToldSinceWhenItStandsAsItDoes() {
        var progress = ReconcilerProgress(at: start)
        progress.end(nil, revision: 1, at: later)
        #expect(progress.since == later, "it never stood before")
        progress.end(nil, revision: 2, at: Timestamp(milliseconds: 3_000))
        #expect(progress.since == later)
        progress.end("broken", revision: 3, at: Timestamp(milliseconds: 4_000))
        progress.end("still broken", revision: 3, at: Timestamp(milliseconds: 5_000))
        #expect(progress.since == Timestamp(milliseconds: 4_000) && progress.fault == "still broken")
        progress.end(nil, revision: 3, at: Timestamp(milliseconds: 6_000))
        #expect(progress.since == Timestamp(milliseconds: 6_000) && progress.fault == nil)
    }

    @Test func whatTakesTooLongIsAFindingOfItsOwn() {
        var progress = ReconcilerProgress(at: start)
        progress.begin(at: .seconds(10))
        #expect(progress.finding(at: .seconds(14)) == nil && !progress.isLate(at: .seconds(14)))
        #expect(progress.finding(at: .seconds(17)) == "It has not ended for 7 s.")
        progress.end("broken", revision: 1, at: later)
        progress.begin(at: .seconds(20))
        #expect(progress.finding(at: .seconds(21)) == "broken")
        #expect(progress.finding(at: .seconds(25)) == "It has not ended for 5 s. Before that: broken")
    }
}
