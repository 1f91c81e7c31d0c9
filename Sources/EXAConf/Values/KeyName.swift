/// Names of keys as they appear in the answers of jobs.
package enum KeyName {
    private static let special = [
        "ID": "id", "UUID": "uuid", "JDBC": "jdbc", "DirectIO": "direct_io", "SSHPort": "ssh_port",
        "BucketFS": "bucketfs", "AdditionalURLs": "additional_urls",
    ]

    /// `NumActiveNodes` as `num_active_nodes`; a run of capitals counts as one word.
    package static func snakeCase(_ key: String) -> String {
        if let known = special[key] { return known }
        let bytes = Array(key.utf8)
        var out: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            let isUpper = isCapital(byte)
            let before = index > 0 && bytes[index - 1] != UInt8(ascii: "_") ? bytes[index - 1] : nil
            let endsRun =
                index + 1 < bytes.count && !isCapital(bytes[index + 1]) && bytes[index + 1] != UInt8(ascii: "_")
            if isUpper, let before, !isCapital(before) || endsRun { out.append(UInt8(ascii: "_")) }
            out.append(isUpper ? byte | 0x20 : byte)
        }
        return String(decoding: out, as: UTF8.self)
    }

    private static func isCapital(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
    }
}
