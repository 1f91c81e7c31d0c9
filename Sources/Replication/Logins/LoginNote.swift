package import Access
package import Values

/// Something a node has to tell the others of its logins, which whoever decides puts into the log.
package enum LoginNote: Sendable, Hashable {
    /// Failures were counted to the end.
    case lock(SharedLock)
    /// The lock of this id was lifted by somebody who may.
    case lift(String)
    /// The session of this id was used, in milliseconds since 1970.
    case use(session: String, at: Int64)

    /// For another node to read.
    package var value: Value {
        switch self {
        case .lock(let lock):
            .members([
                "kind": "lock", "id": .string(lock.id), "subject": .string(lock.subject.name),
                "user": lock.subject.user.map(Value.string), "address": .string(lock.address),
                "set_at": .int(Int(lock.setAt)), "until": .int(Int(lock.until)),
            ])
        case .lift(let id): ["kind": "lift", "id": .string(id)]
        case .use(let id, let time): ["kind": "use", "id": .string(id), "at": .int(Int(time))]
        }
    }

    /// What another node tells; `nil` for what is none, or is longer than any can be.
    package init?(_ value: Value) {
        guard let id = value["id"]?.string, (1...64).contains(id.utf8.count) else { return nil }
        switch value["kind"]?.string {
        case "lock":
            guard let lock = SharedLock(value, id: id) else { return nil }
            self = .lock(lock)
        case "lift": self = .lift(id)
        case "use":
            guard let time = value["at"]?.int else { return nil }
            self = .use(session: id, at: Int64(time))
        default: return nil
        }
    }
}

extension Lockout.Lock.Subject {
    fileprivate var name: String {
        switch self {
        case .user: "user"
        case .address: "address"
        case .tokens: "tokens"
        }
    }

    fileprivate var user: String? { if case .user(let name) = self { name } else { nil } }
}

extension SharedLock {
    fileprivate init?(_ value: Value, id: String) {
        guard let address = value["address"]?.string, address.utf8.count <= 256, let setAt = value["set_at"]?.int,
            let until = value["until"]?.int
        else { return nil }
        let subject: Lockout.Lock.Subject
        switch (value["subject"]?.string, value["user"]?.string) {
        case ("user", let user?) where user.utf8.count <= 1024: subject = .user(user)
        case ("address", nil): subject = .address
        case ("tokens", nil): subject = .tokens
        default: return nil
        }
        self.init(id: id, subject: subject, address: address, setAt: Int64(setAt), until: Int64(until))
    }

    /// As it stands in the state.
    init(_ lock: ReplicatedLock) {
        let subject: Lockout.Lock.Subject =
            switch lock.subject {
            case .user(let name): .user(name)
            case .address: .address
            case .tokens: .tokens
            }
        self.init(
            id: lock.id, subject: subject, address: lock.address, setAt: Int64(lock.setAt.milliseconds),
            until: Int64(lock.until.milliseconds))
    }

    /// As the log has it.
    var replicated: ReplicatedLock {
        let subject: ReplicatedLock.Subject =
            switch subject {
            case .user(let name): .user(name)
            case .address: .address
            case .tokens: .tokens
            }
        return ReplicatedLock(
            id: id, subject: subject, address: address, setAt: Timestamp(milliseconds: Int(setAt)),
            until: Timestamp(milliseconds: Int(until)))
    }
}
