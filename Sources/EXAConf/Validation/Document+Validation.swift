/// The rules that hold when a file is loaded.
extension Document {
    /// Reads a file that is to be put in force: syntax, then checksum, then the rules.
    ///
    /// - Throws: as ``init(parsing:)``, `integrity` for a silent edit, `unusable` for the first broken rule.
    package init(loading bytes: [UInt8]) throws(EXAConfError) {
        try self.init(parsing: bytes)
        try verifyChecksum()
        try validate()
    }

    /// Whether there is a `[Global]` section; a file without one belongs to no cluster yet.
    package var isInitialised: Bool { contains(.global) }

    /// Refuses a document that breaks a rule; the checksum is a matter of ``verifyChecksum()``.
    ///
    /// - Throws: `unusable` with message, line and cure of the first problem.
    package func validate() throws(EXAConfError) {
        guard let first = problems().first else { return }
        throw EXAConfError(.unusable, first.description, line: first.line)
    }

    /// All broken rules, in the order they are checked.
    package func problems() -> [Problem] {
        guard isInitialised else {
            return [
                problem(at: .global, key: nil, "The section [Global] is missing", cure: "Initialise the cluster first.")
            ]
        }
        return globalProblems() + sslProblems() + nodes.flatMap { problems(of: $0) } + uniquenessProblems()
            + networkProblems()
            + numberProblems()
    }

    func problem(at path: SectionPath, key: String?, _ message: String, cure: String) -> Problem {
        let line = line(of: key, in: path) ?? line(in: path) ?? 1
        return Problem(path: path, key: key, line: line, message: message, cure: cure)
    }

    private func globalProblems() -> [Problem] {
        var found: [Problem] = []
        if !global.networks.contains("private") {
            found.append(
                problem(
                    at: .global, key: "Networks", "[Global]: Networks does not contain 'private'",
                    cure: "Add 'private' to the list."))
        }
        if global.isDocker, docker == nil {
            found.append(
                problem(
                    at: .docker, key: nil, "The section [Docker] is missing",
                    cure: "Add it, or change Platform in [Global]."))
        }
        return found
    }

    /// A daemon could not tell what to ask of clients.
    private func sslProblems() -> [Problem] {
        let words = ["none", "optional", "required", ""]
        guard contains(.ssl), !words.contains(ssl.verification.lowercased()) else { return [] }
        return [
            problem(
                at: .ssl, key: "CertVerify", "[SSL]: CertVerify is '\(TextRule.shown(ssl.verification))'",
                cure: "Set it to none, optional or required.")
        ]
    }

    private func problems(of node: Node) -> [Problem] {
        let path = SectionPath([node.section.name])
        var found: [Problem] = []
        func report(_ key: String, _ message: String, cure: String) {
            found.append(problem(at: path, key: key, "[\(path)]: \(message)", cure: cure))
        }
        if node.id.map({ $0 < Self.firstNodeID }) ?? true {
            report("", "the node id is no number from \(Self.firstNodeID) on", cure: "Give the node another id.")
        }
        if node.text("Name") == nil, node.text("Hostname") == nil {
            report("Name", "Name is missing", cure: "Give the node a name.")
        }
        if global.isDocker, node.dockerVolume == nil {
            report("DockerVolume", "DockerVolume is missing", cure: "Name the directory of the node.")
        }
        if node.privateNet == nil {
            report("PrivateNet", "PrivateNet is no valid network", cure: "Give an address like 10.10.10.11/24.")
        }
        if global.hasPublicNetwork, node.publicNet == nil {
            report(
                "PublicNet", "PublicNet is no valid network", cure: "Give an address, or take 'public' out of Networks."
            )
        }
        var seen: Set<String> = []
        for device in node.disks.flatMap(\.devices) where !seen.insert(device).inserted {
            report("", "device '\(TextRule.shown(device))' occurs twice", cure: "Name each device once per node.")
        }
        return found
    }

    private func uniquenessProblems() -> [Problem] {
        let kinds: [(String, (Node) -> String?)] = [
            ("Name", { $0.name }), ("DockerVolume", { $0.dockerVolume }),
            ("PrivateNet", { $0.privateNet?.address }), ("PublicNet", { $0.publicNet?.address }),
        ]
        return kinds.flatMap { key, value in
            var owners: [String: String] = [:]
            return nodes.compactMap { node -> Problem? in
                guard let text = value(node) else { return nil }
                guard let first = owners[text] else {
                    owners[text] = node.headerText
                    return nil
                }
                return problem(
                    at: SectionPath([node.section.name]), key: key,
                    "[\(node.headerText)]: \(key) is the same as that of [\(first)]", cure: "Give each node its own.")
            }
        }
    }

    private func networkProblems() -> [Problem] {
        let kinds: [(String, (Node) -> Network?)] = [
            ("PrivateNet", { $0.privateNet }), ("PublicNet", { $0.publicNet }),
        ]
        return kinds.flatMap { key, value in
            let networks = nodes.compactMap { node in value(node).map { (node, $0) } }
            guard let first = networks.first?.1 else { return [Problem]() }
            return networks.dropFirst().filter { !first.contains($0.1) }.map { node, network in
                problem(
                    at: SectionPath([node.section.name]), key: key,
                    "[\(node.headerText)]: \(key) \(network) is not in the network of the first node, \(first)",
                    cure: "Choose an address of that network.")
            }
        }
    }

    // Readers of this family give up on the whole file when one of these is no number.
    private func numberProblems() -> [Problem] {
        var paths: [(SectionPath, String)] = []
        for group in groups { paths.append((.group(group.name), "ID")) }
        for user in users { paths.append((.user(user.name), "ID")) }
        for volume in remoteVolumes { paths.append((SectionPath([volume.section.name]), "ID")) }
        for database in databases {
            let path = SectionPath([database.section.name])
            paths.append((path, "Port"))
            for backup in database.backups { paths.append((path.appending(backup.section.name), "Level")) }
        }
        return paths.compactMap { path, key in
            guard let text = value(key, in: path), Int(text) == nil else { return nil }
            return problem(at: path, key: key, "[\(path)]: \(key) is no number", cure: "Give a whole number.")
        }
    }
}
