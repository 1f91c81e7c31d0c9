import EXAConf

/// The place of a file in its bucket: names from the bucket's folder down, each fit to be the name of a file.
struct BucketPath: Hashable, Sendable {
    /// The folder of a bucket that is not the clients': uploads on their way and unpacked archives.
    static let reservedName = Bucket.markName
    private static let maxNames = 64
    private static let maxBytes = 2048

    /// One at least.
    let names: [String]

    /// - Throws: `badName` for a name that could leave the bucket, cannot be listed, or is not the clients' to use.
    init(_ names: [String]) throws(BucketFault) {
        guard !names.isEmpty, names.count <= Self.maxNames,
            names.reduce(names.count, { $0 + $1.utf8.count }) <= Self.maxBytes
        else {
            throw .badName("it may have \(Self.maxNames) parts and \(Self.maxBytes) bytes")
        }
        for name in names { try Self.check(name) }
        self.names = names
    }

    /// As a list of files shows it.
    var text: String { names.joined(separator: "/") }

    /// The name in its folder.
    var last: String { names[names.count - 1] }

    /// The names of the folders above.
    var folders: ArraySlice<String> { names.dropLast() }

    /// - Throws: `badName` when it cannot be a name in a bucket.
    static func check(_ name: String) throws(BucketFault) {
        guard !name.isEmpty, name != ".", name != ".." else {
            throw .badName("'.', '..' and empty parts are not allowed")
        }
        guard name.utf8.count <= 255 else { throw .badName("a part may have 255 bytes") }
        guard name.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "/") }) else {
            throw .badName("control characters and '/' within a part are not allowed")
        }
        guard name != reservedName else { throw .badName("'\(reservedName)' is the service's own") }
    }
}
