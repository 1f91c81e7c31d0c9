import ClusterLog
import Foundation
import JobEngine
import Logging
import Posix
import Replication
import SQLiteStore
import Support
import Synchronization
import Values

@testable import PeerLink

/// Members that ask each other within one process: what one is asked goes to the routes of the other.
final class JoinedPeers: PeerCaller {
    private struct State {
        var routes: [Int: [PeerRoute]] = [:]
        var silent: Set<Int> = []
        var asked: [String] = []
        var spoiled: Set<Int> = []
    }

    private let state = Mutex(State())

    /// The questions so far, as in `12 changes`.
    var asked: [String] { state.withLock { $0.asked } }

    func join(_ node: Int, _ routes: [PeerRoute]) { state.withLock { $0.routes[node] = routes } }
    /// Nobody answers at a node.
    func silence(_ node: Int) { state.withLock { _ = $0.silent.insert(node) } }
    /// What a node answers breaks off.
    func spoil(_ node: Int) { state.withLock { _ = $0.spoiled.insert(node) } }

    func ask(
        _ route: String, _ body: Value, of peer: PeerAddress, within limit: Duration
    ) async throws(PeerFault) -> Value {
        throw PeerFault(.unknownRoute, "no such route")
    }

    func lines(
        _ route: String, _ body: Value, of peer: PeerAddress, silence: Duration
    ) -> AsyncThrowingStream<Value, any Error> {
        AsyncThrowingStream { $0.finish(throwing: PeerFault(.unknownRoute, "no such route")) }
    }

    func fetch(
        _ route: String, _ body: Value, of peer: PeerAddress, into file: Descriptor, limit: Int
    ) async throws(PeerFault) {
        let (found, isSilent, isSpoiled) = state.withLock { state in
            state.asked.append("\(peer.node) \(route)")
            return (
                state.routes[peer.node]?.first { $0.name == route }, state.silent.contains(peer.node),
                state.spoiled.contains(peer.node)
            )
        }
        if isSilent { throw PeerFault(.unreachable, "nobody answers", wasSent: false) }
        guard let found else { throw PeerFault(.unknownRoute, "no such route") }
        let answer = try await found.answer(PeerQuestion(node: 19, address: "10.0.0.19", body: body))
        guard case .file(let content) = answer else { throw PeerFault(.malformed, "no file") }
        do throws(SystemFault) {
            let bytes = try content.read(from: 0, count: limit > 1 << 26 ? 1 << 26 : limit)
            try file.write(isSpoiled ? bytes.dropLast(7) : bytes[...])
        } catch {
            throw PeerFault(.unreachable, "\(error)")
        }
    }
}

/// A member with a store in a folder of its own, gone with the test.
final class StateMember: Sendable {
    let node: Int
    let folder: String
    let store: SQLiteStore

    init(_ node: Int) throws {
        self.node = node
        folder = NSTemporaryDirectory() + "/member-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        store = SQLiteStore(try SQLiteFile.open(folder: folder + "/data", log: Logger(label: "test")))
    }

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }

    var spool: StateSpool { StateSpool(folder) }
    var address: PeerAddress { PeerAddress(node: node, address: "10.0.0.\(node)", port: 20381) }

    func routes(_ time: ManualTime) -> [PeerRoute] { StateRoutes(store, spool: spool, time: time).all }

    /// Files in the folder beside the store.
    func rests() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0 != "data" }.sorted()
    }

    /// Applies jobs that ended as the next entry; the same jobs make the same entry everywhere.
    func end(_ numbers: ClosedRange<Int>, salt: String = "") async throws {
        let last = try await store.applied().place
        let text = "\(last.chain.text) \(numbers) \(salt)"
        let place = LogPlace(index: last.index + 1, chain: ChainValue(of: Array(text.utf8)))
        try await store.apply(
            numbers.map { .engine(.job(.ended($0), digest: nil)) }, audit: [], after: last,
            upTo: AppliedEntry(place, term: Term(generation: 1, epoch: 3)))
    }
}
