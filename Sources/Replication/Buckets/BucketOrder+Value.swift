package import JobEngine
package import Values

/// An order as a node sends it to the one that decides.
extension BucketOrder {
    private enum Kind: String {
        case keep, remove, list, forget
        case endListing = "end_listing"
    }

    /// For another node to read.
    package var value: Value {
        switch self {
        case .keep(let entry, let expected):
            form(.keep, ["entry": entry.value], over: expected)
        case .remove(let name, let expected):
            form(.remove, ["file": .members(RecordForm.members(of: name))], over: expected)
        case .list(let entries): form(.list, ["entries": .list(entries.map(\.value))])
        case .endListing: form(.endListing, [:])
        case .forget(let bucket, let revision):
            form(.forget, ["bucket": .members(RecordForm.members(of: bucket)), "revision": .int(revision)])
        }
    }

    private func form(_ kind: Kind, _ members: [String: Value], over expected: BucketExpectation? = nil) -> Value {
        var members = members
        members["kind"] = .string(kind.rawValue)
        if case .tag(let tag) = expected { members["over"] = tag.map(Value.string) ?? .null }
        return .map(members)
    }

    /// What another node sends; `nil` for what is no order, or lists more than it may at once.
    package init?(_ value: Value) {
        switch value["kind"]?.string.flatMap(Kind.init) {
        case .keep:
            guard let entry = value["entry"].flatMap({ BucketEntry($0) }), let expected = BucketExpectation(value)
            else { return nil }
            self = .keep(entry, over: expected)
        case .remove:
            guard let name = value["file"].flatMap({ BucketFileName($0) }), let expected = BucketExpectation(value)
            else { return nil }
            self = .remove(name, over: expected)
        case .list:
            guard let list = value["entries"]?.list, list.count <= Self.mostListed else { return nil }
            let entries = list.compactMap { BucketEntry($0) }
            guard entries.count == list.count else { return nil }
            self = .list(entries)
        case .endListing: self = .endListing
        case .forget:
            guard let bucket = value["bucket"].flatMap({ BucketName($0) }), let revision = value["revision"]?.int
            else { return nil }
            self = .forget(bucket, revision: revision)
        case nil: return nil
        }
    }
}

extension BucketExpectation {
    fileprivate init?(_ order: Value) {
        switch order["over"] {
        case nil: self = .anything
        case .some(let value):
            if value == .null {
                self = .tag(nil)
            } else if let tag = value.string, tag.utf8.count <= 128 {
                self = .tag(tag)
            } else {
                return nil
            }
        }
    }
}

extension BucketEntry {
    /// For another node to read.
    package var value: Value { .members(RecordForm.members(of: self)) }

    /// What another node sends; `nil` for what is no entry.
    package init?(_ value: Value) {
        guard let name = BucketFileName(value), let size = value["size"]?.int, let sha256 = value["sha256"]?.string,
            let at = value["at"].flatMap({ Timestamp($0) }), let node = value["node"]?.int,
            let user = value["user"]?.string
        else { return nil }
        self.init(name, size: size, sha256: sha256, at: at, node: node, user: user)
    }
}

extension BucketFileName {
    /// For another node to read.
    package var value: Value { .members(RecordForm.members(of: self)) }

    /// What another node sends; `nil` for what names no file.
    package init?(_ value: Value) {
        guard let bucket = BucketName(value), let path = value["path"]?.string else { return nil }
        self.init(path, in: bucket)
    }
}

extension BucketName {
    fileprivate init?(_ value: Value) {
        guard let service = value["service"]?.string, let name = value["bucket"]?.string else { return nil }
        self.init(name, of: service)
    }
}

extension BucketRefusal {
    /// For another node to read.
    package var value: Value {
        switch self {
        case .changed: ["refused": "changed"]
        case .missing: ["refused": "missing"]
        case .obstructed(let path): ["refused": "obstructed", "text": .string(path)]
        case .full(let text): ["refused": "full", "text": .string(text)]
        case .later(let text): ["refused": "later", "text": .string(text)]
        }
    }

    /// What another node sends; `nil` for what is no refusal.
    package init?(_ value: Value) {
        let text = value["text"]?.string.map { String($0.prefix(5000)) } ?? ""
        switch value["refused"]?.string {
        case "changed": self = .changed
        case "missing": self = .missing
        case "obstructed": self = .obstructed(by: text)
        case "full": self = .full(text)
        case "later": self = .later(text)
        default: return nil
        }
    }
}
