import Access
import JobEngine
import Values

// What clients and jobs of this node change.
extension SharedBuckets {
    /// What has to be so of the file for a change under conditions.
    ///
    /// - Throws: `conditionFailed` when it is not so as far as this node knows; who decides looks once more.
    func expectation(
        _ name: BucketFileName, _ conditions: Preconditions
    ) async throws(BucketFault) -> BucketExpectation {
        if conditions.isEmpty { return .anything }
        let entry = try await entry(name)
        if entry == nil, try await !isComplete() { throw .later(Self.listing) }
        try conditions.require(entry.map { FileVersion($0) })
        return .tag(entry?.tag)
    }

    /// Stores what was uploaded here. On return it is in the log and in its place on this node, a copy is on the disk of another
    /// member if one is ready, and those that are ready know of it.
    ///
    /// - Parameter user: Who stores it.
    func keep(
        _ upload: Upload, as path: BucketPath, of bucket: ServedBucket, when conditions: Preconditions, by user: String
    ) async throws(BucketFault) {
        let name = try name(path, of: bucket)
        let (sha256, size) = try await bucket.folder.owner.threads.run { () throws(BucketFault) in
            try upload.flush()
            return try upload.digest()
        }
        let expected = try await expectation(name, conditions)
        guard
            let draft = BucketEntry(
                name, size: size, sha256: sha256, at: Timestamp(milliseconds: Int(time.now)), node: peers.node,
                user: user)
        else { throw .failed("what was uploaded has no digest") }
        guard staged.add(upload, for: draft, until: .seconds(1 << 40)) else { throw .busy }
        defer { staged.drop(upload, for: draft) }
        try await copy(draft)
        do throws(BucketRefusal) { _ = try await peers.decide(.keep(draft, over: expected)) } catch {
            throw BucketFault(error, path)
        }
        try await settle(name)
        await peers.awaitOthers()
    }

    /// Removes a file. On return it is gone here, and for those that are ready.
    func remove(
        _ path: BucketPath, of bucket: ServedBucket, when conditions: Preconditions
    ) async throws(BucketFault) {
        let name = try name(path, of: bucket)
        let expected: BucketExpectation
        if !conditions.isEmpty, try await entry(name) == nil, try await isComplete() { throw .noSuchFile }
        expected = try await expectation(name, conditions)
        do throws(BucketRefusal) { _ = try await peers.decide(.remove(name, over: expected)) } catch {
            if error == .missing, try await !isComplete() { throw .later(Self.listing) }
            throw BucketFault(error, path)
        }
        try await settle(name)
        await peers.awaitOthers()
    }

    private static var listing: String { "the files that were there before the cluster are being listed still" }

    /// Has one of the members that are ready take a copy.
    ///
    /// - Throws: `later` when none of them does: a file that is on one node alone would be lost with it.
    private func copy(_ entry: BucketEntry) async throws(BucketFault) {
        let members = peers.ready
        var reasons: [String] = []
        for node in members {
            do throws(BucketRefusal) { return try await peers.offer(entry, to: node) } catch {
                reasons.append("node \(node): \(error)")
            }
        }
        if !members.isEmpty { throw .later("no other member takes a copy: \(reasons.joined(separator: "; "))") }
    }
}

extension BucketFault {
    /// What a refusal of whoever decides is for the client.
    init(_ refusal: BucketRefusal, _ path: BucketPath) {
        switch refusal {
        case .changed: self = .conditionFailed
        case .missing: self = .noSuchFile
        case .obstructed(let other):
            self = .conflict("'\(path.text)' cannot be beside '\(other)': one of them is a folder; remove that first.")
        case .full: self = .noSpace
        case .later(let text): self = .later(text)
        }
    }
}
