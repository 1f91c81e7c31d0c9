import ClusterLog
package import JobEngine
import Synchronization

/// Tells whoever keeps the files of buckets on this node what the log did to the catalogue, once it is in the state.
package final class BucketFeed: Sendable {
    private let hear = Mutex<(@Sendable (BucketNews) -> Void)?>(nil)

    /// Nobody hears anything yet.
    package init() {}

    /// Has the news told from now on; it must be quick.
    package func tell(_ hear: @escaping @Sendable (BucketNews) -> Void) { self.hear.withLock { $0 = hear } }

    /// A state that is told on: the one a member applies to.
    package func watching(_ state: any ReplicatedState) -> any ReplicatedState {
        WatchedState(state) { [self] records in
            let news = BucketNews(records)
            if !news.isEmpty { pass(news) }
        }
    }

    /// Peers that are told on, since what they bring replaces the state.
    package func watching(_ peers: any MemberPeers) -> any MemberPeers {
        WatchedPeers(peers) { [self] in pass(.everything) }
    }

    private func pass(_ news: BucketNews) { hear.withLock { $0 }?(news) }
}

/// What became another one in the catalogue of buckets.
package struct BucketNews: Sendable, Hashable {
    /// Files that were stored or removed.
    package var files: [BucketFileName] = []
    /// Whether anything may have.
    package var isWhole = false

    /// Everything has to be looked at.
    package static var everything: BucketNews {
        var news = BucketNews()
        news.isWhole = true
        return news
    }

    private init() {}

    /// What records come to.
    init(_ records: [ReplicatedRecord]) {
        for record in records {
            switch record {
            case .bucketFile(let entry): files.append(entry.name)
            case .bucketFileRemoved(let name): files.append(name)
            case .bucketForgotten, .bucketsListed: isWhole = true
            default: break
            }
        }
    }

    /// Whether there is none.
    package var isEmpty: Bool { files.isEmpty && !isWhole }
}
