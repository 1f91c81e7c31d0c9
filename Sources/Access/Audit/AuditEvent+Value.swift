package import Values

extension AuditEvent {
    /// The event as members; its JSON text is what the chain of hashes runs over.
    package var value: Value {
        .members([
            "event": .string(kind.rawValue), "time": .int(Int(time)), "user": user.map(Value.string),
            "client_addr": address.map(Value.string), "auth": method.map { .string($0.rawValue) },
            "detail": detail.map(Value.string),
            "fields": fields.isEmpty ? nil : .map(fields.mapValues(Value.string)),
        ])
    }

    /// Reads what ``value`` wrote; `nil` for anything else.
    package init?(_ value: Value) {
        guard let kind = value["event"]?.string.flatMap(Kind.init), let time = value["time"]?.int else { return nil }
        self.init(
            kind: kind, time: Int64(time), user: value["user"]?.string, address: value["client_addr"]?.string,
            method: value["auth"]?.string.flatMap(Principal.Method.init), detail: value["detail"]?.string,
            fields: value["fields"]?.map?.compactMapValues(\.string) ?? [:])
    }
}
