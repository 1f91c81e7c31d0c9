import Access
import Certificates
import JobEngine
import PeerLink
import Replication
import SQLiteStore
import Values
import Waiting

/// What this node has, to be compared with others: each table is read as a whole, so one look at a time.
final class NodeDumps: Sendable {
    private static let name = "dump"

    private let store: SQLiteStore
    private let files: FileKeeper
    private let scheduler: JobScheduler
    private let turns = Turns()

    init(_ store: SQLiteStore, files: FileKeeper, scheduler: JobScheduler) {
        (self.store, self.files, self.scheduler) = (store, files, scheduler)
    }

    /// - Throws: ``PeerFault`` `refused` when it cannot be read.
    func look() async throws(PeerFault) -> MemberDump {
        await turns.begin()
        defer { turns.end() }
        do {
            // Those of a revision that is being installed are not to be in their places yet.
            let revision = scheduler.configuration.revision
            let deviations = try await files.deviations(upTo: revision)
            return MemberDump(try await store.dump(), files: deviations, jobs: jobs)
        } catch {
            throw PeerFault(.refused, "what it has cannot be read: \(error)")
        }
    }

    var route: PeerRoute {
        PeerRoute(Self.name, questionLimit: 1 << 10) { [self] question throws(PeerFault) in
            guard question.node != nil else { throw PeerFault(.stranger, "Only a node may ask this.") }
            return .value(try await look().value)
        }
    }

    /// Asks another node.
    ///
    /// - Throws: ``PeerFault``.
    static func ask(_ caller: any PeerCaller, _ peer: PeerAddress, within limit: Duration) async throws(PeerFault)
        -> MemberDump
    {
        guard let dump = MemberDump(try await caller.ask(name, [:], of: peer, within: limit)) else {
            throw PeerFault(.malformed, "its answer cannot be read: another version?")
        }
        return dump
    }

    /// What each job of this node asks for and who may have it done.
    private var jobs: [String: String] {
        var found: [String: String] = [:]
        for definition in scheduler.catalogue.all {
            let words =
                ["\(definition.mode)", definition.noun, definition.result] + definition.permission.users
                + definition.permission.groups
                + definition.mandatory.map { "needs \($0.name) \($0.types.map { "\($0)" })" }
                + definition.optional.map { "may \($0.name) \($0.types.map { "\($0)" })" }
            found[definition.name] = Digest.sha256Hex(Array(words.joined(separator: "\n").utf8))
        }
        return found
    }
}
