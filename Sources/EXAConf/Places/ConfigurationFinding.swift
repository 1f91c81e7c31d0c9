import Values

/// Something a configuration names that is not used, because of where it lies or whose it is, or that is not safe and should
/// not stay as it is. The configuration as a whole is valid all the same.
package struct ConfigurationFinding: Hashable, Sendable, CustomStringConvertible {
    /// The section, by headers from the top.
    package let section: [String]
    /// The key; empty when it is about the section as a whole.
    package let key: String
    /// What is wrong, a sentence.
    package let text: String
    /// The line to add to `confd.yaml` when the operator wants it used all the same; `nil` when nothing helps but
    /// another value.
    package let setting: String?

    package var description: String {
        let place = "[\(section.joined(separator: " / "))]" + (key.isEmpty ? "" : " \(key)")
        return Secret.masked("\(place): \(text)") + (setting.map { " To use it, add to confd.yaml: \($0)" } ?? "")
    }
}

extension Document {
    /// Everything that is not used for its place or its owner, in the order of the file's kinds.
    package func findings(in roots: PlaceRoots = PlaceRoots()) -> [ConfigurationFinding] {
        fileFindings(roots) + deviceFindings(roots) + bucketFindings(roots) + archiveFindings(roots)
            + pluginFindings(roots)
    }

    /// What is used and is not safe.
    package var unsafeFindings: [ConfigurationFinding] {
        bucketFSServices.filter { (1...65_535).contains($0.httpPort) }.map { service in
            ConfigurationFinding(
                section: [service.headerText], key: "HttpPort",
                text: "It serves plain HTTP: passwords of its buckets and all files can be read, and files changed, on "
                    + "the way. Give it an HttpsPort, and the HttpPort 0 (bucketfs_modify).", setting: nil)
        }
    }

    private func fileFindings(_ roots: PlaceRoots) -> [ConfigurationFinding] {
        var found: [ConfigurationFinding] = []
        if let path = global.licenseFile {
            found += Self.finding(.license, at: path, in: roots, section: ["Global"], key: "LicenseFile")
        }
        let files = [("Cert", ssl.certificate), ("CertKey", ssl.key), ("CertAuth", ssl.authority)]
        for (key, path) in files {
            found += Self.finding(.certificate, at: path, in: roots, section: ["SSL"], key: key)
        }
        // A certificate in the file of the authorities would be one.
        for (key, path) in files.dropLast() where path == ssl.authority {
            found.append(
                .init(section: ["SSL"], key: key, text: "It is the file of CertAuth; give another.", setting: nil))
        }
        return found
    }

    private func deviceFindings(_ roots: PlaceRoots) -> [ConfigurationFinding] {
        nodes.flatMap { node in
            node.storageDisks.flatMap { disk in
                disk.devices.flatMap { device in
                    Self.finding(
                        .device, at: Disk.path(of: device), in: roots, section: [node.headerText, disk.headerText],
                        key: "Devices")
                }
            }
        }
    }

    private func bucketFindings(_ roots: PlaceRoots) -> [ConfigurationFinding] {
        bucketFSServices.flatMap { service in
            let section = [service.headerText]
            var found = Self.finding(
                .bucket, at: service.folder, in: roots, section: section, key: service.path == nil ? "" : "Path")
            for bucket in service.buckets where !bucket.hasFolderName {
                found.append(
                    .init(
                        section: section + [bucket.headerText], key: "",
                        text: "It is not served: no folder can have its name.", setting: nil))
            }
            if service.owner?.canServe == false {
                found.append(
                    .init(
                        section: section, key: "Owner",
                        text: "It is not served: a file service belongs to an account other than root.", setting: nil))
            }
            return found
        }
    }

    private func archiveFindings(_ roots: PlaceRoots) -> [ConfigurationFinding] {
        remoteVolumes.flatMap { volume -> [ConfigurationFinding] in
            guard let url = volume.url else { return [] }
            guard volume.type == "file" else {
                let fault = fault(ofArchiveAt: StoreURL(url), in: roots)
                return fault.map {
                    [.init(section: [volume.headerText], key: "URL", text: "It \($0.text)", setting: $0.setting)]
                } ?? []
            }
            return Self.finding(
                .archive, at: RemoteVolume.folder(of: url), in: roots, section: [volume.headerText], key: "URL")
        }
    }

    private func pluginFindings(_ roots: PlaceRoots) -> [ConfigurationFinding] {
        plugins.flatMap { plugin -> [ConfigurationFinding] in
            guard let service = bucketFSServices.first(where: { $0.name == plugin.service }),
                Self.finding(.bucket, at: service.folder, in: roots, section: [], key: "").isEmpty
            else { return [] }
            let path = "\(service.folder)/\(plugin.bucket)/\(plugin.directory)/\(plugin.name)"
            return Self.finding(.bucket, at: path, in: roots, section: [plugin.headerText], key: "")
        }
    }

    private static func finding(
        _ kind: Place.Kind, at path: String, in roots: PlaceRoots, section: [String], key: String
    ) -> [ConfigurationFinding] {
        do throws(PlaceFault) {
            _ = try Place(kind, path, in: roots)
            return []
        } catch {
            let listed = roots.listed(for: kind).joined(separator: " ")
            let setting = kind.setting.map { "\($0): \(listed.isEmpty ? "" : listed + " ")\(path)" }
            return [.init(section: section, key: key, text: error.description, setting: setting)]
        }
    }
}

extension Owner {
    /// Whether files can be served in this owner's name: a user and a group that are not root's.
    package var canServe: Bool {
        [user, group].allSatisfy { (1..<Int(UInt32.max)).contains($0) }
    }
}

extension BucketFSService {
    /// Where its buckets lie: `Path`, or the folder of its name.
    package var folder: String { path ?? "/exa/data/bucketfs/\(name)" }
}

extension Bucket {
    /// Whether a folder of its service can have its name.
    var hasFolderName: Bool { !["", ".", "..", Self.markName].contains(name) && !name.contains("/") }
}

extension Disk {
    /// Where a device lies: names without a slash in front are files of the storage folder.
    package static func path(of device: String) -> String {
        device.hasPrefix("/") ? device : "/exa/data/storage/\(device)"
    }
}

extension RemoteVolume {
    /// The folder the address of a volume of type `file` names, such as `/backup` of `file:///backup`.
    package static func folder(of url: String) -> String {
        StoreURL(url).path
    }
}
