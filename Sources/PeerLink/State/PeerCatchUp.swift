package import ClusterLog
package import Logging
package import Replication

/// What the log does not keep any more is had from members that are ready, one after the other.
package struct PeerCatchUp: MemberPeers {
    private let asking: StateAsking
    private let sink: any StateSink
    private let asideFolder: String
    private let log: Logger

    /// - Parameters:
    ///   - sink: The store of this node.
    ///   - asideFolder: Where a copy of a store goes that has what the cluster has not.
    package init(_ asking: StateAsking, sink: any StateSink, asideFolder: String, log: Logger) {
        (self.asking, self.sink, self.asideFolder, self.log) = (asking, sink, asideFolder, log)
    }

    package func catchUp(since place: LogPlace?, generation: Int) async -> CatchUp {
        do throws(StateFault) {
            let marks = try await sink.marks()
            guard let place else { return try await replace(marks, generation) }
            // Somebody else has changed the state: whoever asks looks again.
            guard marks.place == place else { return .failed }
            return try await change(since: marks, generation)
        } catch {
            log.error("the state of this node cannot be brought to that of others", metadata: ["cause": "\(error)"])
            return .failed
        }
    }

    private func change(since marks: StateMarks, _ generation: Int) async throws(StateFault) -> CatchUp {
        // One that has nothing yet is given the state first, and the past afterwards.
        let request: StateRequest =
            marks.isEmpty ? .state(generation: generation) : .changes(since: marks, generation: generation)
        switch await take(request) {
        case .taken(let entry, _): return .changed(to: entry)
        case .refused(let refusals):
            report(refusals)
            return refusals.contains { $0.fault == .noPrefix } ? .noPrefix : .failed
        }
    }

    /// Takes a state as a whole; what was here is put aside first.
    private func replace(_ marks: StateMarks, _ generation: Int) async throws(StateFault) -> CatchUp {
        let copy = marks.isEmpty ? nil : try await sink.setAside(into: asideFolder)
        switch await take(.state(generation: generation)) {
        case .refused(let refusals):
            report(refusals)
            return .failed
        case .taken(let entry, let member):
            guard let copy else { return .changed(to: entry) }
            log.warning(
                "what this node had is not what the cluster has; it was put aside",
                metadata: [
                    "copy": "\(copy)", "entry": "\(marks.place.index)", "replaced by entry": "\(entry.place.index)",
                    "from node": "\(member.node)",
                ])
            do throws(StateFault) {
                let report = try await sink.tellDiverged(from: copy)
                log.warning("what only this node had is written down", metadata: ["file": "\(report)"])
            } catch {
                log.error("what only this node had cannot be written down", metadata: ["cause": "\(error)"])
            }
            return .changed(to: entry)
        }
    }

    private func take(_ request: StateRequest) async -> Asked<AppliedEntry> {
        await asking.first(request) { (content) throws(StateFault) in try await sink.take(content, for: request) }
    }

    private func report(_ refusals: [Refusal]) {
        let causes = refusals.isEmpty ? "no other member is ready" : refusals.map(\.text).joined(separator: "; ")
        log.notice("no member had what this node lacks", metadata: ["causes": "\(causes)"])
    }
}

extension StateMarks {
    /// Whether there is nothing that could be lost.
    fileprivate var isEmpty: Bool { lastEnd == nil && head == nil }
}
