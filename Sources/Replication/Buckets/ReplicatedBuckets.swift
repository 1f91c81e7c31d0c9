package import Access
import ClusterLog
package import JobEngine
import Values

/// Decides on the files of buckets where this node decides: an order is looked at beside what the catalogue has, and what it comes
/// to is a record of the log.
package struct ReplicatedBuckets: Sendable {
    private let store: ReplicatedStore
    private let catalogue: any BucketCatalogue
    private let time: any TimeSource

    /// - Parameter catalogue: That in the state the store applies to.
    package init(_ store: ReplicatedStore, catalogue: any BucketCatalogue, time: any TimeSource) {
        (self.store, self.catalogue, self.time) = (store, catalogue, time)
    }

    /// Whether this node decides, as far as it knows.
    package var decides: Bool { store.decides }

    /// Has an order in the log, and in the state of this node.
    ///
    /// - Returns: What is kept, with its time; `nil` for every other order.
    /// - Throws: ``BucketRefusal``: `later` when this node does not decide, or nobody knows what became of it.
    @discardableResult
    package func decide(_ order: BucketOrder) async throws(BucketRefusal) -> BucketEntry? {
        try await store.decide(refusing: { BucketRefusal($0) }) { () async throws(BucketRefusal) in
            try await decision(on: order)
        }
    }

    private func decision(on order: BucketOrder) async throws(BucketRefusal) -> Decision<BucketEntry?> {
        switch order {
        case .keep(let entry, let expected): return try await keep(entry, over: expected)
        case .remove(let name, let expected):
            guard let present = try await entry(name) else { throw .missing }
            guard expected.holds(of: present) else { throw .changed }
            return Decision(nil, [.bucketFileRemoved(name)])
        case .list(let entries):
            var records: [ReplicatedRecord] = []
            for entry in entries where try await self.entry(entry.name) == nil {
                if try await obstacle(to: entry.name) == nil { records.append(.bucketFile(entry)) }
            }
            return Decision(nil, records)
        case .endListing:
            let isComplete = try await told { () async throws(StoreError) in try await catalogue.isComplete() }
            return Decision(nil, isComplete ? [] : [.bucketsListed])
        case .forget(let bucket, let revision):
            let (head, first) = try await told { () async throws(StoreError) in
                (
                    try await store.revisions(below: nil, limit: 1).first?.number,
                    try await catalogue.entries(of: bucket, after: nil, limit: 1)
                )
            }
            // A bucket of a newer revision may be one of the same name.
            guard head == revision else { throw .changed }
            return Decision(nil, first.isEmpty ? [] : [.bucketForgotten(bucket)])
        }
    }

    private func keep(
        _ entry: BucketEntry, over expected: BucketExpectation
    ) async throws(BucketRefusal) -> Decision<BucketEntry?> {
        let present = try await self.entry(entry.name)
        guard expected.holds(of: present) else { throw .changed }
        if let path = try await obstacle(to: entry.name) { throw .obstructed(by: path) }
        var kept = entry
        // Another time for each content, whatever clocks do: nodes tell by it what they have.
        let former = present.map { $0.at.milliseconds + 1 } ?? 0
        kept.at = Timestamp(milliseconds: max(Int(time.now), former))
        return Decision(kept, [.bucketFile(kept)])
    }

    private func entry(_ name: BucketFileName) async throws(BucketRefusal) -> BucketEntry? {
        try await told { () async throws(StoreError) in try await catalogue.entry(name) }
    }

    private func obstacle(to name: BucketFileName) async throws(BucketRefusal) -> String? {
        try await told { () async throws(StoreError) in try await catalogue.obstacle(to: name) }
    }

    private func told<Answer: Sendable>(
        _ look: () async throws(StoreError) -> Answer
    ) async throws(BucketRefusal) -> Answer {
        do throws(StoreError) { return try await look() } catch { throw BucketRefusal(error) }
    }
}

extension BucketRefusal {
    init(_ error: StoreError) {
        switch error {
        case .full(let text): self = .full(text)
        case .deposed: self = .later("this node does not decide")
        case .headMoved, .keyTaken, .unavailable: self = .later("\(error)")
        }
    }
}
