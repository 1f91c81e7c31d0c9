/// What is missing so that a remote volume's host cannot be mistaken for another, or be listened to on the way.
package enum StoreTrust: Hashable, Sendable, CaseIterable {
    /// The host proves itself with a key, and none is kept: it is not reached.
    case hostKeyMissing
    /// Passwords and content can be read, and changed, on the way.
    case clear
    /// Certificates are not looked at: passwords go to whoever answers.
    case certificateIgnored

    /// What is missing for a volume.
    ///
    /// - Parameter options: Flags, as the volume has them or as a list.
    package static func lacking(
        type: String, url: String, options: [some StringProtocol], hasHostKey: Bool
    ) -> [StoreTrust] {
        let flags = Set(options.map { $0.lowercased() })
        if type == "file" { return [] }
        if type == "sftp" { return hasHostKey ? [] : [.hostKeyMissing] }
        let isEncrypted =
            switch StoreURL(url).scheme {
            case "http": false
            case "ftp": !flags.isDisjoint(with: ["forcessl", "earlytls"])
            default: true
            }
        if !isEncrypted { return [.clear] }
        return flags.contains("noverifypeer") ? [.certificateIgnored] : []
    }

    /// A sentence that follows the name of the volume's URL or options.
    package var text: String {
        switch self {
        case .hostKeyMissing:
            "No key of its host is kept (HostKey), so it is not reached: the password would go to whoever answers."
        case .clear:
            "It goes over the network in clear: whoever is on the way reads, and changes, what is sent. Use ftps:// or "
                + "the option forcessl, https://, or sftp://."
        case .certificateIgnored:
            "With the option noverifypeer the password goes to whoever answers: have the store show a certificate that "
                + "this machine trusts."
        }
    }
}

extension RemoteVolume {
    /// What is missing so that its host cannot be mistaken, or be listened to.
    package var lackingTrust: [StoreTrust] {
        StoreTrust.lacking(
            type: type, url: url ?? "", options: options.split { $0 == " " || $0 == "," || $0 == ";" },
            hasHostKey: !hostKeys.isEmpty)
    }
}

extension Document {
    /// What of the configuration can be used, and should not stay as it is; and remote volumes without a key of their host.
    ///
    /// Other than ``findings(in:)``, it keeps nothing out of the configuration.
    package func cautions() -> [ConfigurationFinding] {
        remoteVolumes.flatMap { volume in
            volume.lackingTrust.map { lacking in
                let cure =
                    lacking == .hostKeyMissing
                    ? " Give the one its administrator names: confd_client remote_volume_set_host_key "
                        + "remote_volume_name: \(volume.name) host_key: SHA256:..." : ""
                return ConfigurationFinding(
                    section: [volume.headerText], key: lacking == .certificateIgnored ? "Options" : "URL",
                    text: lacking.text + cure, setting: nil)
            }
        }
    }
}
