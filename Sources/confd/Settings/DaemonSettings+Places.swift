import EXAConf
import JobEngine
import NodeAgent

extension DaemonSettings {
    /// Where things of this node may lie: in the folders of the installation, and in those the operator lists.
    var placeRoots: PlaceRoots {
        var roots = PlaceRoots()
        roots.installation = InstallationRoot(root).directory
        roots.buckets = words("bucketfs.roots")
        roots.archives = words("archives.roots")
        roots.archiveAddresses = words("archives.local_addresses").compactMap { IPRange($0) }
        return roots
    }

    /// What users of the cluster may do beyond the rights of their jobs.
    var policy: OperatorPolicy {
        var policy = OperatorPolicy()
        policy.roots = placeRoots
        // With 0 the system chooses one.
        policy.port = port == 0 ? nil : port
        policy.grants = OperatorPolicy.Grants(rawValue: text("access.exaadm_grants")) ?? .own
        return policy
    }

    /// - Throws: ``Failure`` naming the setting and what it has to be.
    func checkPlaces() throws(Failure) {
        try check(
            "archives.local_addresses", words("archives.local_addresses").allSatisfy { IPRange($0) != nil },
            "addresses, or networks such as 127.0.0.0/8, with blanks between them")
        for name in ["bucketfs.roots", "archives.roots"] {
            let isPlain = words(name).allSatisfy { path in
                path.hasPrefix("/") && path.split(separator: "/").allSatisfy { $0 != "." && $0 != ".." }
                    && !path.allSatisfy { $0 == "/" }
            }
            try check(name, isPlain, "absolute paths of folders, such as /srv/backup, with blanks between them")
        }
        try check(
            "access.exaadm_grants", OperatorPolicy.Grants(rawValue: text("access.exaadm_grants")) != nil, "own or all")
    }

    private func words(_ name: String) -> [String] { text(name).split(separator: " ").map(String.init) }
}
