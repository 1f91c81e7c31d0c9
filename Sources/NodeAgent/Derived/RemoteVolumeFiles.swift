import EXAConf

/// What databases read about remote volumes: one file for each owner, `<user>.<uid>.conf`.
///
/// Passwords are encoded as they are in the configuration.
enum RemoteVolumeFiles {
    /// Contents by file name; a volume without owner is root's.
    static func files(_ document: Document) -> [String: [UInt8]] {
        let owners = Dictionary(grouping: document.remoteVolumes) { $0.owner?.user ?? 0 }
        return Dictionary(
            owners.map { owner, volumes in (name(of: owner, document), content(volumes)) },
            uniquingKeysWith: { first, _ in first })
    }

    /// Whether a file of this name is one of ours.
    static func isOurs(_ name: String) -> Bool {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count >= 3, parts.last == "conf", !parts[0].isEmpty else { return false }
        let number = parts[parts.count - 2]
        return !number.isEmpty && number.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    private static func name(of owner: Int, _ document: Document) -> String {
        let user = document.user(id: owner)?.name ?? (owner == 0 ? "root" : String(owner))
        return "\(isPlain(user) ? user : String(owner)).\(owner).conf"
    }

    /// Whether a user's name can be part of a file's name.
    private static func isPlain(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count) && !name.hasPrefix(".")
            && name.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "/") }
    }

    private static func content(_ volumes: [RemoteVolume]) -> [UInt8] {
        var file = DerivedFile()
        for volume in volumes {
            file.section("RemoteVolume : \(volume.name)")
            file.set("Type", volume.type)
            file.set("ID", volume.id.map(String.init))
            file.set("URL", volume.url)
            file.set("Username", volume.username)
            file.set("Passwd", volume.storedPassword)
            file.set("Options", volume.options.isEmpty ? nil : volume.options)
        }
        return file.bytes
    }
}
