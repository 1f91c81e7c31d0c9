import Access
package import JobEngine
import Logging
import Synchronization
import Waiting

/// The files of buckets in a cluster: the catalogue says which there are, and the disk of each node is brought to that.
package final class SharedBuckets: Sendable {
    /// Copies that are fetched at once.
    private static let fetches = 8

    let catalogue: any BucketCatalogue
    let peers: any BucketPeers
    let registry: FileServiceRegistry
    let time: any TimeSource
    let queue = SettleQueue()
    let staged = StagedContent()
    /// Of each file, one content after the other.
    let turns = StripedTurns(64)
    let fetching = StripedTurns(SharedBuckets.fetches)
    let looks = Mutex(LookState())
    private let layout: @Sendable () -> Served

    /// What is served now.
    struct Served: Sendable {
        let plan: ServiceLayout.Plan
        /// The revision it is of.
        let revision: Int
    }

    init(
        _ catalogue: any BucketCatalogue, peers: any BucketPeers, registry: FileServiceRegistry, time: any TimeSource,
        layout: @escaping @Sendable () -> Served
    ) {
        (self.catalogue, self.peers, self.registry, self.time) = (catalogue, peers, registry, time)
        self.layout = layout
    }

    var served: Served { layout() }

    var log: Logger { registry.logger }

    /// The bucket of a name; `nil` for one that is not served here.
    func bucket(_ name: BucketName) -> ServedBucket? {
        served.plan.services.first { $0.name == name.service }?.bucket(name.name)
    }

    /// - Throws: `badName` for what no node could have.
    func name(_ path: BucketPath, of bucket: ServedBucket) throws(BucketFault) -> BucketFileName {
        guard let name = BucketFileName(path.text, in: bucket.sharedName) else {
            throw .badName("no node of the cluster could have it")
        }
        return name
    }

    func entry(_ name: BucketFileName) async throws(BucketFault) -> BucketEntry? {
        do throws(StoreError) { return try await catalogue.entry(name) } catch { throw .failed("\(error)") }
    }

    /// Whether what is not in the catalogue is not there.
    func isComplete() async throws(BucketFault) -> Bool {
        do throws(StoreError) { return try await catalogue.isComplete() } catch { throw .failed("\(error)") }
    }

    // MARK: Life

    /// To be called for all that the log does to the catalogue.
    package func hear(_ news: BucketNewsOfLog) {
        queue.add(news.files)
        if news.isWhole { queue.wantLook() }
    }

    /// To be called when other buckets are served: the files of new ones are brought here, and those that are gone are taken out
    /// of the catalogue by whoever decides.
    func follow() async {
        let buckets = Set(served.plan.services.flatMap(\.buckets).map(\.folder))
        let isOther = looks.withLock { looks in
            defer { looks.buckets = buckets }
            return looks.buckets != buckets
        }
        guard isOther else { return }
        looks.withLock { $0.lacksForgetting = true }
        await forgetBuckets()
        queue.wantLook()
    }

    /// How it stands, in a few words.
    package var note: ReconcilerNote? {
        let progress = queue.progress
        var words: [String] = []
        if looks.withLock({ $0.isListing }) { words.append("files of before are being listed") }
        if progress.waiting > 0 { words.append("\(progress.waiting) files to come") }
        if progress.failed > 0 {
            words.append("\(progress.failed) files cannot be had, the log says why")
        }
        let foreign = looks.withLock { $0.foreign }
        if foreign > 0 { words.append("\(foreign) files were put there by hand and are not the cluster's") }
        return words.isEmpty ? nil : ReconcilerNote(words.joined(separator: "; "), isImpaired: progress.failed > 0)
    }

    /// Brings this node to what the catalogue has, until the task is cancelled. To be called once.
    package func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask {
                await self.queue.run { name in
                    do throws(BucketFault) {
                        try await self.settle(name)
                        return true
                    } catch .noSuchBucket {
                        // It comes with the bucket.
                        return true
                    } catch {
                        if self.queue.progress.failed == 0 {
                            self.log.warning(
                                "a file of the cluster cannot be had now; of others it is not told as long as one lacks",
                                metadata: ["file": "\(name.bucket.name)/\(name.path)", "cause": "\(error.cause)"])
                        }
                        return false
                    }
                }
            }
            group.addTask { await self.keepLooking() }
        }
    }
}

/// What the log did to the catalogue.
package struct BucketNewsOfLog: Sendable {
    let files: [BucketFileName]
    let isWhole: Bool

    /// Files that were stored or removed, or everything.
    package init(_ files: [BucketFileName], isWhole: Bool) { (self.files, self.isWhole) = (files, isWhole) }
}
