import JobEngine

/// The flags of a remote volume, as the program that moves backups takes them.
enum RemoteVolumeOption {
    /// Flags as help prints them; one with `=` takes a value.
    static let all = [
        "cleanvolume", "verbose", "noverifypeer", "nocompression", "noresume", "forcessl", "earlytls", "webdav",
        "webhdfs",
        "delegation_token=<token>", "user=<user>", "timeout=<timeout>", "proxy=<host:port>",
    ]

    /// The flags of the parameter `options` as one text, `nil` when it was left out.
    static func text(_ arguments: Arguments) throws(JobError) -> String? {
        guard let options = try arguments.elements("options") else { return nil }
        for (index, option) in options.enumerated() where !isKnown(option) {
            throw .invalid("options/\(index)", "options[\(index)]: one of \(all.joined(separator: ", ")) is allowed.")
        }
        return options.joined(separator: ",")
    }

    private static func isKnown(_ option: String) -> Bool {
        all.contains { known in
            let parts = known.split(separator: "=")
            guard parts.count == 2 else { return option == known }
            return option.hasPrefix("\(parts[0])=") && option.utf8.count > parts[0].utf8.count + 1
        }
    }
}
