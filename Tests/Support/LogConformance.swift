package import JobEngine
import Values

/// What every log keeps to, and every store that applies it, whatever they are made of.
package struct LogConformance {
    private let store: any Store

    /// - Parameter store: Empty.
    package init(_ store: any Store) {
        self.store = store
    }

    /// - Returns: What the log does otherwise; empty when it is one.
    package func violations() async throws -> [String] {
        var found: [String] = []
        let check = { (holds: Bool, rule: String) in if !holds { found.append(rule) } }
        let first = try await store.beginTerm()
        let second = try await store.beginTerm()
        check(second.term > first.term && second.index == first.index + 1, "a term begins with an entry of its own")
        check(await refuses([.job(.fixture(number: 1), digest: nil)], after: first), "a former term appends nothing")
        check(try await store.open().openJobs.isEmpty, "what is refused is not stored")

        let place = second
        try await store.append([.job(.fixture(number: 1), digest: nil)], audit: [], after: place)
        check(try await store.end() == place.next, "an append is one place")
        check(
            await refuses([.job(.fixture(number: 2), digest: nil)], after: place), "a place is taken once")
        check(try await store.open().openJobs.map(\.id.number) == [1], "what was appended is open")

        var ended = JobRecord.fixture(number: 1)
        ended.outcome = .ok
        ended.endedAt = Timestamp(milliseconds: 1_800_000_001_000)
        try await store.append(
            [.job(.fixture(number: 3), digest: nil), .job(.fixture(number: 1), digest: nil), .job(ended, digest: nil)],
            audit: [], after: place.next)
        check(try await store.job(ended.id)?.outcome == .ok, "of a job its last state counts")
        check(try await store.open().openJobs.map(\.id.number) == [3], "a job that ended is not open")
        check(try await store.open().nextNumber == 4, "numbers of jobs are given out")
        try await rest(after: place.next.next, check)
        return found
    }

    private func rest(after place: LogPosition, _ check: (Bool, String) -> Void) async throws {
        var place = place
        let append = { (records: [LogRecord]) in
            try await store.append(records, audit: [], after: place)
            place = place.next
        }
        try await append([.numbers(through: 20), .rule(rule(5)), .rule(rule(6)), .ruleRemoved(5)])
        check(try await store.open().nextNumber == 21, "reserved numbers are given out")
        check(try await store.open().rules.map(\.number) == [6], "a rule that was removed is gone")
        try await append([.suspension(node: 12, isSuspended: true), .suspension(node: 13, isSuspended: true)])
        try await append([.suspension(node: 12, isSuspended: false)])
        try await append([.undoKept(undo(0)), .undoKept(undo(1))])
        try await append([.undoSettled(undo(1).key)])
        check(try await store.open().keptUndos == [undo(0)], "an undo that was settled is gone, another one stays")
        check(try await store.open().suspendedNodes == [13], "a node that was resumed is not suspended")

        var keyed = JobRecord.fixture(number: 30)
        keyed.idempotencyKey = "k"
        var later = JobRecord.fixture(number: 31)
        later.idempotencyKey = "k"
        try await append([.job(keyed, digest: "d")])
        let known = try await store.job(user: "admin", idempotencyKey: "k")
        check(known?.id == keyed.id && known?.digest == "d", "a key finds its job")
        // Guards are settled before an append: what is in the log is never refused.
        try await append([.job(later, digest: "e")])
        check(try await store.job(user: "admin", idempotencyKey: "k")?.id == later.id, "a key moves to the newer job")

        let revision = RevisionRecord(
            number: 7, text: "x", sha256: "s", checksum: "c", user: "admin", at: Timestamp(milliseconds: 0))
        let nodes = [Acknowledgement(node: 11, state: .acknowledged, at: Timestamp(milliseconds: 1))]
        try await append([.revision(revision)])
        try await append([.acknowledgements(nodes, revision: 7)])
        check(try await store.open().head?.number == 7, "the last revision is the head")
        check(try await store.revision(7)?.acknowledgements == nodes, "who has a revision is kept")

        try await store.apply(StoreWrite(job: .fixture(number: 40)))
        check(
            await refuses([.job(.fixture(number: 41), digest: nil)], after: place),
            "a change outside of terms deposes")
    }

    private func refuses(_ records: [LogRecord], after place: LogPosition) async -> Bool {
        do throws(StoreError) {
            try await store.append(records, audit: [], after: place)
            return false
        } catch {
            return error == .deposed
        }
    }

    private func undo(_ step: Int) -> KeptUndo {
        KeptUndo(
            job: JobID(node: 11, number: 3), step: step, type: "act",
            of: CommandRecord(action: "do", node: 13, arguments: ["a": "b"], undo: "undo"),
            since: Timestamp(milliseconds: 5))
    }

    private func rule(_ number: Int) -> QueueRule {
        QueueRule(number: number, action: .pause, user: "admin", at: Timestamp(milliseconds: 0))
    }
}
