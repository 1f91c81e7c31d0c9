/// What changes below which version of the file format.
enum UpgradeStep {
    typealias Step = @Sendable (inout Document) throws(EXAConfError) -> Void

    static let all: [(below: String, step: Step)] = [
        ("6.0.1", renameHostnames), ("6.0.4", addRevision), ("6.0.7", importUUIDs), ("6.1.1", addTimezone),
        ("6.1.2", addAccounts), ("6.1.3", addReleaseKeys), ("6.1.4", moveServiceOwner), ("6.1.5", renameActiveNodes),
        ("6.2.2", repairSecrets), ("7.0.0", addVerification), ("7.1.2", addPacketFilters),
        ("8.13.0", splitCloudVolume), ("8.18.0", dropREVersion),
    ]

    private static func paths(_ document: Document, _ kind: String) -> [SectionPath] {
        document.sections(kind: kind).map { SectionPath([$0.name]) }
    }

    private static func add(_ key: String, as value: String, to document: inout Document) throws(EXAConfError) {
        guard document.value(key, in: .global) == nil else { return }
        try document.set(key, to: value, in: .global)
    }

    private static func renameHostnames(_ document: inout Document) throws(EXAConfError) {
        for path in paths(document, "Node") { try document.rename("Hostname", to: "Name", in: path) }
    }

    private static func addRevision(_ document: inout Document) throws(EXAConfError) {
        try add("Revision", as: "1", to: &document)
    }

    private static func importUUIDs(_ document: inout Document) throws(EXAConfError) {
        for path in paths(document, "Node") { try document.set("UUID", to: "IMPORT", in: path) }
        try document.set("Checksum", to: "COMMIT", in: .global)
    }

    private static func addTimezone(_ document: inout Document) throws(EXAConfError) {
        try add("Timezone", as: "Europe/Berlin", to: &document)
    }

    private static func addAccounts(_ document: inout Document) throws(EXAConfError) {
        try document.addStandardGroups(ids: [
            ("root", 0), ("exausers", 500), ("exadbadm", 1001), ("exastoradm", 1002), ("exabfsadm", 1003),
            ("exaadm", 1004),
        ])
        try document.addStandardUsers()
        try document.addUsersForUnknownOwners()
    }

    private static func addReleaseKeys(_ document: inout Document) throws(EXAConfError) {
        try add("REVersion", as: document.value("OSVersion", in: .global) ?? "6.1.3", to: &document)
        try add("Hugepages", as: "0", to: &document)
    }

    private static func moveServiceOwner(_ document: inout Document) throws(EXAConfError) {
        guard let owner = document.value("ServiceOwner", in: ["BucketFS"]) else { return }
        for path in paths(document, "BucketFS") where document.value("Owner", in: path) == nil {
            try document.set("Owner", to: owner, in: path)
        }
        document.removeSection(["BucketFS"])
    }

    private static func renameActiveNodes(_ document: inout Document) throws(EXAConfError) {
        for path in paths(document, "DB") { try document.rename("NumMasterNodes", to: "NumActiveNodes", in: path) }
    }

    private static func repairSecrets(_ document: inout Document) throws(EXAConfError) {
        for path in paths(document, "RemoteVolume") {
            guard let password = document.value("Passwd", in: path), !password.isEmpty else { continue }
            try document.set("Passwd", to: EncodedPassword.stored(password), in: path)
        }
        for (key, name) in [("Cert", "ssl.crt"), ("CertKey", "ssl.key"), ("CertAuth", "ssl.ca")] {
            guard document.value(key, in: .ssl)?.utf8.starts(with: "/path/to/".utf8) ?? false else { continue }
            try document.set(key, to: "/exa/etc/ssl/\(name)", in: .ssl)
        }
    }

    private static func addVerification(_ document: inout Document) throws(EXAConfError) {
        guard document.contains(.ssl), document.value("CertVerify", in: .ssl) == nil else { return }
        try document.set("CertVerify", to: "none", in: .ssl)
    }

    private static func addPacketFilters(_ document: inout Document) throws(EXAConfError) {
        try add("CoredUsePrivilegedPorts", as: "True", to: &document)
        try add("CoredAllowOnlySameSubnet", as: "True", to: &document)
        try add("CoredSubnets", as: "", to: &document)
    }

    private static func splitCloudVolume(_ document: inout Document) throws(EXAConfError) {
        let old = SectionPath.remoteVolume("cloud_data_remote_volume")
        guard let volume = document.section(at: old) else { return }
        let url = volume["URL"] ?? ""
        let next = max(10_000, document.remoteVolumes.compactMap(\.id).max() ?? 0) + 1
        let parts = [("default_logrotation_volume", "logs", volume["ID"]), ("default_backup_volume", "backup", nil)]
        document.removeSection(old)
        for (name, folder, id) in parts {
            let path = SectionPath.remoteVolume(name)
            guard !document.contains(path) else { continue }
            try document.addSection(path)
            for entry in volume.entries { try document.set(entry.key, to: entry.value, in: path) }
            try document.set("ID", to: id ?? String(next), in: path)
            try document.set("URL", to: "\(url.hasSuffix("/") ? String(url.dropLast()) : url)/\(folder)", in: path)
        }
        guard document.value("RemoteLogRotationVolume", in: .logging) == "cloud_data_remote_volume" else { return }
        try document.set("RemoteLogRotationVolume", to: "default_logrotation_volume", in: .logging)
    }

    private static func dropREVersion(_ document: inout Document) throws(EXAConfError) {
        try document.remove("REVersion", in: .global)
    }
}
