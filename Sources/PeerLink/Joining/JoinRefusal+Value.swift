import JobEngine
package import Values

// Refusals a member gives travel with their parts, so that the one who asked has the same exit code. Those that only the
// machine itself can find out have no such form.
extension JoinRefusal {
    /// It as it is sent.
    package var value: Value {
        switch self {
        case .invitation(let refusal, let node, let address):
            .map(
                refusal.members.merging(
                    ["kind": "invitation", "node": .int(node), "address": address.map(Value.string) ?? .null]
                ) { first, _ in first })
        case .versions(let node, let own): ["kind": "versions", "node": node.value, "own": own.value]
        case .address(let invited, let found):
            ["kind": "address", "invited": .string(invited), "found": .strings(found)]
        case .notNow(let cause): ["kind": "not-now", "cause": .string(cause)]
        default: ["kind": "unusable", "cause": .string(description)]
        }
    }

    /// Reads what ``value`` wrote; `nil` for anything else.
    package init?(_ value: Value) {
        let cause = value["cause"]?.string.map { String($0.prefix(1000)) }
        switch (value["kind"]?.string, cause) {
        case ("invitation", _):
            guard let node = value["node"]?.int, let refusal = InvitationRefusal(value) else { return nil }
            self = .invitation(refusal, node: node, address: value["address"]?.string)
        case ("versions", _):
            guard let node = VersionSpan(value["node"]), let own = VersionSpan(value["own"]) else { return nil }
            self = .versions(node, own: own)
        case ("address", _):
            guard let invited = value["invited"]?.string, let found = value["found"]?.list else { return nil }
            self = .address(invited: invited, found: found.prefix(64).compactMap(\.string))
        case ("not-now", let cause?): self = .notNow(cause)
        case ("unusable", let cause?): self = .unusable(cause)
        default: return nil
        }
    }
}

extension InvitationRefusal {
    fileprivate var members: [String: Value] {
        switch self {
        case .used(let time, let address): ["why": "used", "at": time.value, "from": .string(address)]
        case .expired(let time): ["why": "expired", "at": time.value]
        case .unknown: ["why": "unknown"]
        }
    }

    fileprivate init?(_ value: Value) {
        let time = value["at"].flatMap { Timestamp($0) }
        switch (value["why"]?.string, time, value["from"]?.string) {
        case ("used", let time?, let address?): self = .used(at: time, from: address)
        case ("expired", let time?, _): self = .expired(at: time)
        case ("unknown", _, _): self = .unknown
        default: return nil
        }
    }
}
