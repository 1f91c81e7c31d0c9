import Glibc

/// Works on whole trees that somebody else may be changing meanwhile.
///
/// Every step goes through an open folder and follows no link, so that nothing outside is touched, whatever is put in
/// the way; and one level deep, so that no depth exhausts stack or descriptors.
package enum Tree {
    /// How often a folder is gone through until it is left as it is: one time for each level, and for what others add.
    private static let rounds = 4096

    /// The names in a folder that are text, without `.` and `..`, in order.
    package static func names(in folder: Descriptor) throws(SystemFault) -> [String] {
        try raw(in: folder).compactMap {
            String(validating: $0.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        .sorted()
    }

    /// Whether nothing lies in a folder.
    package static func isEmpty(_ folder: Descriptor) throws(SystemFault) -> Bool { try raw(in: folder).isEmpty }

    /// Removes a file, a link, or a folder with everything in it; nothing there is fine.
    ///
    /// - Throws: ``SystemFault`` when something of it is left, such as what another file system is mounted on.
    package static func remove(_ name: String, in parent: Descriptor) throws(SystemFault) {
        if unlinkat(parent.number, name, 0) == 0 || errno == ENOENT { return }
        guard [EISDIR, EPERM, ENOTEMPTY].contains(errno) else { throw SystemFault() }
        let folder = try parent.folder(name)
        empty(folder)
        guard unlinkat(parent.number, name, AT_REMOVEDIR) == 0 || errno == ENOENT else { throw SystemFault() }
    }

    /// Removes what lies in a folder, and what lies in that, as far as it can be removed.
    package static func empty(_ folder: Descriptor) {
        guard let device = try? folder.look().st_dev else { return }
        var hoisted = 0
        for _ in 0..<rounds {
            guard let names = try? raw(in: folder), !names.isEmpty else { return }
            var isMoving = false
            for name in names {
                if unlinkat(folder.number, name, 0) == 0 {
                    isMoving = true
                    continue
                }
                let inner = openat(folder.number, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
                if let inner = try? Descriptor(inner), (try? inner.look().st_dev) == device {
                    flatten(inner, into: folder, &hoisted)
                }
                if unlinkat(folder.number, name, AT_REMOVEDIR) == 0 { isMoving = true }
            }
            if !isMoving { return }
        }
    }

    /// Removes the files of a folder and moves its folders up, where their turn comes.
    private static func flatten(_ folder: Descriptor, into top: Descriptor, _ hoisted: inout Int) {
        for name in (try? raw(in: folder)) ?? [] where unlinkat(folder.number, name, 0) != 0 {
            if unlinkat(folder.number, name, AT_REMOVEDIR) == 0 { continue }
            hoisted += 1
            // A name that is taken already is one of ours of an earlier try, or fails and is tried again.
            renameat(folder.number, name, top.number, ".removing-\(getpid())-\(hoisted)")
        }
    }

    /// Names as the system has them, each with its zero.
    static func raw(in folder: Descriptor) throws(SystemFault) -> [[CChar]] {
        // A descriptor of its own: reading moves the place in it.
        let own = openat(folder.number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard own >= 0 else { throw SystemFault() }
        guard let stream = fdopendir(own) else {
            let fault = SystemFault()
            close(own)
            throw fault
        }
        defer { closedir(stream) }
        var names: [[CChar]] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                $0.prefix { $0 != 0 }.map { CChar(bitPattern: $0) }
            }
            if name != [0x2E], name != [0x2E, 0x2E] { names.append(name + [0]) }
        }
        return names
    }
}
