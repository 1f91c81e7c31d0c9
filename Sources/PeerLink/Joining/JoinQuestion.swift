package import Values

/// What a machine without a certificate asks a member, each time with the secret of its invitation.
package struct JoinQuestion: Sendable, Hashable {
    /// What it wants.
    package enum Step: Sendable, Hashable {
        /// To know the cluster, and to be told whether it can join.
        case look
        /// That these ports of it are tried.
        case ports(ClusterPorts)
        /// A certificate for the key that signed this request, PEM.
        case certificate(request: String, ClusterPorts)
    }

    /// The node it is to be.
    package let node: Int
    /// Of its invitation. Secret.
    package let secret: [UInt8]
    /// SHA-256 of its public key, in hexadecimal digits.
    package let key: String
    /// What it runs.
    package let version: VersionSpan
    /// The addresses it has.
    package let addresses: [String]
    /// The port of its APIs.
    package let port: Int
    /// What it wants.
    package let step: Step

    /// A question of these parts.
    package init(
        node: Int, secret: [UInt8], key: String, version: VersionSpan, addresses: [String], port: Int,
        step: Step
    ) {
        (self.node, self.secret, self.key) = (node, secret, key)
        (self.version, self.addresses, self.port) = (version, Array(addresses.prefix(64)), port)
        self.step = step
    }

    /// It as it is sent. Secret.
    package var value: Value {
        var members: [String: Value] = [
            "node": .int(node), "secret": .string(Hex.text(secret)), "key": .string(key), "version": version.value,
            "addresses": .strings(addresses), "port": .int(port),
        ]
        switch step {
        case .look: members["step"] = "look"
        case .ports(let ports): (members["step"], members["ports"]) = ("ports", ports.value)
        case .certificate(let request, let ports):
            (members["step"], members["request"]) = ("certificate", .string(request))
            members["ports"] = ports.value
        }
        return .map(members)
    }

    /// Reads what ``value`` wrote; `nil` for anything else.
    package init?(_ value: Value) {
        guard let node = value["node"]?.int, (1...1_000_000).contains(node),
            let secret = value["secret"]?.string.flatMap({ Hex.bytes($0) }), secret.count == 16,
            let key = value["key"]?.string, key.utf8.count == 64, Hex.bytes(key) != nil,
            let port = value["port"]?.int, (1...65_535).contains(port),
            let version = VersionSpan(value["version"]), let list = value["addresses"]?.list, list.count <= 64
        else { return nil }
        let addresses = list.compactMap(\.string).filter { JoinPlace(address: $0, port: 1) != nil }
        guard addresses.count == list.count else { return nil }
        let (ports, request) = (ClusterPorts(value["ports"]), value["request"]?.string)
        let step: Step
        switch (value["step"]?.string, ports, request) {
        case ("look", _, _): step = .look
        case ("ports", let ports?, _): step = .ports(ports)
        case ("certificate", let ports?, let request?): step = .certificate(request: request, ports)
        default: return nil
        }
        self.init(
            node: node, secret: secret, key: key.lowercased(), version: version, addresses: addresses, port: port,
            step: step)
    }
}

extension JoinQuestion: CustomStringConvertible, CustomReflectable {
    package var description: String { "question of who wants to be node \(node)" }
    package var customMirror: Mirror { Mirror(self, children: ["node": node]) }
}

extension VersionSpan {
    var value: Value {
        .members([
            "node": node.map(Value.int), "version": .string(version),
            "levels": .ints([levels.lowerBound, levels.upperBound]),
        ])
    }

    init?(_ value: Value?) {
        guard let version = value?["version"]?.string, (1...40).contains(version.utf8.count),
            version.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
            let levels = value?["levels"]?.list?.compactMap(\.int), levels.count == 2, levels[0] >= 1,
            levels[0] <= levels[1], levels[1] <= 1_000_000
        else { return nil }
        self.init(node: value?["node"]?.int, version: version, levels: levels[0]...levels[1])
    }
}
