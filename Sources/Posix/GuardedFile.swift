import Glibc

/// A file of the operator's that decides what the daemon does: nobody else may be able to change it, or to put another
/// in its place.
package enum GuardedFile {
    /// Why a file is not used.
    package struct Fault: Error, Hashable, CustomStringConvertible {
        /// The file or folder at fault.
        package let path: String
        /// The system's code; `EPERM` for what others can change.
        package let code: Int32
        /// What is wrong and what to do, one sentence.
        package let description: String
    }

    /// Opens a file for reading that belongs to root or to us and that nobody else may write; the same holds for every
    /// folder and link on the way to it. What is opened is what was looked at.
    ///
    /// - Parameter path: Absolute.
    /// - Throws: ``Fault`` naming what is at fault; with code `ENOENT` when there is nothing.
    package static func open(_ path: String) throws(Fault) -> Descriptor {
        try find(path, O_RDONLY | O_NONBLOCK)
    }

    /// The same for a folder, and for a program that is then called by its path: who cannot change the way to it cannot
    /// change what is called. It need not be readable.
    package static func require(_ path: String) throws(Fault) { _ = try find(path, pathOnly) }

    /// `O_PATH`, which the C library shows to its own extensions only.
    private static let pathOnly: Int32 = 0o10000000
    /// Links on the way at most, as in the kernel.
    private static let mostLinks = 40

    private static func find(_ path: String, _ last: Int32) throws(Fault) -> Descriptor {
        // The way that was looked at, with the folder at each step; `..` in a link goes back on it.
        var way = [(name: "", place: try top())]
        var rest = Array(path.split(separator: "/").map(String.init).reversed())
        var links = 0
        while let name = rest.popLast() {
            if name == "." { continue }
            if name == ".." {
                if way.count > 1 { way.removeLast() }
                continue
            }
            let here = way[way.count - 1].place
            let shown = (way.map(\.name) + [name]).joined(separator: "/")
            let found = try told(shown) { () throws(SystemFault) in try here.look(at: name) }
            if found.isLink {
                links += 1
                guard isTrusted(found.st_uid), links <= mostLinks else { throw refused(shown) }
                let target = try told(shown) { () throws(SystemFault) in try read(name, in: here) }
                if target.hasPrefix("/") { way.removeLast(way.count - 1) }
                rest += target.split(separator: "/").map(String.init).reversed()
                continue
            }
            let flags = (rest.isEmpty ? last : pathOnly) | O_NOFOLLOW | O_CLOEXEC
            let place = try told(shown) { () throws(SystemFault) in try Descriptor(openat(here.number, name, flags)) }
            try requireGuarded(try told(shown) { () throws(SystemFault) in try place.look() }, shown)
            way.append((name, place))
        }
        return way[way.count - 1].place
    }

    private static func top() throws(Fault) -> Descriptor {
        try told("/") { () throws(SystemFault) in try Descriptor.trusted("/") }
    }

    private static func read(_ name: String, in folder: Descriptor) throws(SystemFault) -> String {
        var text = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlinkat(folder.number, name, &text, text.count)
        guard count >= 0 else { throw SystemFault() }
        return String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func requireGuarded(_ found: stat, _ path: String) throws(Fault) {
        // In a folder like /tmp nobody can move what is another's.
        let isSticky = found.isFolder && found.st_mode & S_ISVTX != 0
        let open = found.st_mode & (isOwnGroup(found.st_gid) ? 0o002 : 0o022)
        guard isTrusted(found.st_uid), open == 0 || isSticky else { throw refused(path) }
    }

    /// Root, we, and whoever owns our own program, since they can do what we can.
    private static func isTrusted(_ user: uid_t) -> Bool { [0, geteuid(), ownerOfProgram].contains(user) }

    /// A group of one's own is nobody else.
    private static func isOwnGroup(_ group: gid_t) -> Bool { group == 0 || geteuid() != 0 && group == getegid() }

    private static let ownerOfProgram: uid_t = {
        var found = stat()
        return stat("/proc/self/exe", &found) == 0 ? found.st_uid : 0
    }()

    private static func refused(_ path: String) -> Fault {
        Fault(
            path: path, code: EPERM,
            description: "\(path) can be changed by others: give it to root (chown root) and run chmod go-w on it.")
    }

    private static func told<Result>(
        _ path: String, _ work: () throws(SystemFault) -> Result
    ) throws(Fault) -> Result {
        do throws(SystemFault) {
            return try work()
        } catch {
            throw Fault(path: path, code: error.code, description: "\(path) cannot be used: \(error).")
        }
    }
}
