import Certificates
import Glibc
import JobEngine
import Posix

// What a cluster does with the files of a bucket; on the threads of its owner, as everything here.
extension BucketContent {
    /// What lies in the place of a file; `nil` for nothing.
    ///
    /// - Throws: `conflict` where a folder or a link is in its place, or no folder above it.
    func found(_ path: BucketPath) throws(BucketFault) -> FoundFile? {
        do throws(SystemFault) {
            let found = try parent(of: path, creating: false).look(at: path.last)
            guard found.isFile else { throw SystemFault(EISDIR) }
            return FoundFile(found, owner: owner)
        } catch  where error.code == ENOENT {
            return nil
        } catch {
            throw error.asConflict(path)
        }
    }

    /// The file as it is, open, with what the system tells of it; `nil` for none.
    func opened(_ path: BucketPath) throws(BucketFault) -> (file: StoredFile, found: FoundFile)? {
        do throws(BucketFault) {
            let file = try open(path)
            do throws(SystemFault) { return (file, FoundFile(try file.file.look(), owner: owner)) } catch {
                throw error.fault("looking at \(path.text)")
            }
        } catch .noSuchFile {
            return nil
        }
    }

    /// Removes a file that was brought here, if it is still the one that was found.
    func remove(_ path: BucketPath, ifStill file: FoundFile) throws(BucketFault) {
        guard try found(path) == file else { return }
        do throws(SystemFault) { try unlink(path) } catch  where error.code == ENOENT { return } catch {
            throw error.fault("removing \(path.text)")
        }
    }

    /// What keeps a file from its place, by its path.
    func obstacle(to path: BucketPath) -> Obstacle? {
        for count in 1...path.names.count {
            guard let part = try? BucketPath(Array(path.names.prefix(count))),
                let parent = try? parent(of: part, creating: false), let found = try? parent.look(at: part.last)
            else { return nil }
            if found.isLink { return leadsToArchive(part.last, in: parent) ? .archive(part) : nil }
            if found.isFile, count < path.names.count { return .file(part) }
            if found.isFolder, count == path.names.count { return .folder(part) }
        }
        return nil
    }

    /// What may lie where a file of the catalogue has to be.
    enum Obstacle: Hashable, Sendable {
        /// What shows the content of an archive.
        case archive(BucketPath)
        /// A file where a folder has to be.
        case file(BucketPath)
        /// A folder where the file has to be.
        case folder(BucketPath)
    }

    private func leadsToArchive(_ name: String, in parent: Descriptor) -> Bool {
        var target = [CChar](repeating: 0, count: 4096)
        let count = readlinkat(parent.number, name, &target, target.count)
        let text = String(decoding: target.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return text.contains("\(BucketPath.reservedName)/unpacked/")
    }
}

extension FoundFile {
    init(_ found: stat, owner: FileOwner) {
        self.init(
            size: Int(found.st_size),
            time: ContentTime(seconds: found.st_mtim.tv_sec, nanoseconds: found.st_mtim.tv_nsec),
            isOwners: found.st_uid == owner.user)
    }
}

extension StoredFile {
    private static let piece = 1 << 20

    /// SHA-256 of the content as it is, in 64 hexadecimal digits.
    func sha256() throws(BucketFault) -> String { try Self.sha256(of: file, size: size) }

    static func sha256(of file: Descriptor, size: Int) throws(BucketFault) -> String {
        var digest = RunningDigest()
        var place = 0
        while place < size {
            let bytes: [UInt8]
            do throws(SystemFault) { bytes = try file.read(from: place, count: min(piece, size - place)) } catch {
                throw error.fault("reading a file")
            }
            // It has become shorter meanwhile: its digest is that of another file.
            if bytes.isEmpty { break }
            digest.add(bytes)
            place += bytes.count
        }
        return digest.hex()
    }

    /// Has it bear a time; that of somebody else's file stays as it is.
    func bear(_ time: ContentTime) { try? file.bear(time) }
}

extension Descriptor {
    /// Has the file bear a time.
    func bear(_ time: ContentTime) throws(SystemFault) {
        let moment = timespec(tv_sec: time.seconds, tv_nsec: time.nanoseconds)
        let times = [moment, moment]
        guard futimens(number, times) == 0 else { throw SystemFault() }
    }
}

extension stat {
    fileprivate var isLink: Bool { st_mode & S_IFMT == S_IFLNK }
}
