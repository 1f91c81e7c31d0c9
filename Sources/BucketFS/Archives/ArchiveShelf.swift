import Certificates
import Glibc
import Posix

/// Where the content of a bucket's archives lies, and the links by which it is seen.
///
/// Content lies in a folder of its own below the bucket's reserved one; at its place there is a link to it. So it appears
/// and changes at once, it is told from uploaded files, and requests, which follow no links, do not see it.
struct ArchiveShelf {
    private static let folderName = "unpacked"

    private let bucket: BucketFolder

    init(_ bucket: BucketFolder) { self.bucket = bucket }

    /// Makes a place show what its archive has: nothing when there is none (any more).
    ///
    /// - Returns: The archive, when it was unpacked just now.
    func settle(
        _ place: ArchivePlace, _ limits: ArchiveLimits, isStopping: @escaping () -> Bool
    ) throws(ArchiveFault) -> BucketPath? {
        let shown = link(at: place)
        let archives = place.archives.compactMap { Archive($0.0, $0.1, in: bucket) }
        // Of several the one whose content is shown stays.
        guard let archive = archives.first(where: { shown?.hasPrefix($0.mark) == true }) ?? archives.first else {
            if shown != nil { try hide(place) }
            remove(place, except: nil)
            return nil
        }
        if shown == archive.key { return nil }
        do throws(ArchiveFault) {
            try unpack(archive, limits, isStopping)
            try show(archive.key, at: place, instead: shown)
        } catch {
            // What the archive had before is not what it has now.
            if shown != nil, error != .stopped { try hide(place) }
            remove(place, except: nil)
            throw error
        }
        remove(place, except: archive.key)
        return archive.path
    }

    /// Removes content that no archive of these places shows.
    func sweep(keeping places: Set<ArchivePlace>) {
        guard let shelf = try? shelf(), let names = try? Tree.names(in: shelf) else { return }
        let shown = Set(places.compactMap { link(at: $0) })
        for name in names where !shown.contains(name) { discard(name, from: shelf) }
    }

    private func unpack(
        _ archive: Archive, _ limits: ArchiveLimits, _ isStopping: @escaping () -> Bool
    ) throws(ArchiveFault) {
        let work = archive.key + ".new"
        let shelf = try ArchiveFault.system { () throws(SystemFault) in try self.shelf() }
        discard(work, from: shelf)
        let root = try ArchiveFault.system { () throws(SystemFault) in
            guard mkdirat(shelf.number, work, 0o700) == 0 else { throw SystemFault() }
            let root = try shelf.folder(work)
            try bucket.give(root)
            return root
        }
        do throws(ArchiveFault) {
            let room = UnpackingRoom(root, limits, archive: archive.size)
            try archive.unpack(into: UnpackedTree(root, of: bucket, room, isStopping: isStopping))
            // One flush of everything is far cheaper than one of each file.
            sync()
            guard renameat(shelf.number, work, shelf.number, archive.key) == 0 else {
                throw .system(errno)
            }
        } catch {
            discard(work, from: shelf)
            throw error
        }
    }

    /// The content a place shows; `nil` for anything that is not ours.
    private func link(at place: ArchivePlace) -> String? {
        var target = [CChar](repeating: 0, count: 4096)
        guard let parent = try? bucket.parent(of: place.path, creating: false) else { return nil }
        let count = readlinkat(parent.number, place.path.last, &target, target.count)
        let text = String(decoding: target.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let before = way(to: "", from: place)
        return text.hasPrefix(before) ? String(text.dropFirst(before.count)) : nil
    }

    private func way(to key: String, from place: ArchivePlace) -> String {
        String(repeating: "../", count: place.path.folders.count)
            + "\(BucketPath.reservedName)/\(Self.folderName)/\(key)"
    }

    private func show(_ key: String, at place: ArchivePlace, instead former: String?) throws(ArchiveFault) {
        let (target, name) = (way(to: key, from: place), place.path.last)
        try ArchiveFault.system { () throws(SystemFault) in
            let parent = try bucket.parent(of: place.path, creating: false)
            if former == nil {
                // It fails where somebody stored a file or folder of that name, which stays.
                guard symlinkat(target, parent.number, name) == 0 else { throw SystemFault() }
            } else {
                let shelf = try shelf()
                unlinkat(shelf.number, "link", 0)
                guard symlinkat(target, shelf.number, "link") == 0,
                    renameat(shelf.number, "link", parent.number, name) == 0
                else { throw SystemFault() }
            }
            try parent.flush()
        }
    }

    private func hide(_ place: ArchivePlace) throws(ArchiveFault) {
        try ArchiveFault.system { () throws(SystemFault) in try bucket.unlink(place.path) }
    }

    private func remove(_ place: ArchivePlace, except key: String?) {
        guard let shelf = try? shelf(), let names = try? Tree.names(in: shelf) else { return }
        let marks = place.archives.map { Archive.mark(of: $0.0) }
        for name in names where name != key && marks.contains(where: { name.hasPrefix($0) }) {
            discard(name, from: shelf)
        }
    }

    private func discard(_ name: String, from shelf: Descriptor) {
        try? Tree.remove(name, in: shelf)
    }

    private func shelf() throws(SystemFault) -> Descriptor {
        try bucket.makeFolder(Self.folderName, in: bucket.root().folder(BucketPath.reservedName))
    }
}
