import Certificates
import Glibc
import Posix

/// Where the content of a bucket's archives lies, and the links by which it is seen.
///
/// Content lies in a folder of its own below the bucket's reserved one; at its place there is a link to it. So it appears
/// and changes at once, it is told from uploaded files, and requests, which follow no links, do not see it.
struct UnpackedArchives {
    private static let folderName = "unpacked"

    /// An archive that is to be unpacked.
    struct Pending: Sendable {
        let place: ArchivePlace
        let archive: Archive
        /// The content that is shown now.
        fileprivate let shown: String?
        /// Where it is unpacked.
        let folder: Descriptor

        fileprivate var workName: String { archive.key + ".new" }
    }

    private let bucket: BucketContent

    init(_ bucket: BucketContent) { self.bucket = bucket }

    /// Begins to make a place show what its archive has: nothing when there is none (any more).
    ///
    /// - Returns: What is to be unpacked for that, and then shown; `nil` when the place is as it should be.
    func begin(_ place: ArchivePlace) throws(ArchiveFault) -> Pending? {
        let shown = link(at: place)
        let archives = place.archives.compactMap { Archive($0.0, $0.1, in: bucket) }
        // Of several the one whose content is shown stays.
        guard let archive = archives.first(where: { shown?.hasPrefix($0.mark) == true }) ?? archives.first else {
            if shown != nil { try hide(place) }
            remove(place, except: nil)
            return nil
        }
        if shown == archive.key { return nil }
        let folder = try ArchiveFault.system { () throws(SystemFault) in
            let (folder, name) = (try archivesFolder(), archive.key + ".new")
            discard(name, from: folder)
            guard mkdirat(folder.number, name, 0o700) == 0 else { throw SystemFault() }
            return try folder.folder(name)
        }
        return Pending(place: place, archive: archive, shown: shown, folder: folder)
    }

    /// Shows what was unpacked.
    func show(_ pending: Pending) throws(ArchiveFault) {
        let (key, place) = (pending.archive.key, pending.place)
        do throws(ArchiveFault) {
            try ArchiveFault.system { () throws(SystemFault) in
                let folder = try archivesFolder()
                guard renameat(folder.number, pending.workName, folder.number, key) == 0 else { throw SystemFault() }
            }
            try show(key, at: place, instead: pending.shown)
        } catch {
            try giveUp(pending, error)
            throw error
        }
        remove(place, except: key)
    }

    /// Shows nothing for an archive that could not be unpacked.
    func giveUp(_ pending: Pending, _ fault: ArchiveFault) throws(ArchiveFault) {
        // What the archive had before is not what it has now; one that is abandoned is looked at again.
        if pending.shown != nil, fault != .abandoned { try hide(pending.place) }
        remove(pending.place, except: fault == .abandoned ? pending.shown : nil)
    }

    /// Removes content that no archive of these places shows.
    func sweep(keeping places: Set<ArchivePlace>) {
        guard let folder = try? archivesFolder(), let names = try? Tree.names(in: folder) else { return }
        let shown = Set(places.compactMap { link(at: $0) })
        for name in names where !shown.contains(name) { discard(name, from: folder) }
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
                let folder = try archivesFolder()
                unlinkat(folder.number, "link", 0)
                guard symlinkat(target, folder.number, "link") == 0,
                    renameat(folder.number, "link", parent.number, name) == 0
                else { throw SystemFault() }
            }
            try parent.flush()
        }
    }

    private func hide(_ place: ArchivePlace) throws(ArchiveFault) {
        try ArchiveFault.system { () throws(SystemFault) in try bucket.unlink(place.path) }
    }

    private func remove(_ place: ArchivePlace, except key: String?) {
        guard let folder = try? archivesFolder(), let names = try? Tree.names(in: folder) else { return }
        let marks = place.archives.map { Archive.mark(of: $0.0) }
        for name in names where name != key && marks.contains(where: { name.hasPrefix($0) }) {
            discard(name, from: folder)
        }
    }

    private func discard(_ name: String, from folder: Descriptor) {
        try? Tree.remove(name, in: folder)
    }

    private func archivesFolder() throws(SystemFault) -> Descriptor {
        try bucket.makeFolder(Self.folderName, in: bucket.root.folder(BucketPath.reservedName))
    }
}
