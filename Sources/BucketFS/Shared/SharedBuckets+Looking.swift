import Access
import JobEngine
import Logging
import Synchronization
import Values

/// What looks at everything found, and whether one goes on.
struct LookState: Sendable {
    /// Files of before are being put into the catalogue.
    var isListing = false
    /// Files that are not in the catalogue and were not brought here.
    var foreign = 0
    /// What kept it from that the last time.
    var causes: Set<String> = []
    /// Whether the catalogue may have buckets that are gone.
    var lacksForgetting = true
    /// Those that were served last.
    var buckets: Set<BucketFolder> = []
}

// Looks at all there is: at the start, when the state became another one, and from time to time.
extension SharedBuckets {
    private static let pause = Duration.seconds(2)
    /// Between two looks at everything.
    private static let span = Duration.seconds(600)
    /// Entries, and files, that are looked at together.
    private static let page = 500

    func keepLooking() async {
        var last = time.monotonic
        var lacksList = true
        while !Task.isCancelled {
            if lacksList { lacksList = await !list() }
            if looks.withLock({ $0.lacksForgetting }) { await forgetBuckets() }
            if time.monotonic - last > Self.span { queue.wantLook() }
            if queue.takeLook() {
                last = time.monotonic
                await look()
            }
            queue.retry()
            staged.clear(at: time.monotonic)
            await time.sleep(until: time.monotonic + Self.pause)
        }
    }

    /// Has all brought to what the catalogue has that is not so here. What cannot be looked at is looked at again; that is told
    /// once.
    private func look() async {
        var (foreign, causes) = (0, Set<String>())
        for bucket in served.plan.services.flatMap(\.buckets) {
            if Task.isCancelled { return }
            do throws(BucketFault) {
                try await lookForMissing(in: bucket)
                if try await isComplete() { foreign += try await lookForSurplus(in: bucket) }
            } catch .noSuchFile {
                // Nothing was ever stored.
                continue
            } catch {
                causes.insert("\(bucket.name): \(error.cause)")
            }
        }
        if !causes.isEmpty { queue.wantLook() }
        let news = looks.withLock { [foreign, causes] looks in
            looks.foreign = foreign
            defer { looks.causes = causes }
            return causes.subtracting(looks.causes)
        }
        for cause in news.sorted() {
            log.notice(
                "files of a bucket cannot be compared with those of the cluster now", metadata: ["cause": "\(cause)"])
        }
    }

    private func lookForMissing(in bucket: ServedBucket) async throws(BucketFault) {
        var last: String?
        while !Task.isCancelled {
            let entries: [BucketEntry]
            do throws(StoreError) {
                entries = try await catalogue.entries(of: bucket.sharedName, after: last, limit: Self.page)
            } catch {
                throw .failed("\(error)")
            }
            guard let end = entries.last else { return }
            last = end.name.path
            let content = try await bucket.folder.openMaking()
            let missing = try await content.owner.threads.run { () throws(BucketFault) in
                entries.filter { entry in
                    guard let path = try? BucketPath(entry.name.path.split(separator: "/").map(String.init)),
                        let found = try? content.found(path)
                    else { return true }
                    return ContentVerdict(entry, found) != .settled
                }
            }
            await add(missing.map(\.name))
        }
    }

    /// - Returns: How many files there are that are none of the cluster's.
    private func lookForSurplus(in bucket: ServedBucket) async throws(BucketFault) -> Int {
        let content = try await bucket.folder.open()
        var walk = FileWalk(content)
        var foreign = 0
        while !Task.isCancelled, let files = try await walk.advance() {
            var rest = files[...]
            while !rest.isEmpty {
                let part = rest.prefix(Self.page)
                rest = rest.dropFirst(Self.page)
                let found = try await content.owner.threads.run { () throws(BucketFault) in
                    part.map { path in (path, try? content.found(path)) }
                }
                for (path, file) in found {
                    let name = try name(path, of: bucket)
                    guard let file, !bucket.isOfPlugin(path), try await entry(name) == nil else { continue }
                    switch ContentVerdict(nil, file) {
                    case .remove: await add([name])
                    default: foreign += 1
                    }
                }
            }
        }
        return foreign
    }

    private func add(_ names: [BucketFileName]) async {
        while !queue.hasRoom, !Task.isCancelled { await time.sleep(until: time.monotonic + Self.pause) }
        queue.add(names)
    }

    /// Where this node decides: takes out of the catalogue what the configuration has no more.
    func forgetBuckets() async {
        let served = served
        guard peers.decides, served.plan.isComplete, let known = try? await catalogue.buckets() else { return }
        looks.withLock { $0.lacksForgetting = false }
        let there = Set(served.plan.services.flatMap(\.buckets).map(\.sharedName))
        for bucket in known where !there.contains(bucket) {
            do throws(BucketRefusal) {
                _ = try await peers.decide(.forget(bucket, revision: served.revision))
            } catch {
                looks.withLock { $0.lacksForgetting = true }
                log.debug(
                    "a bucket that is gone is in the catalogue still",
                    metadata: ["bucket": "\(bucket.service)/\(bucket.name)", "cause": "\(error)"])
            }
        }
    }

    // MARK: What was there before

    /// On the oldest member, puts the files that were here before the cluster into its catalogue, in pieces; once, and again from
    /// the beginning when that broke off.
    ///
    /// - Returns: Whether all are in it.
    private func list() async -> Bool {
        do throws(BucketFault) {
            if try await isComplete() { return true }
            guard await peers.isOldest() else { return false }
            looks.withLock { $0.isListing = true }
            for service in served.plan.services {
                for bucket in service.buckets {
                    do throws(BucketFault) { try await list(bucket) } catch .noSuchFile { continue }
                }
            }
            try await decide(.endListing)
            looks.withLock { $0.isListing = false }
            return true
        } catch {
            log.debug("files of before are not in the catalogue yet", metadata: ["cause": "\(error.cause)"])
            return false
        }
    }

    private func list(_ bucket: ServedBucket) async throws(BucketFault) {
        let content = try await bucket.folder.open()
        var walk = FileWalk(content)
        var entries: [BucketEntry] = []
        while let files = try await walk.advance() {
            for path in files {
                let name = try name(path, of: bucket)
                guard try await entry(name) == nil, !bucket.isOfPlugin(path) else { continue }
                // What the owner has no right to is served to nobody.
                do throws(BucketFault) {
                    if let entry = try await self.entry(ofFile: name, at: path, in: content) { entries.append(entry) }
                } catch .notTheirs {
                    continue
                }
                if entries.count == BucketOrder.mostListed {
                    try await decide(.list(entries))
                    entries = []
                }
            }
        }
        if !entries.isEmpty { try await decide(.list(entries)) }
    }

    /// A file of before as it is to be listed; it bears the time of its entry from then on.
    private func entry(
        ofFile name: BucketFileName, at path: BucketPath, in content: BucketContent
    ) async throws(BucketFault) -> BucketEntry? {
        let node = peers.node
        return try await content.owner.threads.run { () throws(BucketFault) in
            guard let (file, found) = try content.opened(path) else { return nil }
            let entry = BucketEntry(
                name, size: file.size, sha256: try file.sha256(), at: found.time.timestamp, node: node, user: "confd")
            if let entry, try content.found(path) == found { file.bear(ContentTime(of: entry)) }
            return entry
        }
    }

    private func decide(_ order: BucketOrder) async throws(BucketFault) {
        do throws(BucketRefusal) { _ = try await peers.decide(order) } catch { throw .later("\(error)") }
    }
}
