import Glibc
import Posix

/// The folder of a bucket: where it lies, and whose it is.
///
/// The daemon makes it, gives it to its owner and opens it; what lies in it is the owner's to work on.
struct BucketFolder: Hashable, Sendable {
    /// From the operator's folder down.
    let way: FolderWay
    let owner: FileOwner

    /// For messages.
    var path: String { way.path }

    /// Does something with the files, as their owner.
    ///
    /// - Throws: `noSuchFile` also for a folder that is missing or was not made for a bucket: nothing of it is shown.
    ///   `notReady` for one that does not belong to its owner (yet).
    func work<Answer: Sendable>(
        _ work: @escaping @Sendable (BucketContent) throws(BucketFault) -> Answer
    ) async throws(BucketFault) -> Answer {
        let content = try await open()
        return try await owner.threads.run { () throws(BucketFault) in try work(content) }
    }

    /// The folder as it is now, open; see ``work(_:)``.
    func open() async throws(BucketFault) -> BucketContent {
        try await owner.doorway.run { () throws(BucketFault) in
            do throws(SystemFault) {
                let root = try way.open()
                guard root.has(BucketPath.reservedName) else { throw SystemFault(ENOENT) }
                guard try root.look().st_uid == owner.user else { throw SystemFault(EACCES) }
                return BucketContent(root: root, owner: owner)
            } catch  where error.code == EACCES {
                throw .notReady("\(path) does not belong to user \(owner.user)")
            } catch {
                throw error.fault("opening \(path)")
            }
        }
    }

    /// The same; a folder that is missing is made.
    func openMaking() async throws(BucketFault) -> BucketContent {
        do throws(BucketFault) { return try await open() } catch .noSuchFile { return try await make() }
    }

    /// Makes the folder with those that are missing above it, gives it to its owner and marks it.
    ///
    /// - Throws: `failed` for a folder that holds something and was not made for a bucket, or belongs to somebody else: it
    ///   stays what it is.
    @discardableResult
    func make() async throws(BucketFault) -> BucketContent {
        let root = try await owner.doorway.run { () throws(BucketFault) in try claim() }
        let content = BucketContent(root: root, owner: owner)
        try await owner.threads.run { () throws(BucketFault) in try content.furnish() }
        return content
    }

    private func claim() throws(BucketFault) -> Descriptor {
        do throws(SystemFault) {
            let (root, isNew) = try above().makeFolder(way.name, mode: 0o700)
            let isEmpty = try Tree.isEmpty(root)
            guard isNew || isEmpty || root.has(BucketPath.reservedName) else { throw SystemFault(EEXIST) }
            guard [0, owner.user].contains(try root.look().st_uid) else { throw SystemFault(EPERM) }
            try give(root)
            return root
        } catch  where error.code == EEXIST {
            throw .failed("\(path) holds what is no bucket: move it away, or give the service another path")
        } catch  where error.code == EPERM {
            throw .failed("\(path) belongs to somebody else: give it to user \(owner.user) with all it has (chown -hR)")
        } catch {
            throw error.fault("making \(path)")
        }
    }

    /// The folder of the service, made with those above it when it is missing. It is the owner's, too, when it is made
    /// here: nobody else passes it.
    private func above() throws(SystemFault) -> Descriptor {
        var folder = try Descriptor.trusted(way.top)
        for (index, name) in way.names.dropLast().enumerated() {
            let isService = index == way.names.count - 2
            let (inner, isNew) = try folder.makeFolder(name, mode: isService ? 0o700 : 0o711)
            if isNew, isService { try give(inner) }
            folder = inner
        }
        return folder
    }

    private func give(_ folder: Descriptor) throws(SystemFault) {
        guard let account = owner.account else { return }
        try folder.give(to: account.user, group: account.group)
    }
}
