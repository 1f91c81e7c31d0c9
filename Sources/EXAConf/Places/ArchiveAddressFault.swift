/// Why archives are not reached at an address: it is of a node, of its loopback or of its link, where services trust each
/// other, and the operator has not listed it.
package struct ArchiveAddressFault: Hashable, Sendable, CustomStringConvertible {
    /// What kind of address it is.
    let locality: String
    /// The line for `confd.yaml` that lets archives be there.
    let setting: String

    /// In words that follow the address.
    var text: String { "is \(locality), where services trust each other." }

    package var description: String { "\(text) To use it, add to confd.yaml: \(setting)" }
}

extension PlaceRoots {
    /// What is wrong with an archive at an address; `nil` where it may be, and for what is no address.
    ///
    /// - Parameter own: Further addresses of the nodes.
    package func fault(ofArchiveAt address: String, own: Set<IPAddress>) -> ArchiveAddressFault? {
        guard let known = IPAddress(address) else { return nil }
        let isOfANode = own.contains(known) || known.embedded.map { own.contains($0) } == true
        let locality = known.locality ?? (isOfANode ? "an address of a node" : nil)
        guard let locality, !archiveAddresses.contains(where: { $0.contains(known) }) else { return nil }
        let listed = archiveAddresses.map(\.description) + [address.filter { !"[]".contains($0) }]
        return ArchiveAddressFault(
            locality: locality, setting: "archives.local_addresses: \(listed.joined(separator: " "))")
    }
}

extension Document {
    /// What is wrong with an archive at the host of an address, as far as that can be known without asking: `localhost` is
    /// an address, other names are looked up when the archive is used.
    package func fault(ofArchiveAt url: StoreURL, in roots: PlaceRoots) -> ArchiveAddressFault? {
        let name = url.host.lowercased()
        let isLocal = name == "localhost" || name.hasSuffix(".localhost")
        return roots.fault(ofArchiveAt: isLocal ? "127.0.0.1" : url.host, own: nodeAddresses)
    }

    /// The addresses nodes have for one another and for the world.
    private var nodeAddresses: Set<IPAddress> {
        Set(nodes.flatMap { [$0.privateNet, $0.publicNet] }.compactMap { $0.flatMap { IPAddress(bytes: $0.bytes) } })
    }
}
