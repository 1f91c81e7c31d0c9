import Glibc

/// Lists and empties folders.
enum FolderEntries {
    /// The names in a folder that are text, without `.` and `..`, in order.
    static func names(in folder: Descriptor) throws(SystemFault) -> [String] {
        try raw(in: folder).compactMap {
            String(validating: $0.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        .sorted()
    }

    /// Removes what lies in a folder, and what lies in that, as far as it can be removed.
    static func clear(_ folder: Descriptor) {
        guard let names = try? raw(in: folder) else { return }
        for name in names where unlinkat(folder.number, name, 0) != 0 {
            let inner = openat(folder.number, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            if let inner = try? Descriptor(inner) { clear(inner) }
            unlinkat(folder.number, name, AT_REMOVEDIR)
        }
    }

    /// Names as the system has them, each with its zero.
    private static func raw(in folder: Descriptor) throws(SystemFault) -> [[CChar]] {
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
