package import Values

extension ObjectState {
    /// The longest text one may have that another node tells, in bytes; longer ones are cut.
    static let longestText = 500

    /// What a figure of another node may be: nobody's arithmetic leaves its bounds by it.
    private static let sane = 0...(1 << 52)

    /// The members others are told.
    package var value: Value {
        .members([
            "kind": .string(kind.rawValue), "name": .string(name), "object": .string(object),
            "node": node.map(Value.int),
            "wanted": wanted.isEmpty ? nil : .string(wanted), "actual": .string(actual),
            "since": since.map { .string($0.description) }, "why": why.isEmpty ? nil : .string(Secret.masked(why)),
            "figures": figures.isEmpty
                ? nil
                : .map(Dictionary(uniqueKeysWithValues: figures.map { ($0.key.rawValue, .int($0.value)) })),
            "maintenance": maintenance.map(Value.string), "remedy": remedy?.value,
        ])
    }

    /// What another node tells; `nil` for what is none. Members this version does not know are left out.
    package init?(_ value: Value) {
        guard let kind = value["kind"]?.string.flatMap(Kind.init), let name = value["name"]?.string, !name.isEmpty,
            name.utf8.count <= 512, let actual = value["actual"]?.string
        else { return nil }
        self.init(kind, name, actual: Self.text(actual))
        node = value["node"]?.int
        wanted = Self.text(value["wanted"]?.string ?? "")
        since = value["since"]?.string.flatMap { Timestamp($0) }
        why = Self.text(value["why"]?.string ?? "")
        maintenance = value["maintenance"]?.string.map(Self.text)
        for figure in Figure.allCases {
            figures[figure] = value["figures"]?[figure.rawValue]?.int.flatMap { Self.sane.contains($0) ? $0 : nil }
        }
        remedy = value["remedy"].flatMap { Finding.Job($0) }
    }

    private static func text(_ text: String) -> String {
        text.utf8.count <= longestText ? text : String(text.prefix(longestText / 4))
    }
}

extension Finding.Job {
    /// The members of a request for it.
    package var value: Value { ["type": .string(type), "parameters": .map(parameters)] }

    /// - Returns: `nil` for what is none.
    init?(_ value: Value) {
        guard let type = value["type"]?.string, type.utf8.count <= 200, let parameters = value["parameters"]?.map,
            JSON.bytes(.map(parameters)).count <= ObjectState.longestText
        else { return nil }
        self.init(type, parameters)
    }
}

extension NodeReport {
    /// The members others are told.
    package var value: Value {
        ["node": .int(node), "version": .int(version), "states": .list(states.map(\.value))]
    }

    /// What another node tells; `nil` for what is none.
    package init?(_ value: Value) {
        guard let node = value["node"]?.int, let version = value["version"]?.int, let states = value["states"]?.list,
            states.count <= Self.mostStates
        else { return nil }
        self.init(node: node, version: version, states: states.compactMap { ObjectState($0) })
    }
}
