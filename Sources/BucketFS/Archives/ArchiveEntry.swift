/// One thing in an archive.
struct ArchiveEntry {
    enum Kind {
        case folder
        case file(size: Int, isExecutable: Bool)
        /// The target as it is written.
        case link(String)
        /// Another name of a file that came before.
        case hardLink(String)
    }

    let name: String
    let kind: Kind

    /// The parts of a name in an archive, from the root of its content down.
    ///
    /// - Throws: `unsafe` for a name that would lead out.
    static func parts(_ name: String) throws(ArchiveFault) -> [String] {
        if name.hasPrefix("/") { throw .unsafe("the absolute name '\(ArchiveFault.shown(name))'") }
        let parts = name.split(separator: "/").map(String.init).filter { $0 != "." }
        guard parts.allSatisfy({ $0 != ".." && $0.utf8.count <= 255 && !$0.utf8.contains(0) }), parts.count <= 128
        else {
            throw .unsafe("the name '\(ArchiveFault.shown(name))'")
        }
        return parts
    }

    /// The target of a link, so that it stays inside wherever the content lies: what is absolute begins at the root of
    /// the content. `..` is taken in front only, where it goes up folders and never along other links.
    ///
    /// - Parameter folder: The folder the link lies in.
    static func target(_ target: String, from folder: ArraySlice<String>) throws(ArchiveFault) -> String {
        let parts = target.split(separator: "/").map(String.init).filter { $0 != "." }
        let isAbsolute = target.hasPrefix("/")
        let ups = isAbsolute ? 0 : parts.prefix { $0 == ".." }.count
        let rest = parts.dropFirst(ups)
        guard ups <= folder.count, !rest.contains(".."), target.utf8.count <= 4000, !target.utf8.contains(0) else {
            throw .unsafe("a link to '\(ArchiveFault.shown(target))'")
        }
        let all = Array(repeating: "..", count: isAbsolute ? folder.count : ups) + rest
        return all.isEmpty ? "." : all.joined(separator: "/")
    }
}
