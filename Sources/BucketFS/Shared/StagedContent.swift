import JobEngine
import Synchronization

/// Contents that are on the disk of this node and have no name in their bucket yet: those of uploads under way here, and copies of
/// those of other nodes. What nobody has stored in time is given up.
final class StagedContent: Sendable {
    /// So many at once.
    static let most = 512
    /// How long a copy is kept for the change that goes with it.
    static let patience = Duration.seconds(120)

    private struct Key: Hashable {
        let name: BucketFileName
        let sha256: String
    }

    private struct Staged {
        let upload: Upload
        let until: Duration
    }

    private let staged = Mutex<[Key: Staged]>([:])

    /// - Returns: False when there are too many.
    func add(_ upload: Upload, for entry: BucketEntry, until: Duration) -> Bool {
        staged.withLock { staged in
            let key = Key(name: entry.name, sha256: entry.sha256)
            guard staged[key] != nil || staged.count < Self.most else { return false }
            staged[key] = Staged(upload: upload, until: until)
            return true
        }
    }

    /// A content that is here.
    func upload(for entry: BucketEntry) -> Upload? {
        staged.withLock { $0[Key(name: entry.name, sha256: entry.sha256)]?.upload }
    }

    /// Gives a content up, if it is still the one that was added.
    func drop(_ upload: Upload, for entry: BucketEntry) {
        let key = Key(name: entry.name, sha256: entry.sha256)
        staged.withLock { staged in if staged[key]?.upload === upload { staged[key] = nil } }
    }

    /// Gives up what was waited for in vain.
    func clear(at now: Duration) { staged.withLock { staged in staged = staged.filter { $0.value.until > now } } }
}
