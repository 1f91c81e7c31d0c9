import JobEngine
import Posix
import Waiting

// Bringing one file to what the catalogue has.
extension SharedBuckets {
    /// Brings the file on this node to what the catalogue has: on return it is as that says, or as something newer does.
    ///
    /// - Throws: `noSuchBucket` for one that is not served here, `later` when no member had the content, and what keeps it from
    ///   being stored.
    func settle(_ name: BucketFileName) async throws(BucketFault) {
        for _ in 0..<3 {
            do throws(BucketFault) { return try await settleOnce(name) } catch {
                guard case .conflict = error else { throw error }
            }
            try await clear(name)
        }
        try await settleOnce(name)
    }

    private func settleOnce(_ name: BucketFileName) async throws(BucketFault) {
        guard let bucket = bucket(name.bucket) else { throw .noSuchBucket }
        let path = try BucketPath(name.path.split(separator: "/").map(String.init))
        let turn = turns.turn(of: name)
        await turn.begin()
        defer { turn.end() }
        guard let entry = try await entry(name) else { return try await remove(path, from: bucket) }
        let content = try await bucket.folder.openMaking()
        let isSettled = try await content.owner.threads.run { () throws(BucketFault) in
            switch ContentVerdict(entry, try content.found(path)) {
            case .settled: return true
            case .compare:
                guard let (file, _) = try content.opened(path), try file.sha256() == entry.sha256 else { return false }
                file.bear(ContentTime(of: entry))
                return true
            case .missing, .remove, .foreign: return false
            }
        }
        if isSettled { return }
        let upload: Upload
        // Others may fetch it from here meanwhile.
        if let own = staged.upload(for: entry) {
            upload = own
        } else {
            upload = try await fetched(entry, into: content)
        }
        defer { staged.drop(upload, for: entry) }
        let (folder, changes) = (bucket.folder, registry.changes)
        try await content.owner.threads.run { () throws(BucketFault) in
            try upload.bear(ContentTime(of: entry))
            try upload.flush()
            try changes.change(path, in: folder) { () throws(BucketFault) in
                try content.keep(upload, as: path, when: .none)
            }
        }
        registry.archives.changed(path, in: folder)
    }

    /// Removes what was brought here; what somebody put there by hand stays.
    private func remove(_ path: BucketPath, from bucket: ServedBucket) async throws(BucketFault) {
        let (folder, changes) = (bucket.folder, registry.changes)
        do throws(BucketFault) {
            try await folder.work { (content) throws(BucketFault) in
                try changes.change(path, in: folder) { () throws(BucketFault) in
                    guard let found = try content.found(path), ContentVerdict(nil, found) == .remove else { return }
                    try content.remove(path, ifStill: found)
                }
            }
        } catch .noSuchFile {
            return
        } catch .conflict {
            // What lies there is no file.
            return
        }
        registry.archives.changed(path, in: folder)
    }

    /// Takes away what lies where a file has to be: what shows an archive, and files that are in the catalogue no more.
    private func clear(_ name: BucketFileName) async throws(BucketFault) {
        guard let bucket = bucket(name.bucket) else { throw .noSuchBucket }
        let path = try BucketPath(name.path.split(separator: "/").map(String.init))
        let obstacle = try await bucket.folder.work { (content) throws(BucketFault) in content.obstacle(to: path) }
        switch obstacle {
        case nil: return
        case .archive(let link):
            try await bucket.folder.work { (content) throws(BucketFault) in
                do throws(SystemFault) { try content.unlink(link) } catch { throw error.fault("removing \(link.text)") }
            }
        case .file(let file): try await settleOnce(self.name(file, of: bucket))
        case .folder(let folder):
            var walk = FileWalk(try await bucket.folder.open(), from: folder)
            while let files = try await walk.advance() {
                for file in files { try await settleOnce(self.name(file, of: bucket)) }
            }
        }
    }

    /// A copy of a content, on the disk and with the right digest, from whichever member has it: first who took it.
    private func fetched(_ entry: BucketEntry, into content: BucketContent) async throws(BucketFault) -> Upload {
        let present = peers.present
        let first = present.filter { $0 == entry.node }
        var reasons: [String] = []
        for node in first + present.filter({ $0 != entry.node }) {
            do throws(BucketFault) { return try await fetch(entry, from: node, into: content) } catch {
                switch error {
                case .later(let reason): reasons.append("node \(node): \(reason)")
                default: throw error
                }
            }
        }
        let reason = reasons.isEmpty ? "no other member is there" : reasons.joined(separator: "; ")
        throw .later("no member has the content of \(entry.name.path): \(reason)")
    }

    /// A copy of a content of one member.
    ///
    /// - Throws: `later` when it could not be had from there.
    func fetch(_ entry: BucketEntry, from node: Int, into content: BucketContent) async throws(BucketFault) -> Upload {
        let turn = fetching.turn(of: entry.name)
        await turn.begin()
        defer { turn.end() }
        let reserve = registry.limits.reservedBytes
        let upload = try await content.owner.threads.run { () throws(BucketFault) in
            let upload = try Upload(in: content)
            guard try upload.room(keeping: reserve) >= entry.size else { throw .noSpace }
            return upload
        }
        do throws(BucketRefusal) { try await peers.fetch(entry, from: node, into: upload.file) } catch {
            throw .later("\(error)")
        }
        try await content.owner.threads.run { () throws(BucketFault) in
            guard try upload.digest() == (entry.sha256, entry.size) else {
                throw .later("what came is another content")
            }
            try upload.flush()
        }
        return upload
    }
}
