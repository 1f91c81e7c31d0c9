import Values

/// What the target of a request names: the service, a bucket of it, or a file.
enum RequestTarget: Hashable, Sendable {
    case service
    case bucket(String)
    case file(bucket: String, BucketPath)

    /// Reads `/bucket/path`, percent-encoded; a query is not looked at.
    ///
    /// - Throws: `badName` when a part of it cannot be the name of a file.
    init(_ target: String) throws(BucketFault) {
        let path = target.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        guard path.first == UInt8(ascii: "/") else { throw .badName("it has to begin with '/'") }
        let parts = path.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        var names: [String] = []
        for part in parts { names.append(try Self.decode(part)) }
        // `/` and `/bucket/` name what `` and `/bucket` name.
        if names.count <= 2, names.last == "" { names.removeLast() }
        guard let bucket = names.first else {
            self = .service
            return
        }
        try BucketPath.check(bucket)
        self = names.count == 1 ? .bucket(bucket) : .file(bucket: bucket, try BucketPath(Array(names.dropFirst())))
    }

    private static func decode(_ part: Substring.UTF8View) throws(BucketFault) -> String {
        guard let bytes = PercentEncoding.bytes(part) else {
            throw .badName("'%' needs two hexadecimal digits behind it")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .badName("it is not UTF-8") }
        return text
    }
}
