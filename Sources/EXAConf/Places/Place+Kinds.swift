extension Place {
    /// The kinds of things that lie on disks under a name somebody gives. Each has a folder of its own, and nothing else
    /// lies in that.
    package enum Kind: String, CaseIterable, Sendable {
        case bucket, volume, device, archive, certificate, license, keytab, plugin, log, debug, remoteVolume

        /// Whether such a place is a folder, so that its path may end in a slash.
        var isFolder: Bool { [.bucket, .archive].contains(self) }

        /// Whether plain names below `/exa` lead to a place of this kind.
        func admits(_ names: [String]) -> Bool {
            switch self {
            // Clusters of before have data/bucketfs2 and the like, each for one service.
            case .bucket: names.count >= 2 && names[0] == "data" && names[1].hasPrefix("bucketfs")
            case .volume: names.starts(with: ["data", "volumes"]) && names.count >= 3 && Int(names[2]) != nil
            case .device: names.starts(with: ["data", "storage"]) && names.count >= 3
            case .archive: names.starts(with: ["data", "archives"]) && names.count >= 3
            case .certificate:
                names.starts(with: ["etc", "ssl"]) && names.count >= 3 && !Self.isKept(names[names.count - 1])
            case .license:
                names.count == 2 && names[0] == "etc" && names[1].hasPrefix("license") && !Self.isKept(names[1])
            case .keytab: names.starts(with: ["etc", "keytabs"]) && names.count == 3
            case .plugin: names.count == 2 && names[0] == "plugins"
            case .log: names.count >= 2 && names[0] == "logs"
            case .debug: names.starts(with: ["spool", "debug"]) && names.count == 3 && names[2].hasSuffix(".tar.gz")
            case .remoteVolume: names.starts(with: ["etc", "remote_volumes"]) && names.count == 3
            }
        }

        /// What to give, as the end of a sentence.
        var rule: String {
            switch self {
            case .bucket: "buckets lie below /exa/data/bucketfs, or below a folder of the setting 'bucketfs.roots'"
            case .volume: "volumes lie below /exa/data/volumes"
            case .device: "devices are files below /exa/data/storage"
            case .archive:
                "archives lie below /exa/data/archives, or below a folder of the setting 'archives.roots'"
            case .certificate: "certificates and keys lie below /exa/etc/ssl"
            case .license: "a license is a file such as /exa/etc/license.xml"
            case .keytab: "keytabs lie in /exa/etc/keytabs"
            case .plugin: "plugins lie in /exa/plugins"
            case .log: "logs lie below /exa/logs"
            case .debug: "give a file like /exa/spool/debug/case-7.tar.gz"
            case .remoteVolume: "the files of remote volumes lie in /exa/etc/remote_volumes"
            }
        }

        /// The setting of the operator's that names further folders; `nil` for a kind that has none.
        var setting: String? {
            switch self {
            case .bucket: "bucketfs.roots"
            case .archive: "archives.roots"
            default: nil
            }
        }

        /// Names of what is kept beside a file that is replaced.
        private static func isKept(_ name: String) -> Bool { name.hasSuffix(".previous") || name.hasSuffix(".job") }
    }
}
