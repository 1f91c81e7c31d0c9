import EXAConf

/// A text in the style of the configuration file that services read, made from the configuration.
struct DerivedFile {
    private(set) var text = "# Made from EXAConf, do not edit: it is written anew with each change.\n"

    mutating func section(_ header: String, level: Int = 1) {
        text += "\n" + String(repeating: "[", count: level) + header + String(repeating: "]", count: level) + "\n"
    }

    /// Leaves out what has no value.
    mutating func set(_ key: String, _ value: String?) {
        if let value { text += "\(key) = \(value)\n" }
    }

    var bytes: [UInt8] { Array(text.utf8) }
}

/// What the file services (`bucketfs.cfg`) and the databases (`bucketfs_db.cfg`) read about BucketFS.
///
/// Passwords are encoded as they are in the configuration.
enum BucketFSFiles {
    /// Everything a file service needs: ports, owner, synchronisation, buckets with both passwords.
    static func services(_ document: Document) -> [UInt8] {
        var file = DerivedFile()
        for service in document.bucketFSServices {
            file.section("BucketFS : \(service.name)")
            file.set("HttpPort", String(service.httpPort))
            file.set("HttpsPort", String(service.httpsPort))
            file.set("Owner", service.owner?.description)
            file.set("Path", service.path)
            file.set("SyncKey", service.syncKey)
            file.set("SyncPeriod", service.syncPeriod)
            file.set("Mode", service.mode)
            for bucket in service.buckets {
                write(bucket, to: &file)
                file.set("WritePasswd", bucket.writePassword)
                let files = bucket.additionalFiles
                file.set("AdditionalFiles", files.isEmpty ? nil : files.joined(separator: ","))
            }
        }
        return file.bytes
    }

    /// What a database needs to read buckets: no key and no password for writing.
    static func readers(_ document: Document) -> [UInt8] {
        var file = DerivedFile()
        for service in document.bucketFSServices {
            file.section("BucketFS : \(service.name)")
            file.set("HttpPort", String(service.httpPort))
            file.set("HttpsPort", String(service.httpsPort))
            for bucket in service.buckets { write(bucket, to: &file) }
        }
        return file.bytes
    }

    private static func write(_ bucket: Bucket, to file: inout DerivedFile) {
        file.section("Bucket : \(bucket.name)", level: 2)
        file.set("Public", bucket.isPublic == true ? "True" : "False")
        file.set("ReadPasswd", bucket.readPassword)
    }
}

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
