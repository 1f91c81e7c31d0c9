import ClusterLog
import Foundation
import JobEngine
import Replication

/// The other members of the run, by the entries they wrote down: what etcd does not keep any more is had from there.
struct RecordedPeers: MemberPeers {
    let folders: [String]
    let state: RecordingState
    let recording: Recording

    func catchUp(since place: LogPlace?, generation: Int) async -> CatchUp {
        guard let place else { return .failed }
        for folder in folders {
            guard let entries = try? entries(in: folder, behind: place) else { continue }
            if let end = await apply(entries, behind: place) { return .changed(to: end) }
        }
        return .failed
    }

    /// The entries a member has seen from the one behind a place on, as far as none is missing.
    private func entries(in folder: String, behind place: LogPlace) throws -> [LogEntry] {
        var found: [Int: LogEntry] = [:]
        for line in try Data(contentsOf: URL(filePath: "\(folder)/entries")).split(separator: UInt8(ascii: "\n")) {
            let parts = line.split(separator: UInt8(ascii: " "))
            // The last line may not be whole yet.
            guard parts.count == 2, let index = Int(String(decoding: parts[0], as: UTF8.self)), index > place.index,
                let bytes = Data(base64Encoded: Data(parts[1])), let entry = try? LogEntry(reading: Array(bytes))
            else { continue }
            found[index] = entry
        }
        var chain: [LogEntry] = []
        var end = place
        while let next = found[end.index + 1], next.header.previous == end.chain {
            chain.append(next)
            end = next.place
        }
        return chain
    }

    /// - Returns: The last one, `nil` when there is none or the first could not be applied.
    private func apply(_ entries: [LogEntry], behind place: LogPlace) async -> AppliedEntry? {
        var end: AppliedEntry?
        for entry in entries {
            // No batch of these members is so large that it is split.
            guard !entry.header.hasMore, entry.header.piece == 0 else { break }
            recording.see(entry.bytes)
            let next = AppliedEntry(entry.place, term: entry.header.term)
            do {
                let records = entry.payload.isEmpty ? [] : try ReplicatedBatch.records(in: entry.payload)
                try await state.apply(records, audit: [], after: end?.place ?? place, upTo: next)
            } catch {
                break
            }
            end = next
        }
        return end
    }
}
